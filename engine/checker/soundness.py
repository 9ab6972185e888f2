"""Whether every case can come to an end, told as what people would have done when one cannot.

What lies in a subprocess or a called process is looked at by itself: outside it is one step.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.checker.choices import Values
from engine.checker.graph import Graph
from engine.checker.report import ERROR, Finding
from engine.checker.rests import EverMore, Move, Rests, TooMany
from engine.checker.token_game import CALL, TASK, TERMINATE, TIMER, Marking, Net, net_of
from engine.spiff.elements import Element

MOST_RESTS = 20_000
"""Of one process; those of this repository have 25 at most."""
MOST_IN_EVERY_ORDER = 2_000
MOST_TOLD = 8
"""Steps of the way to where a case stops."""


def check_soundness(
    graph: Graph, elements: Mapping[str, Element], values: Values
) -> Iterator[Finding]:
    """Of a process in whose structure nothing is wrong. `values`: what names can be."""
    net = net_of(elements, graph.process, alone=True)
    told = _Told(net, elements, values)
    rests = Rests(net, told.conditions, MOST_RESTS, values=values)
    try:
        rests.visit()
    except EverMore as growing:
        yield told.ever_more(growing, rests.way_to(growing.rest))
        return
    except TooMany:
        yield Finding("too-complex", ERROR, graph.process, "There are too many ways through this "
                      "process to try them all. Put parts of it into processes of their own, and "
                      "call them.")
        return
    if stuck := rests.stuck():
        yield told.stuck(stuck, rests.way_to(stuck))
    elif endless := rests.endless():
        yield told.endless(endless, rests.way_to(endless))
    else:
        yield from told.never_reached(rests)


@dataclass(frozen=True, slots=True)
class _Told:
    """What was found, in the words of the diagram."""

    net: Net
    elements: Mapping[str, Element]
    values: Values

    @property
    def conditions(self) -> Mapping[str, str]:
        return {arrow: self.elements[arrow].condition or "" for arrow in self.net.targets}

    def stuck(self, rest: Marking, way: Sequence[Move]) -> Finding:
        join = self.net.targets[rest.waiting[0]]
        missing = [arrow for arrow in self.net.nodes[join].into if arrow not in rest.waiting]
        sources = _listed([self._name(self.elements[arrow].from_ or "") for arrow in missing])
        return Finding(
            "deadlock", ERROR, join, f"A child's case can stop before {self._name(join)} for ever: "
            f"it waits there for what comes from {sources}, and nothing does. {self._happens(way)}"
            " Bring together with a parallel gateway only what a parallel gateway has divided; "
            "ways of which one is taken come together without it, or with an exclusive gateway.",
            self._way(way))

    def endless(self, rest: Marking, way: Sequence[Move]) -> Finding:
        at = rest.active[0].step
        return Finding(
            "cannot-end", ERROR, at, f"When a child's case is at {self._name(at)}, it may be that "
            f"it can never be finished any more. {self._happens(way)} Lead the ways that are "
            "open then to an end.", self._way(way))

    def ever_more(self, growing: EverMore, way: Sequence[Move]) -> Finding:
        return Finding(
            "ever-more", ERROR, growing.more, f"A child's case can come to "
            f"{self._name(growing.more)} again and again while it is there still, and have ever "
            f"more of it. {self._happens(way)} Let what goes on beside it come to an end of its "
            "own, or stop the step at which it begins.", self._way(way))

    def never_reached(self, rests: Rests) -> Iterator[Finding]:
        """Steps behind answers that contradict each other, or always cut off by an end that ends
        everything. Such an end may come before a step or after it, so that every order is tried."""
        if any(node.kind == TERMINATE for node in self.net.nodes.values()):
            try:
                rests = Rests(self.net, self.conditions, MOST_IN_EVERY_ORDER, every_order=True,
                              values=self.values)
                rests.visit()
            except (TooMany, EverMore):
                return
        entered = rests.entered
        for name, node in self.net.nodes.items():
            if node.kind in (TASK, CALL, TIMER) and not node.host and name not in entered:
                yield Finding("unreachable", ERROR, name, f"No child's case would ever come to "
                              f"{self._name(name)}, whatever anybody answers and in whatever order "
                              "things are done. Connect it otherwise, or remove it.")

    def _happens(self, way: Sequence[Move]) -> str:
        said = [words for move in way for words in self._said(move)]
        if not said:
            return "This happens to every case."
        shown = said if len(said) <= MOST_TOLD else ["…", *said[-MOST_TOLD:]]
        return f"This happens after: {', then '.join(shown)}."

    def _way(self, way: Sequence[Move]) -> tuple[str, ...]:
        return tuple(each for move in way for each in (move.element, *move.taken))

    def _said(self, move: Move) -> Iterator[str]:
        if self.net.start != move.element:
            yield self._name(move.element)
        for arrow in move.taken:
            flow = self.elements[arrow]
            named = flow.name and flow.name != flow.id
            way = f"“{flow.name}”" if named else f"the way to {self._name(flow.to_ or '')}"
            yield f"{way} at {self._name(flow.from_ or '')}"

    def _name(self, identity: str) -> str:
        return f"“{self.elements[identity].name}”"


def _listed(names: Sequence[str]) -> str:
    return " and ".join(([", ".join(names[:-1])] if names[:-1] else []) + list(names[-1:]))
