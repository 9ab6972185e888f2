// An editor of bpmn.io that says its own words in ours.

/** A module for it; `words` are ours by its own. */
export function saidAs(words) {
  const translate = (template, values = {}) => (words[template] || template)
    .replace(/{\s*(\w+)\s*}/g, (all, key) => values[key] ?? all);
  return { translate: ['value', translate] };
}
