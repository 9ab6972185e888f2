// What the panel asks about a shape of each kind, and how an answer is written into the diagram.
import { giveRole, roleOf } from './lanes.js';

const VOICES = { child: "The child's own words", carer: "The carer's own words",
  parent: "The parent's own words" };
const LASTING = /^P\w+$/;
const LONGEST_NAME = 256;

/** A field: how it looks, and how it reads and writes the business object `of` of a shape. */
function attribute(key, label, more = {}) {
  const name = `pepway:${key}`;
  return {
    key,
    label,
    control: 'text',
    read: (of) => of.get(name) || '',
    write: (tools, shape, value) =>
      tools.modeling.updateProperties(shape, { [name]: value || undefined }),
    ...more,
  };
}

const name = {
  key: 'name',
  label: 'Name',
  control: 'text',
  longest: LONGEST_NAME,
  read: (of) => of.name || '',
  write: (tools, shape, value) => tools.modeling.updateProperties(shape, { name: value }),
};

const nameOfStep = { ...name, hint: 'Begin with a verb, as in “Ask the school nurse”' };

const note = {
  key: 'text',
  label: 'Text',
  control: 'long',
  read: (of) => of.text || '',
  write: (tools, shape, value) => tools.modeling.updateProperties(shape, { text: value }),
};

const documentation = {
  key: 'documentation',
  label: 'Why this step is here',
  hint: 'The sentence of the procedure that it stands on',
  control: 'long',
  read: (of) => of.get('documentation')[0]?.text || '',
  write: (tools, shape, value) =>
    tools.modeling.updateProperties(shape, {
      documentation: value ? [tools.moddle.create('bpmn:Documentation', { text: value })] : [],
    }),
};

const roleByLane = {
  key: 'role',
  label: 'Who does it',
  hint: 'Another role moves the step into the lane of that role',
  control: 'choice',
  options: (config) => config.roles,
  read: roleOf,
  write: (tools, shape, role, config) => tools.together(
    () => giveRole(tools, shape, role, config.roles[role])),
};

const laneRole = attribute('role', 'Role', {
  hint: 'Who does the steps in this lane',
  control: 'choice',
  options: (config) => config.roles,
});

const form = attribute('form', 'Form', {
  hint: 'What is asked of whoever does the step',
  control: 'form',
});
const due = attribute('due', 'When it is due', { control: 'date' });
const voice = attribute('voice', 'Whose words', { control: 'choice', options: () => VOICES });
const guidance = attribute('guidance', 'Guidance', {
  hint: 'Shown to whoever does the step',
  control: 'long',
});
const source = attribute('source', 'Source', { hint: 'Sentences of the procedure, such as S9' });

const decision = attribute('decision', 'Decision table', {
  control: 'choice',
  options: (config) => config.decisions,
});
const action = attribute('action', 'What Pepway does', {
  control: 'choice',
  options: (config) => config.actions,
});
const to = attribute('to', 'For whom', { control: 'choice', options: (config) => config.roles });
const message = attribute('message', 'Message', { hint: 'Its short name, such as plan_is_late' });

const condition = {
  key: 'condition',
  label: 'Taken when',
  control: 'condition',
  read: (of) => of.conditionExpression?.body || '',
  write: (tools, shape, value) =>
    tools.modeling.updateProperties(shape, { conditionExpression: formal(tools, value) }),
};

const otherwise = {
  key: 'default',
  label: 'Taken when no other condition holds',
  control: 'tick',
  read: (of) => of.sourceRef.default === of,
  write: (tools, shape, ticked) => {
    const gateway = shape.source;
    tools.modeling.updateProperties(gateway, { default: ticked ? shape.businessObject : undefined });
    if (ticked) tools.modeling.updateProperties(shape, { conditionExpression: undefined });
  },
};

const timerValue = {
  key: 'timer',
  label: 'Until when, or how long',
  control: 'date',
  read: (of) => timerText(timer(of)),
  write: (tools, shape, value) =>
    setTimer(tools, shape, LASTING.test(value) ? 'timeDuration' : 'timeDate', value),
};

const calls = {
  key: 'calls',
  label: 'Process that it runs',
  control: 'choice',
  options: (config) => config.processes,
  read: (of) => of.calledElement || '',
  write: (tools, shape, value) =>
    tools.modeling.updateProperties(shape, { calledElement: value || undefined }),
};

/** The fields of a shape, in the order in which they are shown. */
export function fieldsOf(of) {
  if (of.$type === 'bpmn:UserTask') {
    return [nameOfStep, roleByLane, form, due, guidance, voice, source, documentation];
  }
  if (of.$type === 'bpmn:ServiceTask' || of.$type === 'bpmn:SendTask') {
    return [name, action, to, message, documentation];
  }
  if (of.$type === 'bpmn:SequenceFlow') {
    return of.sourceRef?.$type === 'bpmn:ExclusiveGateway' ? [name, condition, otherwise] : [name];
  }
  if (of.$type === 'bpmn:BusinessRuleTask') return [name, decision, documentation];
  if (of.$type === 'bpmn:Lane') return [name, laneRole];
  if (of.$type === 'bpmn:CallActivity') return [name, calls, documentation];
  if (of.$type === 'bpmn:TextAnnotation') return [note];
  if (timer(of)) return [name, timerValue, documentation];
  if (of.$instanceOf('bpmn:FlowNode')) return [name, documentation];
  return of.$instanceOf('bpmn:Association') ? [] : [name];
}

function timer(of) {
  return of.eventDefinitions?.find((each) => each.$type === 'bpmn:TimerEventDefinition');
}

function kindOfTimer(definition) {
  return definition.timeDuration ? 'timeDuration' : 'timeDate';
}

function timerText(definition) {
  return definition[kindOfTimer(definition)]?.body || '';
}

function setTimer(tools, shape, kind, text) {
  const other = kind === 'timeDate' ? 'timeDuration' : 'timeDate';
  // An empty expression still says which of the two kinds it is.
  tools.modeling.updateModdleProperties(shape, timer(shape.businessObject), {
    [other]: undefined,
    [kind]: tools.moddle.create('bpmn:FormalExpression', { body: text }),
  });
}

function formal(tools, text) {
  return text ? tools.moddle.create('bpmn:FormalExpression', { body: text }) : undefined;
}
