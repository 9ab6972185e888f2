"""Which names surely have a value at each shape: worked out along every path."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from engine import feel
from engine.checker.beside import side_by_side
from engine.checker.graph import Graph
from engine.domain import ValueType
from engine.feel.syntax import Compared, Not, Syntax
from engine.forms.definition import Field, Form

Names: TypeAlias = frozenset[str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A name that has a value wherever a condition holds: a required answer that one hides."""

    name: str
    when: str
    """CEL, to be the condition of an arrow."""
    reads: Names


Known: TypeAlias = frozenset[str | Shown]


@dataclass(frozen=True, slots=True)
class Giving:
    """What a step does to names: a value for sure, or perhaps none in the place of an older one."""

    surely: Names = frozenset()
    perhaps: Names = frozenset()
    shown: frozenset[Shown] = frozenset()


@dataclass(frozen=True, slots=True)
class Done:
    """What several steps may have done, in whatever order."""

    forgotten: Names = frozenset()
    touched: Names = frozenset()

    @classmethod
    def by(cls, givings: Iterable[Giving]) -> "Done":
        steps = list(givings)
        forgotten: Names = frozenset().union(*(each.perhaps for each in steps))
        return cls(forgotten, forgotten.union(*(each.surely for each in steps)))

    def leaves(self, known: Known) -> Known:
        """What of this is still known behind it."""
        if not self.touched:
            return known
        return frozenset(
            each for each in known
            if (each not in self.forgotten if isinstance(each, str)
                else not ({each.name} | each.reads) & self.touched)
        )


def certain_keys(form: Form) -> Names:
    """Answers that a completed form always gives: required ones and checkboxes, never hidden."""
    return frozenset(key for key, hidden in _always_answered(form.fields, ()) if not hidden)


def certain_names(
    graphs: Mapping[str, Graph],
    forms: Mapping[str, Form],
    decisions: Mapping[str, Giving],
    types: Mapping[str, ValueType],
) -> dict[str, Names]:
    """Names of earlier steps that are certain when a case arrives at each shape, by its id.

    At an exclusive merge only what every incoming path brings is certain; at a parallel join
    everything that any incoming path brings. What a step may leave without a value again is not
    certain behind it, nor beside it; but behind an arrow whose condition says that the question
    was asked.
    """
    giving = dict(_givings(graphs, forms, decisions, types))
    return _Certainty(graphs, giving).at_each_shape()


def _always_answered(
    fields: tuple[Field, ...], hidden: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Keys that have an answer where they are shown, with the conditions that hide them."""
    for each in fields:
        by = (*hidden, each.hidden_when) if each.hidden_when else hidden
        if each.kind == "group":
            yield from _always_answered(each.fields, by)
        elif each.is_input and (each.required or each.kind == "checkbox"):
            yield each.key, by


class _Certainty:
    def __init__(self, graphs: Mapping[str, Graph], giving: Mapping[str, Giving]) -> None:
        self._graphs = graphs
        self._giving = giving
        self._calls = {
            node.id: node.calls
            for graph in graphs.values()
            for node in graph.nodes.values()
            if node.calls
        }
        self._inside = {
            node: self._all_in(node) for graph in graphs.values() for node in graph.nodes
        }
        self._done = {
            node: Done.by(giving[each] for each in inside if each in giving)
            for node, inside in self._inside.items()
        }
        self._beside = self._done_beside()
        everything: Known = frozenset[str | Shown]().union(
            *(each.surely | each.shown for each in giving.values()),
            *({each.name for each in every.shown} for every in giving.values()),
        )
        self._at = {node: everything for graph in graphs.values() for node in graph.nodes}

    def at_each_shape(self) -> dict[str, Names]:
        changed = True
        while changed:
            changed = False
            for graph in self._graphs.values():
                for node in graph.nodes:
                    now = self._beside[node].leaves(self._arriving(graph, node))
                    if now != self._at[node]:
                        self._at[node], changed = now, True
        return {
            node: frozenset(name for name in known if isinstance(name, str))
            for node, known in self._at.items()
        }

    def _arriving(self, graph: Graph, node: str) -> Known:
        element = graph.nodes[node]
        if element.kind == "boundaryEvent":
            host = element.attached_to or ""
            return self._done.get(host, Done()).leaves(self._at.get(host, frozenset()))
        if element.kind == "startEvent":
            return self._at_start(graph)
        brought = [
            _told_by(flow.condition, self._leaving(flow.from_))
            for flow in graph.flows
            if flow.to_ == node and flow.from_ in graph.nodes
        ]
        if not brought:
            return frozenset()
        if element.kind == "parallelGateway":
            return frozenset[str | Shown]().union(*brought)
        return frozenset.intersection(*brought)

    def _at_start(self, graph: Graph) -> Known:
        """An embedded subprocess begins with what its parent has; a called one with nothing."""
        return self._at.get(graph.process, frozenset())

    def _leaving(self, node: str) -> Known:
        if node in self._graphs:
            ends = [self._at[end.id] for end in self._graphs[node].of_kind("endEvent")]
            if ends:
                return frozenset.intersection(*ends)
        giving = self._giving.get(node, Giving())
        known = self._done[node].leaves(self._at[node]) | giving.surely | giving.shown
        return self._beside[node].leaves(known)

    def _all_in(self, node: str) -> set[str]:
        """A step, and all steps inside it or called by it."""
        found, open_nodes = {node}, [node]
        while open_nodes:
            each = open_nodes.pop()
            inside = self._graphs.get(self._calls.get(each, each))
            for step in inside.nodes if inside else ():
                if step not in found:
                    found.add(step)
                    open_nodes.append(step)
        return found

    def _done_beside(self) -> dict[str, Done]:
        """By shape: what steps on another way of a fork may do meanwhile."""
        beside: dict[str, set[Giving]] = {node: set() for node in self._inside}
        for graph in self._graphs.values():
            for one, other in side_by_side(graph):
                for these, those in ((one, other), (other, one)):
                    done = {self._giving[each] for each in self._within(those)
                            if each in self._giving}
                    for node in self._within(these) if done else ():
                        beside[node] |= done
        return {node: Done.by(done) for node, done in beside.items()}

    def _within(self, nodes: Iterable[str]) -> set[str]:
        return {inner for each in nodes for inner in self._inside[each]}


def _told_by(condition: str | None, known: Known) -> Known:
    """What is known where this condition of an arrow holds."""
    told = {
        each.name for each in known
        if isinstance(each, Shown) and each.when == (condition or "").strip()
    }
    return known | told


def _givings(
    graphs: Mapping[str, Graph],
    forms: Mapping[str, Form],
    decisions: Mapping[str, Giving],
    types: Mapping[str, ValueType],
) -> Iterator[tuple[str, Giving]]:
    by_form = {name: _giving(form, types) for name, form in forms.items()}
    for node in (node for graph in graphs.values() for node in graph.nodes.values()):
        if node.kind == "userTask" and node.form in by_form:
            yield node.id, by_form[node.form or ""]
        elif node.kind == "businessRuleTask" and node.decision in decisions:
            yield node.id, decisions[node.decision or ""]


def _giving(form: Form, types: Mapping[str, ValueType]) -> Giving:
    surely, keys = certain_keys(form), frozenset(each.key for each in form.inputs())
    shown = frozenset(
        each for key, hidden in _always_answered(form.fields, ()) if hidden
        for each in _shown(key, hidden, types)
        if each.reads <= keys  # a fact may be another by the time an arrow asks for it
    )
    return Giving(surely, keys - surely, shown)


def _shown(key: str, hidden: tuple[str, ...], types: Mapping[str, ValueType]) -> Iterator[Shown]:
    if len(hidden) > 1:
        return
    try:
        opposite = _opposite(feel.read_condition(hidden[0]))
        if opposite is not None:
            yield Shown(key, feel.to_cel(opposite, types), feel.names_in(opposite))
    except feel.FeelRefused:
        return


def _opposite(condition: Syntax) -> Syntax | None:
    """What surely holds where this does not, if it can be said simply."""
    match condition:
        case Compared(left, "!=", right):
            return Compared(left, "==", right)
        case Not(inner):
            return inner
    return None
