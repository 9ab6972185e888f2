// Small pieces of a page, made in one line.

export function element(tag, attributes = {}, ...inside) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === undefined) continue;
    made.setAttribute(key, value === true ? '' : value);
  }
  made.append(...inside);
  return made;
}

/** Fills a place anew; whoever was in a field of it is in that field still. */
export function refill(place, ...inside) {
  const at = place.contains(document.activeElement) ? document.activeElement.id : '';
  place.replaceChildren(...inside);
  if (at) document.getElementById(at)?.focus();
}

export const paragraph = (text, className = 'govuk-body') => element('p', { class: className }, text);

export function textarea(id, value, rows, className = '') {
  const made = element('textarea', { class: `govuk-textarea ${className}`, id, rows,
    spellcheck: 'false' });
  made.value = value;
  return made;
}

/** `options` are pairs of value and words. */
export function select(id, options, value, label) {
  const made = element('select', { class: 'govuk-select', id, 'aria-label': label });
  for (const [key, words] of options) made.append(element('option', { value: key }, words));
  made.value = value;
  return made;
}

export function number(id, value, label) {
  return element('input', { class: 'govuk-input govuk-input--width-3', id, type: 'number',
    inputmode: 'numeric', value, 'aria-label': label });
}

export function tick(id, words, checked) {
  const input = element('input', { class: 'govuk-checkboxes__input', id, type: 'checkbox' });
  input.checked = checked;
  const label = element('label', { class: 'govuk-label govuk-checkboxes__label', for: id }, words);
  const item = element('div', { class: 'govuk-checkboxes__item' }, input, label);
  return { input, box: element('div', { class: 'govuk-checkboxes govuk-checkboxes--small' }, item) };
}
