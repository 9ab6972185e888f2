// A form goes through form-js and comes back with what was changed, and with nothing else.

/** form-js asks for an id of each field; two lists may have fields of the same. */
export function withOwnIds(schema) {
  const taken = new Set();
  const given = (id) => {
    let own = id;
    for (let number = 2; taken.has(own); number += 1) own = `${id}__${number}`;
    taken.add(own);
    return own;
  };
  const one = (field) => ({
    ...field,
    ...(field.id ? { id: given(field.id) } : {}),
    ...(field.components ? { components: field.components.map(one) } : {}),
  });
  return { ...schema, components: schema.components.map(one) };
}

/**
 * `now` without what form-js alone added when it read the form, in the order in which it stood.
 *
 * `file` is the form as it is kept, `read` what form-js made of it at first.
 */
export function onlyWhatChanged(file, read, now) {
  if (Array.isArray(now)) return several(file, read, now);
  if (!now || typeof now !== 'object') return now;
  const stood = file && typeof file === 'object' ? file : {};
  const names = [
    ...Object.keys(stood).filter((name) => name in now),
    ...Object.keys(now).filter((name) => !(name in stood) && !same(now[name], read?.[name])),
  ];
  return Object.fromEntries(names.map((name) => [name, now[name] === read?.[name] && name in stood
    ? stood[name] : onlyWhatChanged(stood[name], read?.[name], now[name])]));
}

function several(file, read, now) {
  const known = new Map();
  if (Array.isArray(read)) {
    read.forEach((each, place) => known.set(identity(each, place), [file?.[place], each]));
  }
  return now.map((each, place) => {
    const [stood, first] = known.get(identity(each, place)) || [];
    return onlyWhatChanged(stood, first, each);
  });
}

/** Of a field its id, of an option its value; of anything else its place. */
function identity(each, place) {
  return each?.id ?? each?.value ?? place;
}

function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}
