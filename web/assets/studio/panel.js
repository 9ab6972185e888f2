// The side panel: what the selected shape says, as a plain form. A change is written at once.
import { conditionFields } from './conditions.js';
import { dateFields } from './dates.js';
import { element, paragraph, textarea } from './elements.js';
import { fieldsOf } from './fields.js';
import { reminderFields } from './reminder-fields.js';

const KINDS = {
  'bpmn:UserTask': 'User task',
  'bpmn:ServiceTask': 'Service task',
  'bpmn:SendTask': 'Send task',
  'bpmn:BusinessRuleTask': 'Decision',
  'bpmn:CallActivity': 'Call of another process',
  'bpmn:SubProcess': 'Subprocess',
  'bpmn:StartEvent': 'Start',
  'bpmn:EndEvent': 'End',
  'bpmn:IntermediateCatchEvent': 'Waiting for a date',
  'bpmn:BoundaryEvent': 'Date on the edge of a step',
  'bpmn:ExclusiveGateway': 'Choice: one way is taken',
  'bpmn:ParallelGateway': 'Side by side: all ways are taken',
  'bpmn:SequenceFlow': 'Arrow',
  'bpmn:Lane': 'Lane',
  'bpmn:Participant': 'Pool',
  'bpmn:TextAnnotation': 'Note',
  'bpmn:Group': 'Group',
};

export function startPanel(modeler, config, panel) {
  const tools = {
    modeling: modeler.get('modeling'),
    moddle: modeler.get('moddle'),
    registry: modeler.get('elementRegistry'),
    elementFactory: modeler.get('elementFactory'),
    selection: modeler.get('selection'),
  };
  const heading = panel.querySelector('h2');
  const body = panel.querySelector('[data-fields]');
  let shown = null;

  function show(shape) {
    shown = shape;
    body.replaceChildren();
    if (!shape) {
      heading.textContent = 'No shape selected';
      body.append(paragraph('Select a shape in the diagram, or a sentence of the check.'));
      return;
    }
    const of = shape.businessObject;
    heading.textContent = KINDS[of.$type] || 'Shape';
    for (const field of fieldsOf(of)) body.append(question(field, shape));
    body.append(paragraph(`Its id: ${of.id}`, 'govuk-hint'));
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
        COMPOSED[field.control](id, value, config, write)));
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

  function write(field, input) {
    const value = input.type === 'checkbox' ? input.checked : input.value.trim();
    if (value !== field.read(shown.businessObject, config)) {
      field.write(tools, shown, value, config);
    }
  }

  /** Values that changed elsewhere, such as a name typed on the canvas, without losing the focus. */
  function refresh() {
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
    else if (stays !== shown || !panel.contains(document.activeElement)) show(stays);
    else if (inLane) refresh();
  });
  panel.addEventListener('submit', (event) => event.preventDefault());
  show(null);
  return { focus: () => heading.focus() };
}

const COMPOSED = { date: dateFields, condition: conditionFields };

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
