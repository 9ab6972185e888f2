// The studio's editor of decision tables: dmn-js, beside it what was found.
import { startDraft } from '../studio/draft.js';
import { showFound } from '../studio/found.js';
import { openEditor } from './editor.js';

const CHECK_AFTER = 800;
const config = JSON.parse(document.getElementById('studio').textContent);

async function start() {
  const editor = document.getElementById('editor');
  editor.hidden = false;
  let drawn;
  let draft;
  let timer = 0;
  try {
    drawn = await openEditor(document.getElementById('canvas'), config.content, () => {
      draft.changed();
      clearTimeout(timer);
      timer = setTimeout(check, CHECK_AFTER);
    });
  } catch {
    // What cannot be drawn stays as the server shows it, with the rules as a form and the file.
    editor.hidden = true;
    document.getElementById('cannot-draw').hidden = false;
    return;
  }
  const read = async () => (await drawn.saveXML({ format: true })).xml;
  draft = startDraft(config, read, showChecked);
  const stack = () => drawn.getActiveViewer().get('commandStack');
  document.getElementById('undo').addEventListener('click', () => stack().undo());
  document.getElementById('redo').addEventListener('click', () => stack().redo());

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
