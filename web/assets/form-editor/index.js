// The studio's form editor: form-js, beside it the form as practitioners will see it.
import { startConditions } from '../site/conditions.js';
import { drawn, onceSettled, readConfig, startUndoing } from '../studio/alike.js';
import { startDraft } from '../studio/draft.js';
import { showFound } from '../studio/found.js';
import { openEditor } from './editor.js';

const PREVIEW_AFTER = 500;
const config = readConfig();

async function start() {
  const opened = await drawn(
    (canvas) => openEditor(canvas, JSON.parse(config.content), config.places));
  if (!opened) return;
  const { editor, form } = opened;
  const read = () => `${JSON.stringify(form(), null, 2)}\n`;
  const draft = startDraft(config, read, showChecked);
  const previewSoon = onceSettled(preview, PREVIEW_AFTER);
  editor.on('commandStack.changed', () => {
    draft.changed();
    previewSoon();
  });
  startUndoing(() => editor.get('commandStack'));

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
