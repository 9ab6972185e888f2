// Palette, shape menu and replace menu offer what Pepway runs; the check refuses everything else.
import { STEP, onlyArrowFrom } from './between.js';

const NOT_IN_PALETTE = ['create.data-object', 'create.data-store', 'create.participant-expanded'];

const REPLACEMENTS = new Set([
  'replace-with-user-task',
  'replace-with-service-task',
  'replace-with-send-task',
  'replace-with-call-activity',
  'replace-with-expanded-subprocess',
  'replace-with-exclusive-gateway',
  'replace-with-parallel-gateway',
  'replace-with-none-start',
  'replace-with-none-end',
  'replace-with-terminate-end',
  'replace-with-timer-intermediate-catch',
  'replace-with-timer-boundary',
  'replace-with-non-interrupting-timer-boundary',
  'replace-with-sequence-flow',
  'replace-with-default-flow',
  'replace-with-conditional-flow',
]);

const WAIT = {
  type: 'bpmn:IntermediateCatchEvent',
  eventDefinitionType: 'bpmn:TimerEventDefinition',
};
const CHOICE = { type: 'bpmn:ExclusiveGateway' };
const PARALLEL = { type: 'bpmn:ParallelGateway' };

/** After the standard providers, which have a higher priority. */
const AFTERWARDS = 500;

function OnlyWhatRuns(palette, contextPad, popupMenu, elementFactory, create, between) {
  const drag = (shape) => (event) => create.start(event, elementFactory.createShape(shape));

  function inPalette(shape, group, className, title) {
    return { group, className, title, action: { click: drag(shape), dragstart: drag(shape) } };
  }

  function inShapeMenu(shape, className, title) {
    return {
      group: 'model',
      className,
      title,
      action: {
        click: (_event, source) => between.addAfter(source, shape),
        dragstart: (event, source) =>
          create.start(event, elementFactory.createShape(shape), { source }),
      },
    };
  }

  palette.registerProvider(AFTERWARDS, {
    getPaletteEntries: () => (entries) => {
      for (const name of NOT_IN_PALETTE) delete entries[name];
      entries['create.task'] = inPalette(
        STEP, 'activity', 'bpmn-icon-user-task', 'Add a step: put it on an arrow',
      );
      entries['create.intermediate-event'] = inPalette(
        WAIT, 'event', 'bpmn-icon-intermediate-event-catch-timer',
        'Add a date to wait for: put it on an arrow, or on the edge of a step',
      );
      entries['create.parallel-gateway'] = inPalette(
        PARALLEL, 'gateway', 'bpmn-icon-gateway-parallel', 'Add a point where ways go side by side',
      );
      return entries;
    },
  });

  contextPad.registerProvider(AFTERWARDS, {
    getContextPadEntries: (shape) => (entries) => {
      if (entries['append.append-task']) {
        entries['append.append-task'] = inShapeMenu(
          STEP, 'bpmn-icon-user-task', 'Add a step after this',
        );
        entries['append.intermediate-event'] = inShapeMenu(
          WAIT, 'bpmn-icon-intermediate-event-catch-timer', 'Add a date to wait for after this',
        );
        entries['append.gateway'] = inShapeMenu(
          CHOICE, 'bpmn-icon-gateway-none', 'Add a choice after this',
        );
      }
      // A second arrow out of a step would be two ways at once.
      if (onlyArrowFrom(shape) && !shape.type.endsWith('Gateway')) delete entries['append.end-event'];
      if (shape.type === 'bpmn:SequenceFlow') {
        entries['put-step'] = { group: 'model', className: 'bpmn-icon-user-task',
          title: 'Put a step on this arrow',
          action: { click: (_event, arrow) => between.addOn(arrow, STEP) } };
      }
      return entries;
    },
  });

  popupMenu.registerProvider('bpmn-replace', AFTERWARDS, {
    getPopupMenuEntries: () => (entries) =>
      Object.fromEntries(Object.entries(entries).filter(([name]) => REPLACEMENTS.has(name))),
    getPopupMenuHeaderEntries: () => () => ({}),
  });
}

OnlyWhatRuns.$inject = [
  'palette', 'contextPad', 'popupMenu', 'elementFactory', 'create', 'between',
];

export const onlyWhatRuns = {
  __init__: ['onlyWhatRuns'],
  onlyWhatRuns: ['type', OnlyWhatRuns],
};
