// Palette, shape menu and replace menu offer what Pepway runs; the check refuses everything else.

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

const USER_TASK = { type: 'bpmn:UserTask' };
const WAIT = {
  type: 'bpmn:IntermediateCatchEvent',
  eventDefinitionType: 'bpmn:TimerEventDefinition',
};
const PARALLEL = { type: 'bpmn:ParallelGateway' };

/** After the standard providers, which have a higher priority. */
const AFTERWARDS = 500;

function OnlyWhatRuns(palette, contextPad, popupMenu, elementFactory, create, autoPlace) {
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
        click: (_event, source) => autoPlace.append(source, elementFactory.createShape(shape)),
        dragstart: (event, source) =>
          create.start(event, elementFactory.createShape(shape), { source }),
      },
    };
  }

  palette.registerProvider(AFTERWARDS, {
    getPaletteEntries: () => (entries) => {
      for (const name of NOT_IN_PALETTE) delete entries[name];
      entries['create.task'] = inPalette(
        USER_TASK, 'activity', 'bpmn-icon-user-task', 'Add a user task',
      );
      entries['create.intermediate-event'] = inPalette(
        WAIT, 'event', 'bpmn-icon-intermediate-event-catch-timer', 'Add a date to wait for',
      );
      entries['create.parallel-gateway'] = inPalette(
        PARALLEL, 'gateway', 'bpmn-icon-gateway-parallel', 'Add a parallel gateway',
      );
      return entries;
    },
  });

  contextPad.registerProvider(AFTERWARDS, {
    getContextPadEntries: () => (entries) => {
      if (entries['append.append-task']) {
        entries['append.append-task'] = inShapeMenu(
          USER_TASK, 'bpmn-icon-user-task', 'Add a user task after this',
        );
        entries['append.intermediate-event'] = inShapeMenu(
          WAIT, 'bpmn-icon-intermediate-event-catch-timer', 'Add a date to wait for after this',
        );
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
  'palette', 'contextPad', 'popupMenu', 'elementFactory', 'create', 'autoPlace',
];

export const onlyWhatRuns = {
  __init__: ['onlyWhatRuns'],
  onlyWhatRuns: ['type', OnlyWhatRuns],
};
