// A file of the draft in an editor: saved a while after it was changed, with what was found in it.
import { save as download } from './copying.js';

const SAVE_AFTER = 5000;
const NOT_SAVED = 'There are changes that are not saved yet.';

/** `read` gives the file as text. */
export function startDraft(config, read, showReport) {
  const said = document.getElementById('saving');
  const conflict = document.getElementById('conflict');
  let { version, token } = config;
  let changes = 0;
  let saved = 0;
  let saving = null;
  let timer = 0;
  let clashed = false;

  const isDirty = () => changes !== saved;

  function changed() {
    changes += 1;
    say(NOT_SAVED);
    saveLater();
  }

  /** Not while somebody else's save waits for an answer. */
  function saveLater() {
    clearTimeout(timer);
    if (!clashed) timer = setTimeout(() => isDirty() && save(), SAVE_AFTER);
  }

  /** True where the draft is now what is on the screen. One save at a time. */
  function save() {
    clearTimeout(timer);
    saving = (saving || Promise.resolve()).then(saveNow);
    return saving;
  }

  async function saveNow() {
    const content = await read();
    const at = changes;
    say('Saving…');
    const answer = await send(config.addresses.save, { content, version });
    if (answer.ok) {
      setVersion(answer.body.version);
      saved = at;
      clashed = false;
      conflict.hidden = true;
      say(isDirty() ? NOT_SAVED : answer.body.message);
      if (isDirty()) saveLater();
      showReport(answer.body.report);
      return true;
    }
    if (answer.status === 409) showConflict(answer.body);
    say(answer.body.message);
    return false;
  }

  /** Something else of the draft, made on the server between two saves. */
  function alongside(address, body) {
    const made = (saving || Promise.resolve()).then(async () => {
      const answer = await send(address, { ...body, version });
      if (answer.ok) setVersion(answer.body.version);
      else say(answer.body.message);
      return answer;
    });
    saving = made;
    return made;
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
      download(`mine-${config.path}`, 'text/plain', await read());
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
    const found = new DOMParser().parseFromString(page, 'text/html').getElementById('studio');
    if (!found) return false;
    token = JSON.parse(found.textContent).token;
    for (const input of document.querySelectorAll('[name=csrf_token]')) input.value = token;
    return true;
  }

  function say(text) {
    said.textContent = text;
  }

  document.getElementById('save').addEventListener('click', save);
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === 's') {
      event.preventDefault();
      save();
    }
  });
  document.addEventListener('click', async (event) => {
    const link = event.target.closest?.('a[href]');
    if (!link || !isDirty() || !leavesThePage(link, event)) return;
    event.preventDefault();
    if (await save()) window.location.assign(link.href);
  });
  window.addEventListener('beforeunload', (event) => {
    if (isDirty()) event.preventDefault();
  });
  return { changed, send, alongside };
}

/** To another page of Pepway, in this window. */
function leavesThePage(link, { button, ctrlKey, metaKey, shiftKey, defaultPrevented }) {
  const { origin, pathname } = window.location;
  return !defaultPrevented && button === 0 && !ctrlKey && !metaKey && !shiftKey && !link.download
    && !link.target && link.origin === origin && !(link.hash && link.pathname === pathname);
}

function failed(message) {
  return { ok: false, status: 0, body: { message } };
}
