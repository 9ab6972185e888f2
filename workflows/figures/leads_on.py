"""What a step of a case leads on to: the release's diagrams, and what its expressions say now."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from engine.errors import FlowFailed
from engine.spiff import Element, Procedure, World, due_of, holds, timer_due
from engine.work import LONDON

USER_TASK, WAITS, CHOICE = "userTask", "intermediateCatchEvent", "exclusiveGateway"


class CaseNow:
    """What the release's expressions say of one case, as far as that can be worked out now."""

    def __init__(
        self, procedure: Procedure, world: World, outcomes: Mapping[str, object]
    ) -> None:
        self.procedure, self._world, self._outcomes = procedure, world, outcomes

    def due(self, element: str, begins: date) -> date:
        """When a step would be due that begins on a day; that day, where nothing says so."""
        at = datetime.combine(begins, time(9), LONDON)
        try:
            if self.procedure.elements[element].kind == WAITS:
                return self._fires(element, at)
            return due_of(self.procedure, element, self._world, at, self._outcomes) or begins
        except FlowFailed:
            return begins

    def ends(self, edge: str, begins: date) -> date | None:
        """When the timer fires at the edge of a step that begins on a day; None: not known yet."""
        try:
            return self._fires(edge, datetime.combine(begins, time(9), LONDON))
        except FlowFailed:
            return None

    def _fires(self, timer: str, at: datetime) -> date:
        moment = timer_due(self.procedure, timer, self._world, at, self._outcomes)
        return moment.astimezone(LONDON).date()

    def ways_on(self, choice: Element, arrows: Sequence[Element]) -> list[Element]:
        """Of the arrows of a choice those that it may take, as far as is known."""
        perhaps: list[Element] = []
        for each in arrows:
            if each.id == choice.default:
                continue
            said = holds(self.procedure, each.id, self._world, self._outcomes)
            if said:
                return [*perhaps, each]
            if said is None:
                perhaps.append(each)
        return perhaps + [each for each in arrows if each.id == choice.default]


class LeadsOn:
    """The diagrams of one release as one: a call leads into its process, whose ends lead on."""

    def __init__(self, now: CaseNow) -> None:
        self._now = now
        self._elements = elements = now.procedure.elements
        self._begins = {each.process: each.id for each in elements.values()
                        if each.kind == "startEvent"}
        self._called_by = {each.calls or each.id: each.id for each in elements.values()
                           if each.calls or each.id in self._begins}
        self._arrows: dict[str, list[Element]] = {}
        for each in elements.values():
            if each.from_ and each.to_:
                self._arrows.setdefault(each.from_, []).append(each)

    def from_(self, element: Element) -> Sequence[str]:
        """Of a choice, whatever it may lead to as far as is known."""
        begins = self._begins.get(element.calls or element.id)
        if begins:
            return [begins]
        if element.kind == "endEvent" and element.process in self._called_by:
            element = self._elements[self._called_by[element.process]]
        arrows = self._arrows.get(element.id, [])
        if element.kind == CHOICE and len(arrows) > 1:
            arrows = self._now.ways_on(element, arrows)
        return [str(each.to_) for each in arrows]
