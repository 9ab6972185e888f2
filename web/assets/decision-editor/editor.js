// dmn-js with its one view that Pepway has: the decision table.
import DecisionTableEditor from 'dmn-js-decision-table/lib/Editor';
import EditingManager from 'dmn-js-shared/lib/base/EditingManager';
import { is } from 'dmn-js-shared/lib/util/ModelUtil';

import { signStyles } from '../studio/styles.js';
import { plainWords } from './plain-words.js';

class TableEditor extends EditingManager {
  _getViewProviders() {
    return [{
      id: 'decisionTable',
      constructor: DecisionTableEditor,
      opens: (element) => is(element, 'dmn:Decision') && is(element.decisionLogic, 'dmn:DecisionTable'),
    }];
  }
}

/** `changed` is called after each change. Rejects for what has no table in it. */
export async function openEditor(container, xml, changed) {
  signStyles();
  const editor = new TableEditor({ container, height: '100%', width: '100%',
    decisionTable: { additionalModules: [plainWords] } });
  editor.on('viewer.created', ({ viewer }) => viewer.on('commandStack.changed', changed));
  await editor.importXML(xml);
  if (!editor.getActiveView()) throw new Error('There is no decision table in it.');
  return editor;
}
