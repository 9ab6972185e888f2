// The side panel: what the selected shape says, as a plain form. A change is written at once.
import { conditionFields } from './conditions.js';
import { dateFields } from './dates.js';
import { element, paragraph, textarea } from './elements.js';
import { STEP, onlyArrowFrom } from './between.js';
import { fieldsOf } from './fields.js';
import { formField } from './form-field.js';
import { SEVERITIES } from './found.js';
import { reminderFields } from './reminder-fields.js';

const KINDS = {
  'bpmn:UserTask': 'Step that somebody does',
  'bpmn:ServiceTask': 'Step that Pepway does',
  'bpmn:SendTask': 'Message that Pepway sends',
  'bpmn:BusinessRuleTask': 'Decision by a table',
  'bpmn:CallActivity': 'Steps of another diagram',
  'bpmn:SubProcess': 'Steps in a frame of their own',
  'bpmn:StartEvent': 'Start',
  'bpmn:EndEvent': 'End',
  'bpmn:IntermediateCatchEvent': 'Waiting for a date',
  'bpmn:BoundaryEvent': 'Date on the edge of a step',
  'bpmn:ExclusiveGateway': 'Choice: one way is taken',
  'bpmn:ParallelGateway': 'Side by side: all ways are taken',
  'bpmn:SequenceFlow': 'Arrow',
  'bpmn:Lane': 'Lane: the steps of one role',
  'bpmn:Participant': 'The whole procedure',
  'bpmn:TextAnnotation': 'Note',
  'bpmn:Group': 'Group',
};

export function startPanel(modeler, config, panel, draft) {
  const tools = {
    modeling: modeler.get('modeling'),
    moddle: modeler.get('moddle'),
    registry: modeler.get('elementRegistry'),
    elementFactory: modeler.get('elementFactory'),
    selection: modeler.get('selection'),
    between: modeler.get('between'),
    together: modeler.get('together'),
    canvas: modeler.get('canvas'),
    spaceTool: modeler.get('spaceTool'),
    draft,
  };
  const heading = panel.querySelector('h2');
  const body = panel.querySelector('[data-fields]');
  const about = panel.querySelector('[data-found]');
  let shown = null;
  let found = [];
  let isPressed = false;

  function show(shape) {
    shown = shape;
    body.replaceChildren();
    showAbout();
    if (!shape) {
      heading.textContent = 'What to do here';
      body.append(...[
        'Click a step in the diagram to change it, or to add another after it.',
        'Click an arrow to put a step on it, or to say when it is taken.',
        'Drag an empty place to move the picture. Larger and Smaller are above it.',
        'What you change is saved by itself, as a draft. Nothing changes for anybody until it is '
          + 'approved.',
      ].map((each) => paragraph(each)));
      return;
    }
    const of = shape.businessObject;
    heading.textContent = KINDS[of.$type] || 'Shape';
    body.append(...furtherStep(shape));
    for (const field of fieldsOf(of)) body.append(question(field, shape));
    body.append(element('p', { class: 'govuk-hint', 'data-its-id': true }, `Its id: ${of.id}`));
    if (of.$type === 'bpmn:UserTask') body.append(reminderFields(tools, shape, config));
    if (fieldsOf(of).some(({ control }) => control in COMPOSED)) body.append(words(config));
  }

  function question(field, shape) {
    const group = element('div', { class: 'govuk-form-group' });
    const id = `panel-${field.key}`;
    const value = field.read(shape.businessObject, config);
    if (field.control === 'said') {
      group.append(element('p', { class: 'govuk-label govuk-label--s' }, field.label),
        paragraph(value));
      if (field.hint) group.append(paragraph(field.hint, 'govuk-hint'));
      return group;
    }
    if (field.control in COMPOSED) {
      const legend = element('legend', { class: 'govuk-label govuk-label--s' }, field.label);
      const write = (said) => field.write(tools, shape, said, config);
      group.append(element('fieldset', { class: 'govuk-fieldset', id }, legend,
        ...(field.hint ? [paragraph(field.hint, 'govuk-hint')] : []),
        COMPOSED[field.control](id, value, config, write, { tools, shape })));
      return group;
    }
    const input = CONTROLS[field.control](field, id, value, config);
    input.addEventListener('change', () => write(field, input));
    if (field.control === 'tick') {
      const item = element('div', { class: 'govuk-checkboxes__item' });
      item.append(input, element('label',
        { class: 'govuk-label govuk-checkboxes__label', for: id }, field.label));
      const boxes = element('div', { class: 'govuk-checkboxes govuk-checkboxes--small' });
      boxes.append(item);
      group.append(boxes);
      return group;
    }
    group.append(element('label', { class: 'govuk-label govuk-label--s', for: id }, field.label));
    if (field.hint) {
      group.append(element('div', { class: 'govuk-hint', id: `${id}-hint` }, field.hint));
      input.setAttribute('aria-describedby', `${id}-hint`);
    }
    group.append(input);
    return group;
  }

  /** What can be added beside it. */
  function furtherStep(shape) {
    const arrow = shape.type === 'bpmn:SequenceFlow' ? shape : onlyArrowFrom(shape);
    if (!arrow) {
      const several = shape.outgoing?.length > 1;
      return several ? [paragraph('Several ways lead on from here. To add a step, click the arrow '
        + 'on which it is to stand.')] : [];
    }
    const add = element('button', { type: 'button',
      class: 'govuk-button govuk-button--secondary govuk-!-margin-bottom-3' },
    arrow === shape ? 'Put a step on this arrow' : 'Add a step after this');
    add.addEventListener('click', () => tools.between.addOn(arrow, STEP));
    return [add];
  }

  /** What the check says of the shape. */
  function showAbout() {
    const said = found.filter(({ shape }) => shown && shape === shown.id);
    about.hidden = !said.length;
    about.replaceChildren(...said.map(({ severity, message }) => element('p',
      { class: 'govuk-body' }, element('strong', {}, `${SEVERITIES[severity]}: `),
      aboutIt(message, shown.businessObject))));
  }

  function write(field, input) {
    const value = input.type === 'checkbox' ? input.checked : input.value.trim();
    if (value !== field.read(shown.businessObject, config)) {
      field.write(tools, shown, value, config);
    }
  }

  /** Values that changed elsewhere, such as a name typed on the canvas, without losing the focus. */
  function refresh() {
    body.querySelector('[data-its-id]').textContent = `Its id: ${shown.businessObject.id}`;
    for (const field of fieldsOf(shown.businessObject)) {
      const input = document.getElementById(`panel-${field.key}`);
      if (!input || field.control in COMPOSED) continue;
      const value = field.read(shown.businessObject, config);
      if (input.type === 'checkbox') input.checked = value;
      else if (input !== document.activeElement) input.value = value;
    }
  }

  const one = (selected) => (selected.length === 1 ? selected[0].labelTarget || selected[0] : null);
  modeler.on('selection.changed', ({ newSelection }) => show(one(newSelection)));
  modeler.on('elements.changed', ({ elements }) => {
    if (!shown) return;
    const stays = modeler.get('elementRegistry').get(shown.id);
    const inLane = elements.some((each) => each === shown || each.type === 'bpmn:Lane');
    if (!stays) show(null);
    else if (stays !== shown || !(isPressed || panel.contains(document.activeElement))) show(stays);
    else if (inLane) refresh();
  });
  // While a button or a field is pressed, nothing takes it away from under the pointer.
  panel.addEventListener('pointerdown', () => { isPressed = true; });
  window.addEventListener('pointerup', () => setTimeout(() => { isPressed = false; }));
  panel.addEventListener('submit', (event) => event.preventDefault());
  show(null);
  return {
    focus: () => heading.focus(),
    askName: () => document.getElementById('panel-name')?.focus(),
    showFound: (findings) => {
      found = findings;
      showAbout();
    },
  };
}

/** A sentence that begins with the name of what is shown. */
function aboutIt(message, { id, name }) {
  const called = `“${name || id}”`;
  return message.startsWith(called) ? `It${message.slice(called.length)}` : message;
}

const COMPOSED = { date: dateFields, condition: conditionFields, form: formField };

const CONTROLS = {
  text: (field, id, value) => {
    const input = element('input', { class: 'govuk-input', id, type: 'text', value,
      autocomplete: 'off' });
    if (field.longest) input.maxLength = field.longest;
    return input;
  },
  long: (_field, id, value) => textarea(id, value, 3),
  tick: (_field, id, value) => {
    const input = element('input', { class: 'govuk-checkboxes__input', id, type: 'checkbox' });
    input.checked = value;
    return input;
  },
  choice: (field, id, value, config) => {
    const select = element('select', { class: 'govuk-select', id });
    const options = { ...field.options(config) };
    if (value && !(value in options)) options[value] = `${value} (unknown)`;
    if (!field.required) select.append(element('option', { value: '' }, 'None'));
    for (const [key, label] of Object.entries(options)) {
      select.append(element('option', { value: key }, label));
    }
    select.value = value;
    return select;
  },
};

/** What an expression may say. */
function words(config) {
  const details = element('details', { class: 'govuk-details' });
  const summary = element('summary', { class: 'govuk-details__summary' });
  summary.append(element('span', { class: 'govuk-details__summary-text' }, 'Words you can use'));
  const list = element('dl', { class: 'pepway-studio__words' });
  for (const { name, title } of config.words) {
    list.append(element('dt', {}, name), element('dd', {}, title));
  }
  const text = element('div', { class: 'govuk-details__text' });
  text.append(list);
  details.append(summary, text);
  return details;
}
