"""Which step may be done right after which other, told from a release's diagrams alone.

One may follow another where an arrow leads there past no other step, or where the two lie on
branches that run side by side. Nothing is played: neither the engine nor the token game is asked.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import permutations

from engine.spiff import Element

USER_TASK, FORK = "userTask", "parallelGateway"


def successions(elements: Mapping[str, Element]) -> set[tuple[str, str]]:
    """Pairs of ids of steps."""
    diagram = _Diagram(elements)
    steps = [each.id for each in elements.values() if each.kind == USER_TASK]
    found = {(step, after) for step in steps for after in diagram.next_steps(step)}
    for branches in diagram.forks():
        for one, other in permutations(branches, 2):
            mine, theirs = diagram.side_by_side(one, other)
            found |= {(a, b) for a in mine for b in theirs}
    return found


class _Diagram:
    """A call leads into its process, whose ends lead on; a timer at the edge leads on as well."""

    def __init__(self, elements: Mapping[str, Element]) -> None:
        self._elements = elements
        self._after: dict[str, set[str]] = {each: set() for each in elements}
        incoming: dict[str, int] = {}
        begins = {each.process: each.id for each in elements.values()
                  if each.kind == "startEvent"}
        calls = {each.id: each.calls or each.id for each in elements.values()
                 if (each.calls or each.id) in begins}
        for each in elements.values():
            if each.from_ and each.to_:
                self._after[each.from_].add(each.to_)
                incoming[each.to_] = incoming.get(each.to_, 0) + 1
        onwards = {call: set(self._after[call]) for call in calls}
        for call, process in calls.items():
            self._after[call] = {begins[process]}
            for each in elements.values():
                if each.kind == "endEvent" and each.process == process:
                    self._after[each.id] |= onwards[call]
        for each in elements.values():
            if each.attached_to:
                self._after[each.attached_to].add(each.id)
        self._joins = {each for each, arrows in incoming.items()
                       if elements[each].kind == FORK and arrows > 1}

    def next_steps(self, step: str) -> set[str]:
        """Also those behind a step that a timer ended: nobody has done that one."""
        ahead, found = set(self._after[step]), set[str]()
        while ahead:
            found |= self._reached(ahead, self._is_step)
            ahead = {each.id for each in self._elements.values()
                     if each.attached_to in found and each.interrupting} - found
        return {each for each in found if self._is_step(each)}

    def forks(self) -> Iterable[set[str]]:
        """First elements of the branches of each; a timer that leaves its step open is one too."""
        for each in self._elements.values():
            if each.kind == FORK and len(self._after[each.id]) > 1:
                yield self._after[each.id]
            elif each.attached_to and not each.interrupting:
                yield {each.attached_to, each.id}

    def side_by_side(self, one: str, other: str) -> tuple[set[str], set[str]]:
        """Steps of two branches, each up to where the branches meet again."""
        meet = self._joins & self._reached({one}) & self._reached({other})
        mine, theirs = (self._reached({each}, meet.__contains__) for each in (one, other))
        both = mine & theirs - meet
        return ({each for each in mine - both if self._is_step(each)},
                {each for each in theirs - both if self._is_step(each)})

    def _is_step(self, element: str) -> bool:
        return self._elements[element].kind == USER_TASK

    def _reached(
        self, begin: Iterable[str], stops: Callable[[str], bool] = lambda _: False
    ) -> set[str]:
        found, ahead = set[str](), list(begin)
        while ahead:
            each = ahead.pop()
            if each not in found:
                found.add(each)
                ahead += [] if stops(each) else self._after[each]
        return found
