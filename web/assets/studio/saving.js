// Saving the draft, by itself too, and checking while it changes.
import { save as download } from './copying.js';

const CHECK_AFTER = 800;
const SAVE_AFTER = 5000;

export function startSaving(modeler, config, showReport) {
  const said = document.getElementById('saving');
  const conflict = document.getElementById('conflict');
    let { version, token } = config;
  let changes = 0;
  let saved = 0;
  let saving = null;
  let timer = 0;
  let autosave = 0;
  let clashed = false;

  const isDirty = () => changes !== saved;
  const stacked = modeler.get('commandStack');

  modeler.on('commandStack.changed', () => {
    changes += 1;
    say('There are changes that are not saved yet.');
    clearTimeout(timer);
    timer = setTimeout(check, CHECK_AFTER);
    clearTimeout(autosave);
    if (!clashed) autosave = setTimeout(save, SAVE_AFTER);
  });

  async function xml() {
    // A field that is being typed in is written into the diagram when it is left.
    if (document.activeElement?.closest('#panel')) {
      const field = document.activeElement;
      field.dispatchEvent(new Event('change'));
    }
    modeler.get('directEditing').complete();
    return (await modeler.saveXML({ format: true })).xml;
  }

  async function check() {
    const at = changes;
    const answer = await send(config.addresses.check, { content: await xml() });
    if (answer.ok && at === changes) showReport(answer.body.report);
  }

  /** True where the draft is now what is on the screen. One save at a time. */
  function save() {
    saving = (saving || Promise.resolve()).then(saveNow);
    return saving;
  }

  async function saveNow() {
    const content = await xml();
    const at = changes;
    say('Saving…');
    const answer = await send(config.addresses.save, { content, version });
    if (answer.ok) {
      setVersion(answer.body.version);
      saved = at;
      clashed = false;
      conflict.hidden = true;
      say(isDirty() ? 'There are changes that are not saved yet.' : answer.body.message);
      showReport(answer.body.report);
      return true;
    }
    if (answer.status === 409) showConflict(answer.body);
    say(answer.body.message);
    return false;
  }

  function setVersion(now) {
    version = now;
    for (const input of document.querySelectorAll('[data-version]')) input.value = now;
    for (const part of document.querySelectorAll('[data-when-saved]')) part.hidden = false;
    for (const part of document.querySelectorAll('[data-until-saved]')) part.hidden = true;
  }

  function showConflict(body) {
    conflict.querySelector('p').textContent = body.message;
    conflict.hidden = false;
    if (!clashed) conflict.focus();
    clashed = true;
    conflict.querySelector('[data-mine]').onclick = () => {
      version = body.version;
      save().then(() => document.getElementById('save').focus());
    };
    conflict.querySelector('[data-keep]').onclick = async () => {
      download(`mine-${config.path}`, 'application/xml', await xml());
    };
    conflict.querySelector('[data-theirs]').onclick = () => {
      saved = changes;
      window.location.reload();
    };
  }

  /** Sends JSON; a form token that has run out is renewed once. Never throws. */
  async function send(address, body, again = true) {
    try {
      const response = await fetch(address, {
        method: 'POST',
        headers: {
          Accept: 'application/json',
          'Content-Type': 'application/json',
          'X-CSRFToken': token,
        },
        body: JSON.stringify(body),
      });
      if ((response.headers.get('Content-Type') || '').includes('json')) {
        return { ok: response.ok, status: response.status, body: await response.json() };
      }
      if (again && (await renewToken())) return await send(address, body, false);
      return failed('You are no longer signed in. Sign in again in another tab of this browser, '
        + 'then save here. Your changes are still on this page.');
    } catch {
      return failed('Pepway did not answer. Your changes are still on this page: try again.');
    }
  }

  async function renewToken() {
    const page = await (await fetch(window.location.pathname)).text();
    const config = new DOMParser().parseFromString(page, 'text/html').getElementById('studio');
    if (!config) return false;
    token = JSON.parse(config.textContent).token;
    for (const input of document.querySelectorAll('[name=csrf_token]')) input.value = token;
    return true;
  }

  function say(text) {
    said.textContent = text;
  }

  document.getElementById('save').addEventListener('click', save);
  document.getElementById('undo').addEventListener('click', () => stacked.undo());
  // Once the click is over: a click outside the diagram closes it.
  document.getElementById('find').addEventListener('click',
    () => setTimeout(() => modeler.get('searchPad').open()));
  document.getElementById('redo').addEventListener('click', () => stacked.redo());
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === 's') {
      event.preventDefault();
      save();
    }
  });
  window.addEventListener('beforeunload', (event) => {
    if (isDirty()) event.preventDefault();
  });
}

function failed(message) {
  return { ok: false, status: 0, body: { message } };
}
