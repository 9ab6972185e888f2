// What the editors of the studio do alike.

export const readConfig = () => JSON.parse(document.getElementById('studio').textContent);

/** What `open` makes of the canvas; null where it cannot: then the page stays as the server sent it. */
export async function drawn(open) {
  const editor = document.getElementById('editor');
  editor.hidden = false;
  try {
    return await open(document.getElementById('canvas'));
  } catch {
    editor.hidden = true;
    document.getElementById('cannot-draw').hidden = false;
    return null;
  }
}

/** `stack` gives what keeps the changes. */
export function startUndoing(stack) {
  document.getElementById('undo').addEventListener('click', () => stack().undo());
  document.getElementById('redo').addEventListener('click', () => stack().redo());
}

/** Calls `act` once, a while after the last of several calls. */
export function onceSettled(act, after) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, after);
  };
}
