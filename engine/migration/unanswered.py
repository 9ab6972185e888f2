"""What a release would ask of a case that has passed the step at which it is answered.

A condition whose question was never put stops a case. The check knows that no case is stopped so
which begins on the release; one that is moved may stand behind the question.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from engine.domain import Vocabulary
from engine.migration.plan import CannotMove
from engine.spiff import Element, Procedure, Scope
from engine.spiff.procedure import STARTED_ON

Node = tuple[tuple[str, ...], str]
"""An element, in the steps that it is called from or inside, outermost first."""


@dataclass
class Questions:
    """Of one release."""

    procedure: Procedure
    vocabulary: Vocabulary
    release: int
    _out: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _edges: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _begin: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for each in self.procedure.elements.values():
            if each.kind == "sequenceFlow":
                self._out[each.from_ or ""].append(each.to_ or "")
            elif each.kind == "startEvent":
                self._begin[each.process] = each.id
            elif each.attached_to:
                self._edges[each.attached_to].append(each.id)

    @cached_property
    def _gives(self) -> Mapping[str, frozenset[str]]:
        """Names that have been given a value behind each step."""
        forms, decisions = self.procedure.forms, self.procedure.decisions
        found = {}
        for each in self.procedure.elements.values():
            form, decision = forms.get(each.form or ""), decisions.get(each.decision or "")
            if form is not None:
                found[each.id] = frozenset(field.key for field in form.inputs())
            elif decision is not None:
                found[each.id] = frozenset(output.name for output in decision.table.outputs)
        return found

    @cached_property
    def asked(self) -> Mapping[str, frozenset[str]]:
        """Outcomes without which a case stops at each element."""
        found: dict[str, frozenset[str]] = defaultdict(frozenset)
        procedure = self.procedure
        for table in (procedure.conditions, procedure.moments):
            for element, expression in table.items():
                where = procedure.elements[element].from_ or element
                found[where] |= expression.names - expression.tested
        for each in procedure.elements.values():
            decision = procedure.decisions.get(each.decision or "")
            if decision is not None:
                found[each.id] |= decision.names - decision.tested
        given = {*self.vocabulary.facts, STARTED_ON}
        return {element: names - given for element, names in found.items() if names - given}

    def must_all_be_answered(self, standing: Scope, known: Iterable[str]) -> None:
        """Raises `CannotMove` for a question that would stop a case which stands there."""
        every: frozenset[str] = frozenset().union(*self.asked.values())
        lacking = every - set(known)
        if not lacking:
            return
        for (_, element), without in self._arriving(standing, lacking).items():
            missing = sorted(without & self.asked.get(element, frozenset()))
            if missing:
                where = self.procedure.elements[element].name
                raise CannotMove(
                    f"release {self.release} asks for {self._label(missing[0])} at “{where}”, and "
                    "this case has passed the step at which that is answered")

    def _arriving(
        self, standing: Scope, lacking: frozenset[str]
    ) -> dict[Node, frozenset[str]]:
        """By every node to which the case may come, what may be unanswered when it does."""
        begun, into = self._ways(standing)
        without: dict[Node, frozenset[str]] = dict.fromkeys(into, frozenset())
        changed = True
        while changed:
            changed = False
            for node, sources in into.items():
                brought = [lacking] * (node in begun) + [
                    without[source] - self._gives.get(source[1], frozenset())
                    for source in sources
                ]
                now = _brought(self.procedure.elements[node[1]], brought)
                if now != without[node]:
                    without[node], changed = now, True
        return {node: names for node, names in without.items() if node not in begun}

    def _ways(self, standing: Scope) -> tuple[set[Node], dict[Node, set[Node]]]:
        """The nodes at which it stands, and of every node that it may come to, from where."""
        begun = set(_standing(standing, ()))
        into: dict[Node, set[Node]] = {node: set() for node in begun}
        fresh = list(begun)
        while fresh:
            node = fresh.pop()
            for after in self._onward(node, begun):
                if after not in into:
                    into[after] = set()
                    fresh.append(after)
                into[after].add(node)
        return begun, into

    def _onward(self, node: Node, begun: set[Node]) -> Iterator[Node]:
        within, name = node
        element = self.procedure.elements[name]
        for timer in self._edges[name]:
            yield within, timer
        inner = element.calls or (name if element.kind == "subProcess" else None)
        if inner and node not in begun:
            yield (*within, name), self._begin[inner]
        elif element.kind == "endEvent" and within:
            for after in self._out[within[-1]]:
                yield within[:-1], after
        elif not inner:
            for after in self._out[name]:
                yield within, after

    def _label(self, name: str) -> str:
        labels = (each.label for form in self.procedure.forms.values()
                  for each in form.inputs() if each.key == name)
        return f"“{next(labels, name)}”"


def _brought(element: Element, brought: list[frozenset[str]]) -> frozenset[str]:
    if element.kind == "parallelGateway" and brought:
        return frozenset.intersection(*brought)
    return frozenset().union(*brought)


def _standing(scope: Scope, within: tuple[str, ...]) -> Iterator[Node]:
    for place in scope.places:
        yield within, place.element
        for once in place.under_way:
            if once.inside is not None:
                yield from _standing(once.inside, (*within, place.element))
    for arrived in scope.arrived:
        yield within, arrived.join
    for element in scope.entering:
        yield within, element
