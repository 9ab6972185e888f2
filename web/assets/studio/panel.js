// The side panel: what the selected shape says, as a GOV.UK form.
const panel = document.getElementById('panel');

const VOICES = { '': 'Nobody in particular', child: 'The child', carer: 'The carer', parent: 'A parent' };

export function showPanel(modeler, shape, config) {
  panel.replaceChildren();
  if (!shape || !shape.businessObject) {
    panel.append(text('p', 'Choose a shape to see what it says.'));
    return;
  }
  const thing = shape.businessObject;
  const change = (properties) => modeler.get('modeling').updateProperties(shape, properties);
  panel.append(text('h2', thing.name || thing.id, 'govuk-heading-s'));
  panel.append(input('Name', thing.name || '', (name) => change({ name })));
  const build = PANELS[thing.$type];
  if (build) build(modeler, shape, change, config);
}

const PANELS = {
  'bpmn:Lane': (modeler, shape, change, config) => {
    panel.append(choice('Role', get(shape, 'role'), { '': 'None', ...config.roles }, (role) => change({ 'pepway:role': role || undefined })));
  },
  'bpmn:UserTask': (modeler, shape, change, config) => {
    const forms = Object.fromEntries([['', 'None'], ...config.forms.map((form) => [form, form.replaceAll('_', ' ')])]);
    panel.append(
      choice('Form', get(shape, 'form'), forms, (form) => change({ 'pepway:form': form || undefined })),
      input('Due', get(shape, 'due'), (due) => change({ 'pepway:due': due || undefined }), 'For example working_days(placement_start, 5)'),
      input('Sentence it stands on', get(shape, 'source'), (source) => change({ 'pepway:source': source || undefined })),
      input('Guidance', get(shape, 'guidance'), (guidance) => change({ 'pepway:guidance': guidance || undefined })),
      choice('Whose own words', get(shape, 'voice'), VOICES, (voice) => change({ 'pepway:voice': voice || undefined })),
    );
  },
  'bpmn:ServiceTask': actionPanel,
  'bpmn:SendTask': actionPanel,
  'bpmn:SequenceFlow': (modeler, shape, change) => {
    const thing = shape.businessObject;
    panel.append(input('Condition', thing.conditionExpression?.body || '', (body) => {
      const conditionExpression = body ? modeler.get('moddle').create('bpmn:FormalExpression', { body }) : undefined;
      change({ conditionExpression });
    }, 'For example quality_rating == "red"'));
  },
  'bpmn:IntermediateCatchEvent': timerPanel,
  'bpmn:BoundaryEvent': timerPanel,
};

function actionPanel(modeler, shape, change, config) {
  panel.append(
    choice('What it does', get(shape, 'action'), { '': 'Nothing', ...config.actions }, (action) => change({ 'pepway:action': action || undefined })),
    choice('Who is told', get(shape, 'to'), { '': 'Nobody', ...config.roles }, (to) => change({ 'pepway:to': to || undefined })),
    input('Message', get(shape, 'message'), (message) => change({ 'pepway:message': message || undefined })),
  );
}

function timerPanel(modeler, shape) {
  const definition = shape.businessObject.eventDefinitions?.[0];
  if (!definition) return;
  panel.append(input('Date', definition.timeDate?.body || '', (body) => {
    const timeDate = body ? modeler.get('moddle').create('bpmn:FormalExpression', { body }) : undefined;
    modeler.get('modeling').updateModdleProperties(shape, definition, { timeDate });
  }, 'For example working_days(review_limit, -30)'));
}

function get(shape, name) {
  return shape.businessObject.get(`pepway:${name}`) || '';
}

let count = 0;

function input(label, value, changed, hint = '') {
  const [group, id] = labelled(label, hint);
  const field = document.createElement('textarea');
  Object.assign(field, { id, value, rows: value.length > 40 ? 4 : 2, className: 'govuk-textarea' });
  field.addEventListener('change', () => changed(field.value.trim()));
  group.append(field);
  return group;
}

function choice(label, value, options, changed) {
  const [group, id] = labelled(label, '');
  const field = document.createElement('select');
  Object.assign(field, { id, className: 'govuk-select' });
  for (const [key, name] of Object.entries(options)) field.append(new Option(name, key, false, key === value));
  field.addEventListener('change', () => changed(field.value));
  group.append(field);
  return group;
}

function labelled(label, hint) {
  count += 1;
  const id = `panel-${count}`;
  const group = text('div', '', 'govuk-form-group');
  const caption = text('label', label, 'govuk-label govuk-label--s');
  caption.htmlFor = id;
  group.append(caption);
  if (hint) group.append(text('div', hint, 'govuk-hint'));
  return [group, id];
}

function text(tag, content, className = 'govuk-body') {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = content;
  return element;
}
