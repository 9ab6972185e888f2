// A reminder or an escalation of a step: a date on its edge, a message, an end.
import { makeRoomBelow } from './room.js';

const KINDS = {
  reminder: { label: 'Remind', name: (step) => `Remind: ${step}`, action: 'tell' },
  escalation: { label: 'Escalate', name: (step) => `Escalate: ${step}`, action: 'escalate' },
};

/** What a step has of it already: each a date on its edge that does not end the step. */
export function remindersOf(shape) {
  return (shape.attachers || []).filter((each) => !each.businessObject.cancelActivity
    && each.businessObject.eventDefinitions?.some(
      (one) => one.$type === 'bpmn:TimerEventDefinition'));
}

export function addReminder(tools, shape, kind, role, date, actions) {
  const { name, action } = KINDS[kind];
  const step = shape.businessObject.name || 'step';
  const factory = tools.elementFactory;
  const at = { x: shape.x + 20 + remindersOf(shape).length * 42, y: shape.y + shape.height };
  makeRoomBelow(tools, shape, { x: at.x + 120, width: 330, height: 130 });
  const timer = tools.modeling.createShape(factory.createShape({ type: 'bpmn:BoundaryEvent',
    eventDefinitionType: 'bpmn:TimerEventDefinition', cancelActivity: false }), at, shape,
  { attach: true });
  const definition = timer.businessObject.eventDefinitions[0];
  tools.modeling.updateModdleProperties(timer, definition, {
    timeDate: tools.moddle.create('bpmn:FormalExpression', { body: date }) });
  tools.modeling.updateProperties(timer, { name: `${name(step)} is due` });
  const message = tools.modeling.appendShape(timer, factory.createShape({ type: 'bpmn:SendTask' }),
    { x: at.x + 130, y: at.y + 90 });
  tools.modeling.updateProperties(message, { name: name(step),
    'pepway:action': action in actions ? action : Object.keys(actions)[0], 'pepway:to': role });
  tools.modeling.appendShape(message, factory.createShape({ type: 'bpmn:EndEvent' }),
    { x: at.x + 260, y: at.y + 90 });
  return timer;
}
