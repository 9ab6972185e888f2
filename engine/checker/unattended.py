"""How many steps a case takes by itself, at most, when someone or a moment moves it.

What one move sets off is told from the end of each process backwards: of a choice the longest way,
of ways side by side all of them, of a parallel join what is behind it once for each round of
tokens, and of a process that is called all that lies in it, as far as nothing waits there.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from engine.checker.graph import Graph, walk
from engine.checker.loops import waits
from engine.checker.report import ERROR, Finding
from engine.spiff.elements import Element
from engine.spiff.flow import MOST_STEPS

_MOVED = ("userTask", "intermediateCatchEvent", "boundaryEvent", "startEvent")


@dataclass(frozen=True, slots=True)
class _SetOff:
    """What one token does in its process until it rests: before a join it waits for others."""

    steps: int = 0
    joined: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many tokens come to a join, by the join and the shape that they come from."""
    ends: bool = False

    def __add__(self, other: "_SetOff") -> "_SetOff":
        return _SetOff(self.steps + other.steps, self.joined + other.joined,
                       self.ends or other.ends)

    def __or__(self, other: "_SetOff") -> "_SetOff":
        return _SetOff(max(self.steps, other.steps), self.joined | other.joined,
                       self.ends or other.ends)

    def times(self, rounds: int) -> "_SetOff":
        joined = Counter({place: n * rounds for place, n in self.joined.items()})
        return _SetOff(self.steps * rounds, joined, self.ends)


@dataclass(slots=True)
class Unattended:
    """Of all processes of a folder; those that come back to themselves are left out."""

    graphs: Mapping[str, Graph]
    at_once: frozenset[str]
    """The processes that a case can run to their end without any wait."""
    _begun: dict[str, int] = field(default_factory=dict)
    """Steps in a process when it begins."""
    _after: dict[str, int] = field(default_factory=dict)
    """Steps outside a process when it is over, wherever it is called."""
    _left: dict[str, dict[str, _SetOff]] = field(default_factory=dict)
    """By process and shape: what a token sets off that has come out of the shape."""
    _joins: dict[str, list[str]] = field(default_factory=dict)
    """Of each process, in the order in which tokens come to them, but for arrows back."""

    def __post_init__(self) -> None:
        inner_first = _inner_first(self.graphs)
        for graph in inner_first:
            self._left[graph.process] = self._tell(graph)
            self._joins[graph.process] = [
                node for node in self._last_first(graph, over_joins=True) if _is_join(graph, node)
            ][::-1]
            starts = graph.of_kind("startEvent")
            self._begun[graph.process] = sum(self._all(graph, each.id).steps for each in starts)
        for graph in reversed(inner_first):
            for node in graph.nodes.values():
                if called := _inside(node):
                    after = self.steps(graph, node.id)
                    self._after[called] = max(self._after.get(called, 0), after)

    def steps(self, graph: Graph, moved: str) -> int:
        """Of everything that follows at once where this shape is completed, itself with it."""
        told = self._all(graph, moved)
        return told.steps + (self._after.get(graph.process, 0) if told.ends else 0)

    def check(self, graph: Graph) -> Iterator[Finding]:
        """The shape of this process that sets off most, where that is too much."""
        if graph.process not in self._left:
            return
        counted = {
            node.id: self.steps(graph, node.id) for node in graph.of_kind(*_MOVED)
            if node.kind != "startEvent" or graph.process not in self._after
        }
        worst = max(counted, key=lambda node: counted[node], default="")
        if counted.get(worst, 0) > MOST_STEPS:
            yield Finding("too-much-at-once", ERROR, worst, f"{_moved(graph.nodes[worst])}, up to "
                          f"{counted[worst]:,} steps would follow each other in which nobody has "
                          "anything to do, and a child's case would stop after "
                          f"{MOST_STEPS}. Put a user task or a timer between them, here or in a "
                          "process that is called.")

    def _all(self, graph: Graph, moved: str) -> _SetOff:
        """With what goes on behind joins: of each once for as many tokens as one arrow brings."""
        left = self._left[graph.process]
        told = left.get(moved, _SetOff())  # a shape without an id is refused for that
        joins = list(self._joins[graph.process])
        while came := {join for join, _ in told.joined} & {*joins}:
            join = next(each for each in joins if each in came)
            joins.remove(join)
            rounds = max(n for (at, _), n in told.joined.items() if at == join)
            told += left[join].times(rounds)
        return told

    def _tell(self, graph: Graph) -> dict[str, _SetOff]:
        left: dict[str, _SetOff] = {}
        for node in self._last_first(graph):
            ways = [self._come(graph, node, target, left) for target in graph.out.get(node, ())]
            together = _SetOff()
            for way in ways:
                is_choice = graph.nodes[node].kind == "exclusiveGateway"
                together = together | way if is_choice else together + way
            left[node] = _SetOff(1, ends=not ways) + together
        return left

    def _come(
        self, graph: Graph, source: str, target: str, left: Mapping[str, _SetOff]
    ) -> _SetOff:
        """What a token sets off that comes to a shape by one arrow."""
        node = graph.nodes[target]
        if _is_join(graph, target):
            return _SetOff(joined=Counter({(target, source): 1}))
        begun = _SetOff(self._begun.get(_inside(node) or "", 0))
        if waits(node, self.at_once):
            return begun
        return begun + left.get(target, _SetOff())

    def _last_first(self, graph: Graph, *, over_joins: bool = False) -> list[str]:
        """Every shape after those to which a token goes on from it, but for arrows back."""
        def goes_on(node: str) -> Iterable[str]:
            if not node:
                return graph.nodes
            return (
                target for target in graph.out.get(node, ())
                if not waits(graph.nodes[target], self.at_once)
                and (over_joins or not _is_join(graph, target))
            )

        return [node for node, _ in walk("", goes_on) if node]


def _is_join(graph: Graph, node: str) -> bool:
    return graph.nodes[node].kind == "parallelGateway" and len(graph.into.get(node, ())) > 1


def _inside(node: Element) -> str | None:
    """The process or subprocess that goes on within a shape."""
    return node.id if node.kind == "subProcess" else node.calls


def _inner_first(graphs: Mapping[str, Graph]) -> list[Graph]:
    """Every process after all that it calls or contains."""
    told: dict[str, Graph] = {}
    while more := {
        name: graph for name, graph in graphs.items()
        if name not in told and _called(graph, graphs) <= told.keys()
    }:
        told |= more
    return list(told.values())


def _called(graph: Graph, graphs: Mapping[str, Graph]) -> set[str]:
    inside: Iterable[str | None] = map(_inside, graph.nodes.values())
    return {name for name in inside if name is not None and name in graphs}


def _moved(node: Element) -> str:
    if node.kind == "startEvent":
        return f"When a case begins at “{node.name}”"
    return f"When “{node.name}” is {'done' if node.kind == 'userTask' else 'due'}"
