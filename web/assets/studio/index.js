// The editor: bpmn-js with a side panel of our own. Saves drafts to the server, shows findings.
import Modeler from 'bpmn-js/lib/Modeler';
import pepwayModdle from './pepway-moddle.json';
import { showPanel } from './panel.js';

const config = JSON.parse(document.getElementById('config').textContent);
const token = document.querySelector('input[name="csrf_token"]').value;
const saving = document.getElementById('saving');
const findings = document.getElementById('findings');

const modeler = new Modeler({
  container: '#canvas',
  moddleExtensions: { pepway: pepwayModdle },
});

let version = config.version;

start();

async function start() {
  document.getElementById('editor').hidden = false;
  document.getElementById('editor-buttons').hidden = false;
  try {
    await modeler.importXML(config.xml);
  } catch (problem) {
    document.getElementById('editor').hidden = true;
    saving.textContent = 'The diagram cannot be opened here. Use the file below.';
    return;
  }
  document.getElementById('no-editor').hidden = true;
  modeler.get('canvas').zoom('fit-viewport', 'auto');
  modeler.on('selection.changed', ({ newSelection }) => showPanel(modeler, newSelection[0], config));
  modeler.on('commandStack.changed', () => { saving.textContent = 'There are changes that are not saved.'; });
  document.getElementById('save').addEventListener('click', save);
}

async function save() {
  document.activeElement?.blur();
  const { xml } = await modeler.saveXML({ format: true });
  saving.textContent = 'Saving…';
  let response;
  try {
    response = await fetch(config.saveTo, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-CSRFToken': token },
      body: JSON.stringify({ xml, version }),
    });
  } catch (problem) {
    saving.textContent = 'Pepway cannot be reached. Your changes are still here: try again.';
    return;
  }
  const answer = response.headers.get('Content-Type')?.includes('json') ? await response.json() : {};
  if (!response.ok) {
    saving.textContent = answer.message || 'It could not be saved. Reload the page in another tab and sign in, then try again.';
    return;
  }
  version = answer.version;
  for (const input of document.querySelectorAll('.js-version')) input.value = version;
  saving.textContent = 'The draft is saved.';
  showFindings(answer);
}

function showFindings({ verdict, findings: found }) {
  const words = { error: 'Must be corrected', warning: 'Look at this', note: 'Note' };
  findings.replaceChildren(paragraph(
    verdict === 'refused' ? 'It cannot be published yet.' : found.length ? 'It can be published.' : 'Nothing to correct.',
  ));
  if (!found.length) return;
  const list = document.createElement('ul');
  list.className = 'govuk-list govuk-list--bullet';
  for (const finding of found) list.append(item(finding, words[finding.severity]));
  findings.append(list);
}

function item(finding, word) {
  const line = document.createElement('li');
  const strong = document.createElement('strong');
  strong.textContent = `${word}: `;
  line.append(strong, finding.message, ' ');
  const shape = finding.element && modeler.get('elementRegistry').get(finding.element);
  if (shape) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'govuk-button govuk-button--secondary pepway-small-button';
    button.textContent = 'Show it';
    button.addEventListener('click', () => {
      modeler.get('selection').select(shape);
      modeler.get('canvas').scrollToElement(shape);
    });
    line.append(button);
  }
  return line;
}

function paragraph(text) {
  const element = document.createElement('p');
  element.className = 'govuk-body';
  element.textContent = text;
  return element;
}
