// The studio: a diagram in bpmn-js, our own panel for the selected shape, what the check says.
import { drawn, readConfig } from './alike.js';
import { startCopying } from './copying.js';
import { openEditor } from './editor.js';
import { showFindings } from './findings.js';
import { startPanel } from './panel.js';
import { startSaving } from './saving.js';
import { showReadably, startZooming } from './zooming.js';

const config = readConfig();

async function start() {
  const picture = document.getElementById('picture');
  picture.hidden = true;
  const modeler = await drawn((canvas) => openEditor(canvas, config.content));
  // The picture that the server drew, upload and download stay for a diagram without shapes.
  picture.hidden = Boolean(modeler);
  if (!modeler) return;
  const draft = startSaving(modeler, config, findings);
  const panel = startPanel(modeler, config, document.getElementById('panel'), draft);
  startCopying(modeler, config);
  startZooming(modeler);
  modeler.on('step.added', ({ shape }) => {
    showReadably(modeler, shape);
    panel.askName();
  });
  findings(config.report);

  function findings(report) {
    showFindings(modeler, config.path, report, panel.focus);
    panel.showFound(report.findings.filter(({ file }) => file === config.path));
  }
}

start();
