// A diagram of the draft: saved as every file is, and checked while it changes.
import { startDraft } from './draft.js';

const CHECK_AFTER = 800;

export function startSaving(modeler, config, showReport) {
  const draft = startDraft(config, xml, showReport);
  const stacked = modeler.get('commandStack');
  let changes = 0;
  let timer = 0;

  modeler.on('commandStack.changed', () => {
    changes += 1;
    draft.changed();
    clearTimeout(timer);
    timer = setTimeout(check, CHECK_AFTER);
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
    const answer = await draft.send(config.addresses.check, { content: await xml() });
    if (answer.ok && at === changes) showReport(answer.body.report);
  }

  document.getElementById('undo').addEventListener('click', () => stacked.undo());
  // Once the click is over: a click outside the diagram closes it.
  document.getElementById('find').addEventListener('click',
    () => setTimeout(() => modeler.get('searchPad').open()));
  document.getElementById('redo').addEventListener('click', () => stacked.redo());
  return draft;
}
