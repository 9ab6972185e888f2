// Who does a step: the role of its lane. Another role moves the step into that role's lane.

const ROOM = 20;
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

/** The height in a lane at which nothing else stands below or above each other with the step. */
function freeRow(registry, lane, shape) {
  const middle = lane.y + lane.height / 2;
  const others = registry.filter((each) => each !== shape && !each.labelTarget && !each.waypoints
    && each.businessObject.$instanceOf?.('bpmn:FlowNode')
    && each.x < shape.x + shape.width + ROOM && each.x + each.width + ROOM > shape.x
    && each.y + each.height > lane.y && each.y < lane.y + lane.height);
  const taken = (y) => others.some((each) => each.y < y + shape.height / 2 + ROOM
    && each.y + each.height > y - shape.height / 2 - ROOM);
  const lowest = lane.y + lane.height - shape.height / 2 - ROOM / 2;
  for (let away = 0; away <= lane.height; away += ROOM) {
    for (const y of [middle + away, middle - away]) {
      if (y > lane.y + shape.height / 2 && y < lowest && !taken(y)) return y;
    }
  }
  return middle;
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
