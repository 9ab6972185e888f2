// form-js with only the fields that Pepway asks, and with what Pepway says of each field.
import { createFormEditor } from '@bpmn-io/form-js-editor';

import { signStyles } from '../studio/styles.js';
import { inPepway } from './properties.js';
import { onlyWhatChanged, withOwnIds } from './unchanged.js';

/** What each is called here. form-js has no way to say its other words otherwise. */
const NAMES = {
  textfield: 'Short text',
  textarea: 'Long text',
  number: 'Number',
  datetime: 'Date',
  radio: 'One of several',
  checklist: 'Any of several',
  checkbox: 'Tick box',
  select: 'Drop-down list',
  dynamiclist: 'List of entries',
  group: 'Heading and questions',
  text: 'Words to read',
};

/** Of the others none is offered; one that stands in a form already is still drawn. */
function OnlyWhatIsAsked(formFields) {
  const known = formFields._formFields;
  for (const type of Object.keys(known)) {
    // The palette lists what can be enumerated, and the canvas asks for each by its name.
    if (NAMES[type]) known[type].config.name = NAMES[type];
    else Object.defineProperty(known, type, { enumerable: false });
  }
}
OnlyWhatIsAsked.$inject = ['formFields'];

const onlyWhatIsAsked = {
  __init__: ['onlyWhatIsAsked'],
  onlyWhatIsAsked: ['type', OnlyWhatIsAsked],
};

/** The editor, and what gives the form as it stands in it now. */
export async function openEditor(container, file, places) {
  signStyles();
  const editor = await createFormEditor({
    container,
    schema: withOwnIds(file),
    additionalModules: [onlyWhatIsAsked, inPepway],
    pepway: { places },
    renderer: { compact: true },
  });
  const read = editor.saveSchema();
  return { editor, form: () => onlyWhatChanged(file, read, editor.saveSchema()) };
}
