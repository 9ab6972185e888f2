// Several changes that are one: a single Undo takes them back.

const NAME = 'pepway.together';

function Together(commandStack) {
  commandStack.register(NAME, { preExecute: ({ change, given }) => { given.made = change(); } });

  /** What `change` gives. */
  return (change) => {
    const given = {};
    commandStack.execute(NAME, { change, given });
    return given.made;
  };
}
Together.$inject = ['commandStack'];

export const together = { together: ['factory', Together] };
