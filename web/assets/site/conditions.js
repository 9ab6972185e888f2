// Hides a question while its condition says so. The server decides again; what is too
// difficult here simply stays in sight.

const MEMBER = /^(not\()?\s*"([^"]*)" in ([a-z][a-z0-9_]*)\s*\)?$/;
const COMPARISON = /^\(?\s*([a-z][a-z0-9_]*)\s*(!=|=)\s*(?:"([^"]*)"|(true|false))\s*\)?$/;

export function startConditions(form) {
  const questions = [...form.querySelectorAll('[data-hidden-when]')]
    .map((element) => ({ element, isHidden: readCondition(element.dataset.hiddenWhen) }))
    .filter((question) => question.isHidden);
  if (!questions.length) return;
  const apply = () => {
    for (const { element, isHidden } of questions) element.hidden = isHidden((key, all) => (all ? chosen : answer)(form, key));
  };
  form.addEventListener('change', apply);
  window.addEventListener('pageshow', apply);
  apply();
}

/** A function from a reader of answers to true or false; undefined where it cannot be read. */
export function readCondition(feel) {
  for (const [word, join] of [[' or ', 'some'], [' and ', 'every']]) {
    if (!feel.includes(word)) continue;
    const parts = feel.split(word).map(readCondition);
    return parts.every(Boolean) ? (read) => parts[join]((part) => part(read)) : undefined;
  }
  const ticked = MEMBER.exec(feel.trim());
  if (ticked) {
    const [, not, value, key] = ticked;
    return (read) => read(key, true).includes(value) !== Boolean(not);
  }
  const found = COMPARISON.exec(feel.trim());
  if (!found) return undefined;
  const [, key, sign, text, truth] = found;
  const wanted = text ?? truth;
  return (read) => (read(key) === wanted) === (sign === '=');
}

function chosen(form, key) {
  const boxes = form.querySelectorAll('input[type=checkbox]:checked');
  return [...boxes].filter((box) => box.name === key).map((box) => box.value);
}

function answer(form, key) {
  const field = form.elements.namedItem(key);
  if (!field) return '';
  if (field instanceof RadioNodeList) return field.value;
  if (field.type === 'checkbox') return field.checked && field.value === 'true' ? 'true' : 'false';
  if (field.type === 'radio') return field.checked ? field.value : '';
  return field.value;
}
