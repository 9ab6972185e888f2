// bpmn-js with Pepway's attributes and with only the shapes that Pepway runs.
import Modeler from 'bpmn-js/lib/Modeler';

import { between } from './between.js';
import { idsInWords } from './ids.js';
import { onlyWhatRuns } from './shapes.js';
import pepway from './pepway-moddle.json';
import { plainWords } from './plain-words.js';
import { together } from './together.js';
import { showAll } from './zooming.js';

export async function openEditor(canvas, xml) {
  const modeler = new Modeler({
    container: canvas,
    moddleExtensions: { pepway },
    additionalModules: [onlyWhatRuns, between, idsInWords, plainWords, together],
  });
  await modeler.importXML(xml);
  showAll(modeler);
  return modeler;
}
