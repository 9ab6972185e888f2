// Reminders and escalations of a step: those that there are, and another.
import { dateFields } from './dates.js';
import { element, paragraph, select } from './elements.js';
import { addReminder, remindersOf } from './reminders.js';

const KINDS = [['reminder', 'Reminder'], ['escalation', 'Escalation: it is late']];

export function reminderFields(tools, shape, config) {
  const group = element('fieldset', { class: 'govuk-fieldset govuk-form-group' },
    element('legend', { class: 'govuk-label govuk-label--s' }, 'Reminders and escalations'));
  const there = element('ul', { class: 'govuk-list' });
  for (const each of remindersOf(shape)) {
    const open = element('button', { type: 'button', class: 'pepway-link-button' },
      each.businessObject.name || each.id);
    open.addEventListener('click', () => tools.selection.select(each));
    there.append(element('li', {}, open));
  }
  group.append(there.childElementCount ? there : paragraph('There is none.'));
  const another = element('button', { type: 'button', class: 'pepway-link-button' }, 'Add one');
  another.addEventListener('click', () => another.replaceWith(...asked(tools, shape, config)));
  group.append(another);
  return group;
}

function asked(tools, shape, config) {
  let date = shape.businessObject.get('pepway:due') || 'working_days(started_on, 5)';
  const kind = select('panel-reminder-kind', KINDS, 'reminder', 'Reminder or escalation');
  const to = select('panel-reminder-to', Object.entries(config.roles), Object.keys(config.roles)[0],
    'Who is told');
  const add = element('button', { type: 'button',
    class: 'govuk-button govuk-button--secondary govuk-!-margin-top-2' }, 'Add it');
  add.addEventListener('click', () => {
    tools.together(
      () => addReminder(tools, shape, kind.value, to.value, date, config.actions));
    tools.selection.select(shape);
  });
  return [kind, to, dateFields('panel-reminder-date', date, config, (said) => { date = said; }), add];
}
