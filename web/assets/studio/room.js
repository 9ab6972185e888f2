// Room on an arrow: what lies behind moves on, so that a shape stands between two others.
import { resizeBounds } from 'diagram-js/lib/features/space-tool/SpaceUtil';
import { selfAndAllChildren } from 'diagram-js/lib/util/Elements';

const GAP = 50;
const MARGIN = 20;
const TOUCHING = 5;
const SIZES = { x: 'width', y: 'height' };
const ACROSS = { x: 'y', y: 'x' };
const DIRECTIONS = { x: { 1: 'e', '-1': 'w' }, y: { 1: 's', '-1': 'n' } };

/** The place in the middle of a shape that is put on an arrow near `wished`, with room made. */
export function makeRoom(tools, arrow, shape, wished) {
  const way = straightAt(arrow.waypoints, wished);
  const size = shape[SIZES[way.axis]];
  const least = GAP + size / 2;
  const along = Math.min(Math.max((wished[way.axis] - way.from) * way.sign, least),
    Math.max(least, way.length - least));
  const middle = { [way.axis]: Math.round(way.from + way.sign * along),
    [ACROSS[way.axis]]: way.line };
  const missing = Math.ceil(Math.max(2 * least - way.length,
    tooNear(tools, way, shape, middle, wished)));
  if (missing > 0) moveOn(tools, way, missing, arrow);
  return middle;
}

/** Room for what hangs below a shape, around `x`, in its own lane. */
export function makeRoomBelow(tools, shape, { x, width, height }) {
  const way = { axis: 'y', from: shape.y + shape.height, line: x, sign: 1 };
  const missing = tooNear(tools, way, { width, height }, { x, y: way.from + height / 2 },
    { x, y: way.from - 1 });
  if (missing > 0) moveOn(tools, way, Math.ceil(missing));
}

export function awayFrom({ waypoints }, place) {
  return straightAt(waypoints, place).away(place);
}

/** The straight part of an arrow that comes nearest to a place. */
function straightAt(waypoints, place) {
  const parts = waypoints.slice(1).map((to, at) => straight(waypoints[at], to));
  return parts.reduce((best, each) => (each.away(place) < best.away(place) ? each : best));
}

function straight(one, other) {
  const axis = Math.abs(other.x - one.x) >= Math.abs(other.y - one.y) ? 'x' : 'y';
  const [from, to, line] = [one[axis], other[axis], one[ACROSS[axis]]];
  const away = (place) => Math.hypot(place[ACROSS[axis]] - line, place[axis]
    - Math.min(Math.max(place[axis], Math.min(from, to)), Math.max(from, to)));
  return { axis, from, line, length: Math.abs(to - from), sign: to < from ? -1 : 1, away };
}

/** How far the shapes behind, or the edge of the lane, must move on for it to stand free. */
function tooNear({ registry }, { axis, from, line, sign }, shape, middle, wished) {
  const far = middle[axis] * sign + shape[SIZES[axis]] / 2 + MARGIN;
  const half = shape[SIZES[ACROSS[axis]]] / 2 + TOUCHING;
  const begins = (each) => Math.min(each[axis] * sign, (each[axis] + each[SIZES[axis]]) * sign);
  const ends = (each) => Math.max(each[axis] * sign, (each[axis] + each[SIZES[axis]]) * sign);
  const behind = registry.filter((each) => isStep(each) && begins(each) > from * sign
    && begins(each) < far && each[ACROSS[axis]] < line + half
    && each[ACROSS[axis]] + each[SIZES[ACROSS[axis]]] > line - half).map(begins);
  const across = axis === 'x' ? [] : registry.filter((each) => each.waypoints)
    .flatMap(({ waypoints }) => waypoints.slice(1).map((to, at) => [waypoints[at], to]))
    .filter(([one, to]) => Math.abs(one.y - to.y) < 2 && one.y * sign > from * sign
      && one.y * sign < far && Math.min(one.x, to.x) < line + half
      && Math.max(one.x, to.x) > line - half).map(([one]) => one.y * sign);
  const edges = axis === 'x' ? [] : registry.filter((each) => each.type === 'bpmn:Lane'
    && each.y <= wished.y && wished.y < each.y + each.height).map(ends);
  return Math.max(0, ...[...behind, ...across, ...edges].map((each) => far - each));
}

function isStep(each) {
  return !each.waypoints && !each.labelTarget && each.businessObject?.$instanceOf?.('bpmn:FlowNode');
}

/** Everything behind the beginning of a straight part; arrows across it grow longer, and what
    stands on `kept` stays where it leads away from. */
function moveOn({ canvas, modeling, registry, spaceTool }, { axis, from, sign }, far, kept) {
  const cut = from + sign;
  const delta = { x: 0, y: 0, [axis]: far * sign };
  const isBehind = (place) => (place - cut) * sign > 0;
  const { movingShapes, resizingShapes } = spaceTool.calculateAdjustments(
    selfAndAllChildren(canvas.getRootElement(), true), axis, delta[axis], cut);
  const arrows = registry.filter((each) => each.waypoints && each.source && each.target)
    .map((arrow) => ({ arrow, points: arrow.waypoints.map(({ x, y }) => ({ x, y })) }));
  const labels = arrows.map(({ arrow }) => arrow !== kept && arrow.label).filter((label) => label
    && !movingShapes.includes(label) && isBehind(label[axis] + label[SIZES[axis]] / 2));
  const asTold = { autoResize: false, layout: false, recurse: false };
  for (const each of [...movingShapes, ...labels]) modeling.moveShape(each, delta, null, asTold);
  for (const each of resizingShapes) {
    const bounds = resizeBounds(each, DIRECTIONS[axis][sign], delta);
    modeling.resizeShape(each, bounds, null, { ...asTold, attachSupport: false });
  }
  const follows = (end, point) => resizingShapes.includes(end)
    || movingShapes.includes(end) === isBehind(point[axis]);
  for (const { arrow, points } of arrows) {
    if (!points.some((each) => isBehind(each[axis]))) continue;
    if (follows(arrow.source, points[0]) && follows(arrow.target, points[points.length - 1])) {
      modeling.updateWaypoints(arrow, points.map((each) => (isBehind(each[axis])
        ? { ...each, [axis]: each[axis] + delta[axis] } : each)), { labelBehavior: false });
    } else {
      modeling.layoutConnection(arrow);
    }
  }
}
