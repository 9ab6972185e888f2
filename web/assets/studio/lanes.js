// Who does a step: the role of its lane. Another role moves the step into that role's lane.

const ROOM = 20;
const NEAR = 10;
const NEW_LANE_HEIGHT = 140;

export function roleOf(of) {
  return laneOf(of)?.get('pepway:role') || '';
}

/** Into the lane of that role, straight up or down; a lane is made where there is none. */
export function giveRole(tools, shape, role, title) {
  const registry = tools.registry;
  const lanes = registry.filter((each) => each.type === 'bpmn:Lane');
  const own = lanes.find((each) => each.businessObject.get('pepway:role') === role)
    || newLane(tools, lanes, role, title);
  if (!own) return false;
  const middle = freeRow(registry, own, shape);
  tools.modeling.moveElements([shape], { x: 0, y: Math.round(middle - shape.y - shape.height / 2) });
  return roleOf(shape.businessObject) === role;
}

/** The height in a lane at which the step stands free: of other shapes, and if it can of arrows. */
function freeRow(registry, lane, shape) {
  const middle = lane.y + lane.height / 2;
  const half = shape.height / 2;
  const isBeside = (left, right) => left < shape.x + shape.width + ROOM && right + ROOM > shape.x;
  const shapes = registry.filter((each) => each !== shape && !each.labelTarget && !each.waypoints
    && each.businessObject.$instanceOf?.('bpmn:FlowNode') && isBeside(each.x, each.x + each.width))
    .map(({ y, height }) => [y - ROOM, y + height + ROOM]);
  const arrows = registry.filter((each) => each.waypoints && each.source !== shape
    && each.target !== shape).flatMap(({ waypoints }) => level(waypoints))
    .filter(({ left, right }) => isBeside(left, right)).map(({ y }) => [y - NEAR, y + NEAR]);
  for (const taken of [[...shapes, ...arrows], shapes]) {
    for (let away = 0; away <= lane.height / 2 - half - NEAR; away += NEAR / 2) {
      for (const y of [middle + away, middle - away]) {
        if (!taken.some(([top, bottom]) => top < y + half && bottom > y - half)) return y;
      }
    }
  }
  return middle;
}

/** The parts of an arrow that lead straight to a side. */
function level(waypoints) {
  return waypoints.slice(1).map((to, at) => [waypoints[at], to])
    .filter(([from, to]) => Math.abs(from.y - to.y) < 2)
    .map(([from, to]) => ({ y: from.y, left: Math.min(from.x, to.x), right: Math.max(from.x, to.x) }));
}

function newLane(tools, lanes, role, title) {
  const lowest = lanes.reduce((one, each) => (!one || each.y > one.y ? each : one), null);
  if (!lowest) return null;
  const made = tools.modeling.addLane(lowest, 'bottom');
  tools.modeling.updateProperties(made, { name: title, 'pepway:role': role });
  if (made.height < NEW_LANE_HEIGHT) {
    tools.modeling.resizeLane(made, { x: made.x, y: made.y, width: made.width,
      height: NEW_LANE_HEIGHT }, false);
  }
  return made;
}

export function laneOf(of) {
  let scope = of;
  while (scope) {
    for (const lanes of scope.$parent?.laneSets || []) {
      const lane = lanes.get('lanes').find((each) => each.get('flowNodeRef').includes(scope));
      if (lane) return lane;
    }
    // A step outside every lane takes its parent's role.
    scope = scope.$parent?.$type === 'bpmn:SubProcess' ? scope.$parent : null;
  }
  return null;
}
