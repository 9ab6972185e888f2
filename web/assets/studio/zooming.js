// Larger, smaller, the whole diagram: for a mouse without a wheel, and for a finger.

const PALETTE_WIDTH = 120;
const MARGIN = 15;
const READABLE = 0.8;

export function startZooming(modeler) {
  const step = (by) => () => modeler.get('zoomScroll').stepZoom(by, middleOfSelected(modeler));
  document.getElementById('larger').addEventListener('click', step(1));
  document.getElementById('smaller').addEventListener('click', step(-1));
  document.getElementById('whole').addEventListener('click', () => showAll(modeler));
}

/** The whole diagram from its upper left corner, with room on the left for the palette. */
export function showAll(modeler) {
  const canvas = modeler.get('canvas');
  canvas.zoom('fit-viewport');
  const { inner, scale } = canvas.viewbox();
  const room = PALETTE_WIDTH / scale;
  const margin = MARGIN / scale;
  canvas.viewbox({ x: inner.x - room, y: inner.y - margin, width: inner.width + room + margin,
    height: inner.height + 2 * margin });
}

/** Around one shape, in letters that can be read. */
export function showReadably(modeler, shape) {
  const canvas = modeler.get('canvas');
  const { outer, scale } = canvas.viewbox();
  if (scale >= READABLE) {
    canvas.scrollToElement(shape, 80);
    return;
  }
  const [width, height] = [outer.width / READABLE, outer.height / READABLE];
  canvas.viewbox({ x: shape.x + shape.width / 2 - width / 2,
    y: shape.y + shape.height / 2 - height / 2, width, height });
}

/** On the screen; undefined for the middle of what is seen. */
function middleOfSelected(modeler) {
  const [shape] = modeler.get('selection').get();
  if (!shape || shape.waypoints) return undefined;
  const { x, y, scale } = modeler.get('canvas').viewbox();
  return { x: (shape.x + shape.width / 2 - x) * scale, y: (shape.y + shape.height / 2 - y) * scale };
}
