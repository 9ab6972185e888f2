// The studio: a diagram in bpmn-js, our own panel for the selected shape, what the check says.
import { startCopying } from './copying.js';
import { openEditor } from './editor.js';
import { showFindings } from './findings.js';
import { startPanel } from './panel.js';
import { startSaving } from './saving.js';
import { showReadably, startZooming } from './zooming.js';

const config = JSON.parse(document.getElementById('studio').textContent);

function start() {
  const canvas = document.getElementById('canvas');
  document.getElementById('editor').hidden = false;
  document.getElementById('picture').hidden = true;
  return openEditor(canvas, config.content)
    .then((modeler) => {
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
    })
    .catch(() => {
      // The picture that the server drew, upload and download stay for a diagram without shapes.
      document.getElementById('editor').hidden = true;
      document.getElementById('picture').hidden = false;
      document.getElementById('cannot-draw').hidden = false;
    });
}

start();
