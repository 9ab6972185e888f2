// A step between two others: dropped on an arrow, or added after the one before.
import { awayFrom, makeRoom } from './room.js';

/** After the modeler's own: it divides the arrow, selects, opens its editor of names. */
const AFTERWARDS = 100;
const BEFORE = 2000;
/** On the screen: whoever lets go so near to an arrow means it. */
const NEAR = 12;

export const STEP = { type: 'bpmn:UserTask' };

function Between(eventBus, modeling, elementFactory, elementRegistry, spaceTool, canvas,
  selection, directEditing, autoPlace, bpmnRules) {
  const tools = { modeling, spaceTool, canvas, registry: elementRegistry };

  /** Between a shape and the one that follows it; behind one that nothing or much follows. */
  this.addAfter = (shape, kind) => {
    const arrow = onlyArrowFrom(shape);
    if (arrow) this.addOn(arrow, kind);
    else autoPlace.append(shape, elementFactory.createShape(kind));
  };

  this.addOn = (arrow, kind) => {
    const made = modeling.createShape(elementFactory.createShape(kind), placeOn(arrow.waypoints),
      arrow);
    selection.select(made);
    tell(made);
  };

  eventBus.on('commandStack.shape.create.preExecute', AFTERWARDS, ({ context }) => {
    const { targetFlow, shape, position } = context;
    if (targetFlow) context.position = makeRoom(tools, targetFlow, shape, middleOf(position));
  });
  eventBus.on('create.end', BEFORE, ({ context, x, y }) => {
    if (context.source || !context.target || context.canExecute?.attach) return;
    const arrow = arrowAt({ x, y }, context.shape);
    if (arrow) Object.assign(context, { target: arrow, canExecute: true });
  });
  eventBus.on(['create.end', 'autoPlace.end'], AFTERWARDS, ({ shape }) => {
    // Its name is asked in the panel, in letters of a size that can be read.
    directEditing.cancel();
    tell(shape);
  });

  /** The arrow that is nearest to where a shape was let go. */
  function arrowAt(place, shape) {
    const [nearest] = elementRegistry.filter((each) => each.waypoints
      && bpmnRules.canInsert(shape, each)).map((arrow) => ({ arrow, away: awayFrom(arrow, place) }))
      .sort((one, other) => one.away - other.away);
    return nearest && nearest.away * canvas.zoom() < NEAR ? nearest.arrow : null;
  }

  function tell(shape) {
    eventBus.fire('step.added', { shape });
  }
}
Between.$inject = ['eventBus', 'modeling', 'elementFactory', 'elementRegistry', 'spaceTool',
  'canvas', 'selection', 'directEditing', 'autoPlace', 'bpmnRules'];

/** The arrow on which a step after this one stands, where that is clear. */
export function onlyArrowFrom({ outgoing = [] }) {
  const arrows = outgoing.filter(({ type }) => type === 'bpmn:SequenceFlow');
  return arrows.length === 1 ? arrows[0] : null;
}

function middleOf({ x, y, width = 0, height = 0 }) {
  return { x: x + width / 2, y: y + height / 2 };
}

/** Beside the shape before, where the arrow leads on in its row; else where there is most room. */
function placeOn(waypoints) {
  const parts = waypoints.slice(1).map((to, at) => [waypoints[at], to]);
  const length = ([from, to]) => Math.hypot(to.x - from.x, to.y - from.y);
  const [from, to] = parts[0];
  if (Math.abs(to.x - from.x) > Math.abs(to.y - from.y)) {
    return { x: from.x + Math.sign(to.x - from.x), y: from.y };
  }
  const [one, other] = parts.reduce((best, each) => (length(each) > length(best) ? each : best));
  return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
}

export const between = { __init__: ['between'], between: ['type', Between] };
