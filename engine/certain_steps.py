"""Which steps are still to come: whatever happens, those on every way from here; or perhaps."""

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from uuid import UUID

from engine.releases import compiled
from engine.spiff import Element
from engine.work import Acting, Work

_known: dict[UUID, "StepsAhead"] = {}


def steps_ahead(by: Acting | Work, release_id: UUID) -> "StepsAhead":
    """Worked out once in a process, for a release never changes."""
    if release_id not in _known:
        _known[release_id] = StepsAhead(compiled(by, release_id).elements)
    return _known[release_id]


class StepsAhead:
    """Of one release: `elements` are those of all its diagrams."""

    def __init__(self, elements: Mapping[str, Element]) -> None:
        self._elements = elements
        self._nodes = {each.id: each for each in elements.values() if each.kind != "sequenceFlow"}
        self._next: dict[str, list[str]] = {identity: [] for identity in self._nodes}
        self._aside: dict[str, list[str]] = {identity: [] for identity in self._nodes}
        self._begins: dict[str, str] = {}
        for each in elements.values():
            if each.from_ in self._next and each.to_ in self._nodes:
                self._next[each.from_].append(each.to_)
            if each.attached_to in self._aside and each.interrupting:
                self._aside[each.attached_to].append(each.id)
            if each.kind == "startEvent":
                self._begins.setdefault(each.process, each.id)
        self._found = dict.fromkeys(self._nodes, frozenset(self._nodes))
        """By element what comes for certain once the case is there, itself included."""
        while self._narrowed():
            pass

    def certain(self, here: Iterable[str]) -> frozenset[str]:
        """Elements that come after where a case stands, whichever way it goes; `here` not among
        them.

        A case that is inside a called process goes on after the call. A way that only goes round
        adds no end of its own, so that it takes nothing away: a case that is sent back comes here
        again.
        """
        found: frozenset[str] = frozenset()
        for identity in here:
            for each in self._with_calls(identity):
                found |= self._after(self._elements[each])
        return found

    def possible(self, here: Iterable[str], process: str) -> frozenset[str]:
        """Elements of one process that some way from here leads to, back to earlier ones too;
        from inside a called process, those after the call."""
        ahead: dict[str, list[str]] = {}
        for each in self._elements.values():
            if each.from_ and each.to_ and each.process == process:
                ahead.setdefault(each.from_, []).append(each.to_)
        waiting, found = [each for known in here for each in self._with_calls(known)], set[str]()
        while waiting:
            new = set(ahead.get(waiting.pop(), ())) - found
            found |= new
            waiting += new
        return frozenset(found)

    def _after(self, element: Element) -> frozenset[str]:
        """Without the step itself: it may be broken off."""
        return self._every([self._onwards(element), *self._broken_off(element)])

    def _with_calls(self, identity: str) -> Iterator[str]:
        """An element, and each step that calls or holds the process that the one before is in."""
        element = self._elements.get(identity)
        while element is not None:
            yield element.id
            element = self._around(element)

    def _around(self, element: Element) -> Element | None:
        """The step that calls or holds the process that an element is in; None of the main one."""
        return next((each for each in self._nodes.values()
                     if element.process in (each.calls, each.id)), None)

    def _narrowed(self) -> bool:
        now = {each.id: self._every([self._through(each), *self._broken_off(each)])
               for each in self._nodes.values()}
        narrower, self._found = now != self._found, now
        return narrower

    def _through(self, element: Element) -> frozenset[str]:
        begins = self._begins.get(element.calls or element.id)
        inside = self._found[begins] if begins else frozenset()
        return frozenset({element.id}) | inside | self._onwards(element)

    def _onwards(self, element: Element) -> frozenset[str]:
        ways = [self._found[to] for to in self._next[element.id]]
        if element.kind == "exclusiveGateway":
            return self._every(ways)
        return frozenset().union(*ways)

    def _broken_off(self, element: Element) -> Iterator[frozenset[str]]:
        return (self._found[each] for each in self._aside[element.id])

    @staticmethod
    def _every(ways: Iterable[frozenset[str]]) -> frozenset[str]:
        ways = list(ways)
        return reduce(frozenset.intersection, ways) if ways else frozenset()
