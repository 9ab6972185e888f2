// The group “In Pepway” of the properties panel: what form-js itself has no words for.
import { h } from 'preact';

const ENTRIES = [
  { name: 'pepway.hint', label: 'Hint', hint: 'What a good answer holds' },
  { name: 'govuk.error.required', label: 'When it is left empty',
    hint: 'What is said to whoever must answer it, such as “Enter the day of the review”' },
  { name: 'pepway.path', label: 'Place in the record', places: true,
    hint: 'Without one the answer is kept with this form alone' },
];
const WITHOUT_ANSWER = new Set(['default', 'group', 'text', 'button', 'separator', 'spacer']);
const GROUPS = { General: 'The question', Condition: 'When it is hidden', Validation: 'What is refused',
  'Custom properties': 'Other properties', Options: 'What can be chosen',
  'Options source': 'Where the choices come from', 'Static options': 'What can be chosen',
  Serialization: 'How it is kept', Layout: 'Where it stands', Appearance: 'What stands beside it' };
const PLACES = 'places-of-the-record';

function PropertiesInPepway(propertiesPanel, config) {
  const { places = {} } = config || {};
  propertiesPanel.registerProvider({
    getGroups: (field, editField) => (groups) => {
      for (const group of groups) group.label = GROUPS[group.label] || group.label;
      if (field?.type === 'default' && groups.length) groups[0].label = 'The form';
      if (!field || WITHOUT_ANSWER.has(field.type)) return groups;
      const entries = ENTRIES.map((entry) => ({
        ...entry, id: entry.name, component: TextEntry, field, editField, known: places,
      }));
      const [general, ...others] = groups;
      return [general, { id: 'pepway', label: 'In Pepway', entries }, ...others];
    },
  }, 500);
}
PropertiesInPepway.$inject = ['propertiesPanel', 'config.pepway'];

function TextEntry({ id, name, label, hint, places, known, field, editField }) {
  const { properties = {} } = field;
  const box = `pepway-${name.replaceAll('.', '-')}`;
  const write = (event) => {
    const { [name]: _, ...others } = properties;
    const value = event.target.value.trim();
    editField(field, ['properties'], value ? { ...others, [name]: value } : others);
  };
  return h('div', { class: 'bio-properties-panel-entry', 'data-entry-id': id }, [
    h('div', { class: 'bio-properties-panel-textfield' }, [
      h('label', { class: 'bio-properties-panel-label', for: box }, label),
      h('input', {
        class: 'bio-properties-panel-input', id: box, type: 'text', autocomplete: 'off',
        value: properties[name] || '', onChange: write, list: places ? PLACES : undefined,
        'aria-describedby': `${box}-hint`,
      }),
      places && h('datalist', { id: PLACES }, Object.entries(known).map(
        ([path, title]) => h('option', { value: path }, title),
      )),
    ]),
    h('div', { class: 'bio-properties-panel-description', id: `${box}-hint` }, hint),
  ]);
}

export const inPepway = {
  __init__: ['propertiesInPepway'],
  propertiesInPepway: ['type', PropertiesInPepway],
};
