// Keeps what is typed a moment after it is typed, by the call that "Save" makes, one field
// at a time. A field of a list sends its whole list. What cannot be kept is said, not lost.

const PAUSE = 1500;

export function startAutosave(form) {
  const status = form.querySelector('[data-autosave-status]');
  const waiting = new Map();
  let sending = Promise.resolve();
  let stopped = false;

  form.addEventListener('input', (event) => {
    const part = event.target.closest('[data-field]');
    if (!part || stopped) return;
    clearTimeout(waiting.get(part));
    waiting.set(part, setTimeout(() => send(part), PAUSE));
  });
  form.addEventListener('submit', () => {
    stopped = true;
    for (const timer of waiting.values()) clearTimeout(timer);
  });

  function send(part) {
    waiting.delete(part);
    sending = sending.then(() => post(part)).catch(() => say('Not saved yet. Use the button that saves.'));
  }

  async function post(part) {
    if (stopped) return;
    const seen = form.elements.namedItem(`seen-${part.dataset.field}`);
    const body = new URLSearchParams();
    body.set('csrf_token', form.elements.namedItem('csrf_token').value);
    body.set(seen.name, seen.value);
    for (const control of part.querySelectorAll('input, select, textarea')) {
      const off = (control.type === 'radio' || control.type === 'checkbox') && !control.checked;
      if (control.name && !off) body.append(control.name, control.value);
    }
    const answer = await fetch(form.dataset.autosave, {
      method: 'POST', body, headers: { Accept: 'application/json' }, redirect: 'error',
    });
    const said = await answer.json();
    if (answer.ok) {
      for (const [name, version] of Object.entries(said.seen)) {
        form.elements.namedItem(`seen-${name}`).value = version;
      }
    } else {
      stopped = true;
    }
    say(said.message);
  }

  function say(message) {
    if (status) status.textContent = message;
  }
}
