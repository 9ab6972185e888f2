// What the check says, as a list: a click selects the shape that a sentence is about.
import { SEVERITIES } from './found.js';
import { INVENTED } from './ids.js';

const SUMMARIES = {
  sound: 'It can be published.',
  refused: 'It cannot be published yet.',
  unusable: 'It cannot be read.',
};
const FLAG = 'pepway-finding';
const STEP = 'pepway-step-of-way';

export function showFindings(modeler, path, report, focusPanel) {
  const registry = modeler.get('elementRegistry');
  const place = document.getElementById('findings');
  const list = document.createElement('ul');
  list.className = 'govuk-list govuk-list--spaced';
  for (const finding of report.findings) list.append(item(finding));
  const said = document.createElement('p');
  said.className = 'govuk-body';
  const found = report.findings.length ? '' : ' Nothing to correct.';
  said.textContent = `${SUMMARIES[report.verdict]}${found}`;
  place.replaceChildren(said, ...(report.findings.length ? [list] : []));
  document.getElementById('verdict').textContent = verdict(report);
  const here = report.findings.filter((each) => each.file === path);
  flag(modeler, here);
  showWay(modeler, here.find(({ way }) => way.length)?.way || []);

  function item(finding) {
    const made = document.createElement('li');
    const tag = document.createElement('strong');
    tag.textContent = `${SEVERITIES[finding.severity]}: `;
    made.append(tag);
    const message = withoutInvented(finding);
    const shape = finding.file === path && finding.shape && registry.get(finding.shape);
    if (!shape) {
      made.append(message);
      return made;
    }
    const link = document.createElement('a');
    link.className = 'govuk-link';
    link.href = '#panel-heading';
    link.textContent = message;
    link.addEventListener('click', (event) => {
      event.preventDefault();
      select(modeler, registry.get(finding.shape));
      showWay(modeler, finding.way);
      focusPanel();
    });
    made.append(link);
    return made;
  }
}

/** A shape without a name has an id that nobody gave it. */
function withoutInvented({ message, shape }) {
  return shape && INVENTED.test(shape) ? message.replaceAll(`“${shape}”`, 'A step without a name')
    : message;
}

/** In a few words, above the diagram. */
function verdict({ verdict: said, findings }) {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  if (said === 'unusable') return SUMMARIES.unusable;
  if (!errors) return SUMMARIES.sound;
  return errors === 1 ? 'One thing must be corrected' : `${errors} things must be corrected`;
}

/** How a case comes to that: its steps numbered, its arrows marked. */
function showWay(modeler, way) {
  const overlays = modeler.get('overlays');
  const registry = modeler.get('elementRegistry');
  const canvas = modeler.get('canvas');
  overlays.remove({ type: STEP });
  for (const each of registry.filter(({ waypoints }) => waypoints)) {
    canvas.removeMarker(each, STEP);
  }
  let number = 0;
  for (const shape of new Set(way.map((id) => registry.get(id)).filter(Boolean))) {
    if (shape.waypoints) {
      canvas.addMarker(shape, STEP);
      continue;
    }
    number += 1;
    const sign = document.createElement('span');
    sign.className = 'pepway-studio__step';
    sign.textContent = number;
    sign.title = `Step ${number} of the way on which a case goes wrong`;
    overlays.add(shape, STEP, { position: { bottom: 12, left: -12 }, html: sign });
  }
}

function select(modeler, shape) {
  if (!shape) return;
  modeler.get('canvas').scrollToElement(shape, 80);
  modeler.get('selection').select(shape);
}

/** A sign on each shape that must be corrected: not by colour alone. */
function flag(modeler, findings) {
  const overlays = modeler.get('overlays');
  const registry = modeler.get('elementRegistry');
  overlays.remove({ type: FLAG });
  const wrong = new Set(findings.filter((f) => f.severity === 'error').map((f) => f.shape));
  for (const id of wrong) {
    const shape = id && registry.get(id);
    if (!shape || shape.waypoints) continue;
    const sign = document.createElement('span');
    sign.className = 'pepway-studio__flag';
    sign.textContent = '!';
    sign.title = 'The check has found something here';
    overlays.add(shape, FLAG, { position: { top: -12, left: -12 }, html: sign });
  }
}
