// A diagram of the draft: saved as every file is, and checked while it changes.
import { onceSettled, startUndoing } from './alike.js';
import { startDraft } from './draft.js';

const CHECK_AFTER = 800;

export function startSaving(modeler, config, showReport) {
  const draft = startDraft(config, toBeSaved, showReport);
  let changes = 0;
  const checkSoon = onceSettled(check, CHECK_AFTER);

  modeler.on('commandStack.changed', () => {
    changes += 1;
    document.getElementById('verdict').textContent = 'Being checked…';
    draft.changed();
    checkSoon();
  });

  async function toBeSaved() {
    // A field that is being typed in is written into the diagram when it is left.
    if (document.activeElement?.closest('#panel')) {
      const field = document.activeElement;
      field.dispatchEvent(new Event('change'));
    }
    modeler.get('directEditing').complete();
    return xml();
  }

  const xml = async () => (await modeler.saveXML({ format: true })).xml;

  async function check() {
    const at = changes;
    const answer = await draft.send(config.addresses.check, { content: await xml() });
    if (answer.ok && at === changes) showReport(answer.body.report);
  }

  startUndoing(() => modeler.get('commandStack'));
  // Once the click is over: a click outside the diagram closes it.
  document.getElementById('find').addEventListener('click',
    () => setTimeout(() => modeler.get('searchPad').open()));
  return draft;
}
