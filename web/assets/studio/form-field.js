// The form of a step: one of those that there are, or a new one of its own.
import { element, paragraph, refill, select } from './elements.js';

const NEW = 'new';

/** `write` is called with the form's name. */
export function formField(id, value, config, write, { tools, shape }) {
  const place = element('div', {});
  show(value);
  return place;

  function show(chosen, said = '') {
    const known = Object.entries(config.forms);
    const unknown = chosen && !(chosen in config.forms) ? [[chosen, `${chosen} (unknown)`]] : [];
    const which = select(`${id}-which`, [...(chosen ? [] : [['', 'Choose a form']]),
      [NEW, 'A new form, with one question'], ...known, ...unknown], chosen, 'Which form');
    which.addEventListener('change', async () => {
      if (which.value !== NEW) {
        write(which.value);
        show(which.value);
      } else await makeOne();
    });
    refill(place, which, ...(said ? [paragraph(said)] : []),
      ...(chosen in config.forms ? [questionsOf(chosen)] : []));
  }

  async function makeOne() {
    const title = shape.businessObject.name || '';
    if (!title) {
      show('', 'Give the step a name first: its form gets the same one.');
      document.getElementById('panel-name')?.focus();
      return;
    }
    const { ok, body } = await tools.draft.alongside(config.addresses.form, { title });
    if (ok) {
      config.forms[body.form] = body.title;
      write(body.form);
    }
    show(ok ? body.form : value, ok ? 'It asks “What was done?” so far.' : body.message);
  }

  function questionsOf(form) {
    return element('p', { class: 'govuk-body govuk-!-margin-top-2' }, element('a',
      { class: 'govuk-link', href: config.addresses.questions.replace('-form-', form) },
      'Change its questions'));
  }
}
