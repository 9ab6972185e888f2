// What an arrow asks, as questions and answers: the same forms as the server's, which sends them.
import { element, paragraph, refill, select, textarea } from './elements.js';

const SIGNS = { and: '&&', or: '||' };
const JOINED = [['and', 'All of these'], ['or', 'One of these is enough']];
const YES_NO = 'bool';

/** Null for what is not written in one of these forms. */
export function readCondition(askings, expression) {
  const text = expression.trim().replace(/\s+/g, ' ');
  for (const [joined, sign] of Object.entries(SIGNS)) {
    const parts = split(text, sign).map((part) => readPart(askings, part.trim()));
    if (parts.every(Boolean)) return { parts, joined };
  }
  return null;
}

export function writeCondition(askings, { parts, joined }) {
  return parts.map((part) => {
    const { expression } = askings.find((each) => each.key === part.asking);
    return expression.replace('{name}', () => part.name)
      .replace('{value}', () => JSON.stringify(part.value));
  }).join(` ${SIGNS[joined]} `);
}

function readPart(askings, text) {
  for (const asking of askings) {
    const found = new RegExp(`^(?:${asking.pattern})$`).exec(text);
    if (found) {
      const { name, value } = found.groups;
      return { name, asking: asking.key, value: value === undefined ? null : JSON.parse(value) };
    }
  }
  return null;
}

/** At each sign outside quotes and brackets. */
function split(text, sign) {
  const parts = [];
  let depth = 0;
  let quoted = false;
  let begun = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') quoted = !quoted;
    else if (!quoted) {
      depth += { '(': 1, ')': -1 }[text[at]] || 0;
      if (depth === 0 && text.startsWith(sign, at)) {
        parts.push(text.slice(begun, at));
        begun = at + sign.length;
        at += sign.length - 1;
      }
    }
  }
  return [...parts, text.slice(begun)];
}

/** Fields for what an arrow asks; `write` is called with the expression whenever it is another. */
export function conditionFields(id, value, config, write) {
  const { askings, questions } = config.asking;
  const place = element('div', {});
  let state = value ? readCondition(askings, value) : { parts: [], joined: 'and' };
  show(value);
  return place;

  function show(text) {
    refill(place, state ? asFields() : asExpression(text));
  }

  function asFields() {
    const made = element('div', {}, ...state.parts.map(part));
    if (state.parts.length > 1) {
      const joined = select(`${id}-joined`, JOINED, state.joined, 'How many of them');
      joined.addEventListener('change', () => keepAll({ joined: joined.value }));
      made.append(joined);
    }
    made.append(
      button(state.parts.length ? 'Add another question' : 'Choose a question', () => {
        const [first] = questions;
        if (first) change({ parts: [...state.parts, ask(first)] });
      }),
      button('Write it as an expression', () => {
        const text = writeCondition(askings, state);
        state = null;
        show(text);
      }),
    );
    return made;
  }

  function part(each, at) {
    const keep = (what) => keepAll({
      parts: state.parts.map((one, here) => (here === at ? { ...one, ...what } : one)) });
    const replace = (what) => {
      keep(what);
      show();
    };
    const question = questions.find(({ name }) => name === each.name)
      || { name: each.name, title: each.name, type: typeof each.value === 'number' ? 'int' : 'string',
        answers: [] };
    const named = questions.some(({ name }) => name === each.name);
    const which = select(`${id}-${at}-name`, [...questions.map(({ name, title }) => [name, title]),
      ...(named ? [] : [[each.name, each.name]])], each.name, 'Question');
    which.addEventListener('change', () => replace(ask(questions.find(
      ({ name }) => name === which.value))));
    const fitting = askings.filter(({ types, key }) => !types.length
      || types.includes(question.type) || key === each.asking);
    const how = select(`${id}-${at}-asking`, fitting.map(({ key, words }) => [key, words]),
      each.asking, 'What is asked');
    how.addEventListener('change', () => replace({
      asking: how.value,
      value: takesValue(how.value) ? state.parts[at].value ?? firstValue(question) : null }));
    return element('fieldset', { class: 'govuk-fieldset govuk-form-group' },
      element('legend', { class: 'govuk-visually-hidden' }, `Question ${at + 1}`),
      which, how, ...(takesValue(each.asking) ? [answer(question, each, at, keep)] : []),
      button('Take it out', () => change({
        parts: state.parts.filter((_one, here) => here !== at) })));
  }

  function answer(question, each, at, keep) {
    if (question.answers.length) {
      const known = question.answers.some(([key]) => key === each.value);
      const made = select(`${id}-${at}-value`, [...question.answers,
        ...(known ? [] : [[each.value, each.value]])], each.value, 'Answer');
      made.addEventListener('change', () => keep({ value: made.value }));
      return made;
    }
    const made = element('input', { class: 'govuk-input', id: `${id}-${at}-value`,
      'aria-label': 'Answer', type: question.type === 'int' ? 'number' : 'text', value: each.value });
    made.addEventListener('change', () => keep({
      value: question.type === 'int' ? Math.round(Number(made.value)) || 0 : made.value }));
    return made;
  }

  function ask(question) {
    const asking = question.type === YES_NO ? 'holds'
      : askings.find(({ types }) => types.includes(question.type))?.key || 'answered';
    return { name: question.name, asking, value: takesValue(asking) ? firstValue(question) : null };
  }

  function takesValue(key) {
    return askings.find((each) => each.key === key).expression.includes('{value}');
  }

  function firstValue(question) {
    if (question.answers.length) return question.answers[0][0];
    return question.type === 'int' ? 0 : '';
  }

  function change(what) {
    keepAll(what);
    show();
  }

  /** Without filling the fields anew, which would take one away from under the pointer. */
  function keepAll(what) {
    state = { ...state, ...what };
    write(state.parts.length ? writeCondition(askings, state) : '');
  }

  function asExpression(text) {
    const input = textarea(`${id}-expression`, text, 2, 'pepway-studio__expression');
    input.setAttribute('aria-label', 'The condition as an expression');
    input.addEventListener('change', () => {
      const said = input.value.replace(/\s+/g, ' ').trim();
      write(said);
      state = said ? readCondition(askings, said) : { parts: [], joined: 'and' };
      if (state) show(said);
    });
    return element('div', {}, input, paragraph(
      'Such as quality_rating == "red". What can be said with fields becomes fields again.',
      'govuk-hint'));
  }
}

function button(words, act) {
  const made = element('button', { type: 'button', class: 'pepway-link-button' }, words);
  made.addEventListener('click', act);
  return made;
}
