"""Where a case stands on its flowcharts: what is done, where it is, what is late or to come."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from engine.diagram import Diagram, read_diagram
from engine.steps import TextStep, read_steps, steps_after


@dataclass(frozen=True, slots=True)
class Flowchart:
    diagram: Diagram
    steps: Sequence[TextStep]
    at_work: Sequence[TextStep]
    """Where someone has something to do now; none where the case only waits, or was there."""


@dataclass(frozen=True, slots=True)
class PictureOfCase:
    flowcharts: Sequence[Flowchart]
    """The procedure's own; then those that it calls, where the case is or has been in them."""
    done: frozenset[str]
    here: frozenset[str]
    late: frozenset[str]
    to_come: frozenset[str]
    """What can still come in this round; the rest of a running case was not needed."""


def picture_of(
    contents: Sequence[bytes],
    passed: Sequence[str],
    *,
    opened: Set[str],
    waiting: Set[str],
    late: Set[str],
) -> PictureOfCase:
    """`contents` are the flowcharts, the procedure's own first; `passed` every element that the
    case went through, in order; the others are the elements of what stands open."""
    after = {element: later for each in contents for element, later in steps_after(each).items()}
    steps = [step for each in contents for step in read_steps(each)]
    here = _with_calls(opened | waiting, steps)
    follows = _following(here, after)
    done = _done(passed, after) - here - follows
    return PictureOfCase(
        flowcharts=list(_flowcharts(contents, done, here, _with_calls(opened, steps))),
        done=done,
        here=here,
        late=_with_calls(late, steps),
        to_come=_to_come(here, follows, steps, after),
    )


def _done(passed: Sequence[str], after: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """What has been passed in the present round.

    Going back to a step undoes all that follows it: after a returned plan both sign again.
    """
    done: set[str] = set()
    for element in passed:
        done -= after.get(element, frozenset())
        done.add(element)
    return frozenset(done)


def _with_calls(elements: Set[str], steps: Sequence[TextStep]) -> frozenset[str]:
    """These elements, and every step that calls or holds the flowchart that one of them is in."""
    found = set(elements)
    process = {step.element.id: step.element.process for step in steps}
    while True:
        inside = {process[each] for each in found if each in process}
        around = {step.element.id for step in steps
                  if step.element.calls in inside or step.element.id in inside}
        if around <= found:
            return frozenset(found)
        found |= around


def _flowcharts(
    contents: Sequence[bytes], done: Set[str], here: Set[str], at_work: Set[str]
) -> Iterator[Flowchart]:
    for number, content in enumerate(contents):
        steps = read_steps(content)
        inside = {step.element.id for step in steps}
        if number == 0 or inside & (done | here):
            busy = [step for step in steps if step.element.id in at_work]
            yield Flowchart(read_diagram(content), steps, busy)


def _following(here: Set[str], after: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """All that follows where the case is: if it was done before, it is done again."""
    return frozenset().union(*(after.get(element, ()) for element in here)) - here


def _to_come(
    here: Set[str], follows: Set[str], steps: Sequence[TextStep],
    after: Mapping[str, frozenset[str]],
) -> frozenset[str]:
    """What follows, and what may happen beside it (boundary events)."""
    found = frozenset(here | follows)
    for step in steps:
        if step.element.attached_to in found:
            found |= {step.element.id} | after[step.element.id]
    return found - here
