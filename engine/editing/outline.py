"""A diagram as an ordered, nested list: what a person would read out, step by step.

A way that parts from others is told to where they come together again, one level deeper; a
reminder stands under its step.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.editing.drawing import Drawing
from engine.editing.editing import STEPS
from engine.editing.moving import can_move
from engine.spiff.elements import Element
from engine.steps import Order

CHOICE, TOGETHER = "choice", "together"


@dataclass(frozen=True, slots=True)
class Row:
    element: Element
    """A step or an event; or a gateway at which ways part; or the arrow that a way begins with."""
    level: int
    """How many ways and steps it lies inside of."""
    kind: str
    """`step`, `timer` of the step above, `choice`, `together`, `way`."""
    number: int = 0
    """Of steps, in the order of the list."""
    way: int = 0
    """Of a way: which of `ways` it is."""
    ways: int = 0
    default: bool = False
    """Of a way: it is taken where no condition of the others holds."""
    leads: str = ""
    """Of a way with no step on it: where it leads."""
    next: tuple[str, ...] = ()
    """Of a step: the arrows out of it."""
    earlier: bool = False
    """Whether it can change places with what comes before it."""
    later: bool = False
    removable: bool = False
    beside: bool = False
    """Whether it can run beside what comes behind it."""


def outline(drawing: Drawing) -> list[Row]:
    """Everything in the diagram's first process, each step once."""
    return list(_Telling(drawing).rows())


class _Telling:
    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing
        self._elements = drawing.elements
        order = Order(self._elements)
        self._back = order.backwards
        self._reading = {node: at for at, node in enumerate(order.reading())}
        self._told: set[str] = set()
        self._number = 0
        self._ahead: dict[str, frozenset[str]] = {}

    def rows(self) -> Iterator[Row]:
        everything = frozenset(self._drawing.nodes)
        starts = [each for each in self._reading if each in everything
                  and self._drawing.kind(each) == "startEvent"]
        for first in (*starts, *sorted(everything, key=lambda each: self._reading.get(each, 0))):
            if first not in self._told:
                yield from self._from(first, 0, everything)

    def _from(self, first: str, level: int, within: frozenset[str]) -> Iterator[Row]:
        """What begins here, as far as it lies within; a loop and not a recursion along the way."""
        at: str | None = first
        while at is not None and at in within and at not in self._told:
            self._told.add(at)
            onward = self._onward(at)
            yield from self._row(at, level)
            yield from self._timers(at, level, within)
            if local := self._inside(at):
                yield from self._from(local, level + 1, within)
            if len(self._drawing.out_of(at)) > 1:
                yield from self._ways(at, onward, level, within)
                at = self._next_of_all(onward, within)
            else:
                at = next(iter(onward), None)

    def _row(self, node: str, level: int) -> Iterator[Row]:
        drawing, element = self._drawing, self._elements[node]
        out = drawing.out_of(node)
        if element.kind.endswith("Gateway"):
            if len(out) > 1:
                kind = CHOICE if element.kind == "exclusiveGateway" else TOGETHER
                yield Row(element, level, kind, ways=len(out))
            return
        self._number += 1
        kind = "timer" if element.kind == "boundaryEvent" else "step"
        earlier, later = can_move(drawing, node)
        yield Row(element, level, kind, self._number, next=tuple(out), earlier=earlier,
                  later=later, beside=later, removable=element.kind == "boundaryEvent" or (
                      element.kind in STEPS and len(out) == 1))

    def _timers(self, node: str, level: int, within: frozenset[str]) -> Iterator[Row]:
        """With what only they lead to."""
        past = self._reach(self._onward(node))
        for timer in self._drawing.boundaries_of(node):
            own = (self._reach([timer]) - past) & within
            yield from self._from(timer, level + 1, own)

    def _ways(
        self, node: str, onward: list[str], level: int, within: frozenset[str]
    ) -> Iterator[Row]:
        drawing, element = self._drawing, self._elements[node]
        flows = drawing.out_of(node)
        for number, flow in enumerate(flows, 1):
            target = drawing.target_of(flow)
            others = self._reach(each for each in onward if each != target)
            own = (self._reach([target]) - others) & within
            is_back = (node, target) in self._back
            is_only = is_back or len(onward) < 2
            told = [] if is_only else list(self._from(target, level + 2, own))
            yield Row(self._elements[flow], level + 1, "way", way=number, ways=len(flows),
                      default=element.default == flow, leads="" if told else target)
            yield from told

    def _next_of_all(self, onward: list[str], within: frozenset[str]) -> str | None:
        """Where they come together: the nearest that is not told yet."""
        ahead = [each for each in self._reach(onward) & within if each not in self._told]
        return min(ahead, key=lambda each: self._reading.get(each, 0), default=None)

    def _inside(self, node: str) -> str | None:
        """Where the steps of a subprocess begin."""
        return next((each for each, element in self._elements.items()
                     if element.process == node and element.kind == "startEvent"), None)

    def _onward(self, node: str) -> list[str]:
        targets = (self._drawing.target_of(flow) for flow in self._drawing.out_of(node))
        return [each for each in dict.fromkeys(targets)
                if (node, each) not in self._back and each in self._drawing.nodes]

    def _reach(self, nodes: Iterable[str]) -> frozenset[str]:
        """They and all that comes behind them, without arrows back."""
        return frozenset().union(*(self._all_behind(node) for node in nodes))

    def _all_behind(self, first: str) -> frozenset[str]:
        if first not in self._ahead:
            found, fresh = {first}, [first]
            while fresh:
                node = fresh.pop()
                for each in (*self._onward(node), *self._drawing.boundaries_of(node)):
                    if each not in found:
                        found.add(each)
                        fresh.append(each)
            self._ahead[first] = frozenset(found)
        return self._ahead[first]


def numbers(rows: Iterable[Row]) -> Mapping[str, int]:
    """The number of each step, by its id."""
    return {row.element.id: row.number for row in rows if row.number}
