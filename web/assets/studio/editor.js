// bpmn-js with Pepway's attributes and with only the shapes that Pepway runs.
import Modeler from 'bpmn-js/lib/Modeler';

import { between } from './between.js';
import { idsInWords } from './ids.js';
import { onlyWhatRuns } from './shapes.js';
import pepway from './pepway-moddle.json';

const PALETTE_WIDTH = 120;
const MARGIN = 15;

export async function openEditor(canvas, xml) {
  const modeler = new Modeler({
    container: canvas,
    moddleExtensions: { pepway },
    additionalModules: [onlyWhatRuns, between, idsInWords],
  });
  await modeler.importXML(xml);
  showAll(modeler);
  return modeler;
}

/** The whole diagram from its upper left corner, with room on the left for the palette. */
function showAll(modeler) {
  const canvas = modeler.get('canvas');
  canvas.zoom('fit-viewport');
  const { inner, scale } = canvas.viewbox();
  const room = PALETTE_WIDTH / scale;
  const margin = MARGIN / scale;
  canvas.viewbox({ x: inner.x - room, y: inner.y - margin, width: inner.width + room + margin,
    height: inner.height + 2 * margin });
}
