// The id of a new shape is words, as everywhere in the procedures: from its name, which it follows
// until the page is left, for a name that is being typed is saved as far as it stands.

export const INVENTED = /^(Activity|Event|Gateway|Flow|Lane|Group|TextAnnotation)_[0-9a-z]{7}$/;
const LONGEST = 60;
const AFTERWARDS = 100;

function IdsInWords(eventBus, modeling, elementRegistry) {
  const fresh = new WeakSet();

  const named = ({ context }) => {
    const shape = context.element.labelTarget || context.element;
    const of = shape.businessObject;
    if (!of?.name || !(INVENTED.test(of.id) || fresh.has(of))) return;
    fresh.add(of);
    const wanted = words(of.name);
    if (wanted !== of.id) modeling.updateProperties(shape, { id: free(wanted) });
  };
  eventBus.on('commandStack.element.updateLabel.postExecuted', AFTERWARDS, named);
  eventBus.on('commandStack.element.updateProperties.postExecuted', AFTERWARDS, (event) => {
    if ('name' in event.context.properties) named(event);
  });

  function free(wanted) {
    let id = wanted;
    for (let number = 2; elementRegistry.get(id); number += 1) id = `${wanted}_${number}`;
    return id;
  }
}

IdsInWords.$inject = ['eventBus', 'modeling', 'elementRegistry'];

function words(name) {
  const text = name.toLowerCase().normalize('NFD').replace(/[^a-z0-9]+/g, '_')
    .replace(/^[_0-9]+|_+$/g, '').slice(0, LONGEST);
  return text || 'step';
}

export const idsInWords = { __init__: ['idsInWords'], idsInWords: ['type', IdsInWords] };
