// The studio's editor of decision tables: dmn-js, beside it what was found.
import { drawn, onceSettled, readConfig, startUndoing } from '../studio/alike.js';
import { startDraft } from '../studio/draft.js';
import { showFound } from '../studio/found.js';
import { openEditor } from './editor.js';

const CHECK_AFTER = 800;
const config = readConfig();

async function start() {
  let draft;
  const checkSoon = onceSettled(check, CHECK_AFTER);
  const editor = await drawn((canvas) => openEditor(canvas, config.content, () => {
    draft.changed();
    checkSoon();
  }));
  if (!editor) return;
  const read = async () => (await editor.saveXML({ format: true })).xml;
  draft = startDraft(config, read, showChecked);
  startUndoing(() => editor.getActiveViewer().get('commandStack'));

  async function check() {
    const answer = await draft.send(config.addresses.check, { content: await read() });
    if (answer.ok) showChecked(answer.body.report);
  }
}

function showChecked(report) {
  const own = report.findings.filter((finding) => finding.file === config.path);
  showFound(document.getElementById('checked'), own);
}

start();
