// The studio's form editor: form-js, beside it the form as practitioners will see it.
import { startConditions } from '../site/conditions.js';
import { startDraft } from '../studio/draft.js';
import { showFound } from '../studio/found.js';
import { openEditor } from './editor.js';

const PREVIEW_AFTER = 500;
const config = JSON.parse(document.getElementById('studio').textContent);

async function start() {
  const editor = document.getElementById('editor');
  editor.hidden = false;
  let drawn;
  let form;
  try {
    const canvas = document.getElementById('canvas');
    const opened = await openEditor(canvas, JSON.parse(config.content), config.places);
    ({ editor: drawn, form } = opened);
  } catch {
    // What cannot be drawn stays as the server shows it, with the list and the file.
    editor.hidden = true;
    document.getElementById('cannot-draw').hidden = false;
    return;
  }
  const read = () => `${JSON.stringify(form(), null, 2)}\n`;
  const draft = startDraft(config, read, showChecked);
  let timer = 0;
  drawn.on('commandStack.changed', () => {
    draft.changed();
    clearTimeout(timer);
    timer = setTimeout(preview, PREVIEW_AFTER);
  });
  document.getElementById('undo').addEventListener('click', () => drawn.get('commandStack').undo());
  document.getElementById('redo').addEventListener('click', () => drawn.get('commandStack').redo());

  async function preview() {
    const answer = await draft.send(config.addresses.preview, { content: read() });
    const place = document.getElementById('preview');
    if (answer.ok) {
      place.innerHTML = answer.body.html; // by the server, with every word of the form escaped
      showFound(document.getElementById('words'), answer.body.findings);
    } else {
      const said = document.createElement('p');
      said.className = 'govuk-body';
      said.textContent = answer.body.message;
      place.replaceChildren(said);
    }
    startConditions(document.getElementById('preview-form'));
  }

  startConditions(document.getElementById('preview-form'));
}

function showChecked(report) {
  const own = report.findings.filter((finding) => finding.file === config.path);
  showFound(document.getElementById('checked'), own);
}

start();
