// What was found in a file, as a list of sentences; the words for how much each matters.

export const SEVERITIES = { error: 'Must be corrected', warning: 'Look at this', note: 'Note' };

/** `place` is the element that holds the list. */
export function showFound(place, findings) {
  const list = document.createElement('ul');
  list.className = 'govuk-list govuk-list--spaced';
  list.append(...findings.map(item));
  place.replaceChildren(findings.length ? list : nothing());
}

function item({ severity, message }) {
  const made = document.createElement('li');
  const tag = document.createElement('strong');
  tag.textContent = `${SEVERITIES[severity]}: `;
  made.append(tag, message);
  return made;
}

function nothing() {
  const said = document.createElement('p');
  said.className = 'govuk-body';
  said.textContent = 'Nothing to correct.';
  return said;
}
