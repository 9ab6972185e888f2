// A date that is counted from another, as fields: the same forms as the server's, which sends them.
import { element, number, paragraph, refill, select, textarea, tick } from './elements.js';

const WRITTEN = 'written';
const AFTER_OR_BEFORE = [['after', 'after'], ['before', 'before']];

/** Null for what is not written in one of these forms. */
export function readDate(forms, expression) {
  const text = evenly(expression);
  const plain = readPlain(forms, text);
  if (plain) return plain;
  const after = text.endsWith(forms.day_after);
  const before = after ? text.slice(0, -forms.day_after.length) : text;
  if (after) {
    const day = readPlain(forms, before);
    if (day) return { ...day, dayAfter: true };
  }
  const inAnyCase = whole(forms.at_least).exec(before);
  const day = inAnyCase && readPlain(forms, inAnyCase[1]);
  return day ? { ...day, atLeast: Number(inAnyCase[2]), dayAfter: after } : null;
}

export function writeDate(forms, counted) {
  const unit = forms.units.find((each) => each.key === counted.unit);
  let text = unit.expression
    .replace('{date}', counted.date)
    .replace('{count}', counted.count)
    .replace('{sign}', counted.count < 0 ? '-' : '+')
    .replace('{hours}', Math.abs(counted.count) * 24);
  if (counted.atLeast) {
    text = `later_of(${text}, working_days(${forms.step_begins}, ${counted.atLeast}))`;
  }
  return counted.dayAfter ? text + forms.day_after : text;
}

function readPlain(forms, text) {
  const lasting = whole(forms.lasting).exec(text);
  if (lasting) {
    return counted(forms.step_begins, Number(lasting[1]) * (lasting[2] === 'W' ? 7 : 1), 'days');
  }
  for (const unit of forms.units) {
    const found = whole(unit.pattern).exec(text);
    if (!found) continue;
    if (!unit.counted) return counted(found[1], 0, unit.key);
    if (unit.key !== 'days') return counted(found[1], Number(found[2]), unit.key);
    if (Number(found[3]) % 24) return null;
    return counted(found[1], (Number(found[3]) / 24) * (found[2] === '-' ? -1 : 1), unit.key);
  }
  return null;
}

const counted = (date, count, unit) => ({ date, count, unit, atLeast: 0, dayAfter: false });
const whole = (pattern) => new RegExp(`^(?:${pattern})$`);
const evenly = (text) => text.trim().replace(/\s+/g, ' ').replace(/\s*,\s*/g, ', ')
  .replace(/\s*([+])\s*/g, ' $1 ').replace(/\( | \)/g, (each) => each.trim());

/** Fields for one date; `write` is called with the expression whenever it is another. */
export function dateFields(id, value, config, write) {
  const { forms, names } = config.dates;
  const place = element('div', {});
  let state = value ? readDate(forms, value) : { ...counted(forms.step_begins, 5, 'working_days'),
    none: true };
  show(value);
  return place;

  function show(text) {
    refill(place, state ? asFields() : asExpression(text));
  }

  function asFields() {
    const unit = forms.units.find((each) => each.key === state.unit);
    const units = forms.units.map((each) => [each.key, each.many]);
    const how = select(`${id}-unit`, [...(state.none ? [['', 'No date']] : []), ...units,
      [WRITTEN, 'Written as an expression']], state.none ? '' : state.unit, 'Counted in');
    const parts = [how];
    how.addEventListener('change', () => {
      if (how.value === WRITTEN) {
        const text = state.none ? '' : writeDate(forms, state);
        state = null;
        show(text);
      } else if (how.value) {
        const next = forms.units.find((each) => each.key === how.value);
        change({ unit: how.value, count: next.counted ? state.count || 5 : 0 });
        show();
      }
    });
    if (state.none) return element('div', {}, ...parts);
    if (unit.counted) {
      const many = number(`${id}-count`, Math.abs(state.count), 'How many');
      const side = select(`${id}-side`, AFTER_OR_BEFORE, state.count < 0 ? 'before' : 'after',
        'After or before');
      const recount = () => {
        const days = Math.min(999, Math.max(1, Math.round(Number(many.value)) || 1));
        change({ count: side.value === 'before' ? -days : days });
      };
      many.addEventListener('change', recount);
      side.addEventListener('change', recount);
      parts.unshift(many);
      parts.push(side);
    }
    const known = names.some(([name]) => name === state.date);
    const from = select(`${id}-date`, [...names, ...(known ? [] : [[state.date, state.date]])],
      state.date, 'From which day');
    from.addEventListener('change', () => change({ date: from.value }));
    const least = tick(`${id}-least`, 'At least a working day after the step begins',
      state.atLeast > 0);
    least.input.addEventListener('change', () => change({ atLeast: least.input.checked ? 1 : 0 }));
    const day = tick(`${id}-after`, 'On the day after that, when it has been missed',
      state.dayAfter);
    day.input.addEventListener('change', () => change({ dayAfter: day.input.checked }));
    return element('div', { class: 'pepway-studio__date' }, ...parts, from, least.box, day.box);
  }

  function change(what) {
    state = { ...state, none: false, ...what };
    write(writeDate(forms, state));
  }

  function asExpression(text) {
    const input = textarea(`${id}-expression`, text, 2, 'pepway-studio__expression');
    input.setAttribute('aria-label', 'The date as an expression');
    input.addEventListener('change', () => {
      const said = input.value.replace(/\s+/g, ' ').trim();
      write(said);
      const read = said && readDate(forms, said);
      if (!read) return;
      state = read;
      show(said);
    });
    return element('div', {}, input, paragraph('A date that is worked out, or a time such as P5D '
      + 'that counts from when the step begins. What can be said with fields becomes fields again.',
    'govuk-hint'));
  }
}
