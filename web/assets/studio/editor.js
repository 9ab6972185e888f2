// bpmn-js with Pepway's attributes and with only the shapes that Pepway runs.
import Modeler from 'bpmn-js/lib/Modeler';

import { idsInWords } from './ids.js';
import { onlyWhatRuns } from './shapes.js';
import pepway from './pepway-moddle.json';

const PALETTE_WIDTH = 120;

export async function openEditor(canvas, xml) {
  const modeler = new Modeler({
    container: canvas,
    moddleExtensions: { pepway },
    additionalModules: [onlyWhatRuns, idsInWords],
  });
  await modeler.importXML(xml);
  showAll(modeler);
  return modeler;
}

/** The whole diagram, with room on the left for the palette. */
function showAll(modeler) {
  const canvas = modeler.get('canvas');
  canvas.zoom('fit-viewport');
  const box = canvas.viewbox();
  const room = PALETTE_WIDTH / box.scale;
  canvas.viewbox({ x: box.inner.x - room, y: box.y, width: box.width + room, height: box.height });
}
