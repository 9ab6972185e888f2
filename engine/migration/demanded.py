"""What law demands of a case is not left out because somebody lets it go on elsewhere.

A place of the record for which a statutory rule demands a question (design decision 15) and which
was still to be asked before must be to be asked after.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from engine.certain_steps import StepsAhead, steps_ahead
from engine.domain import Asks, ProtectedRule
from engine.migration.plan import CannotMove
from engine.spiff import Procedure, Scope
from engine.store.models import Case, Task, TaskStatus
from engine.work import Work


@dataclass(slots=True)
class Asked:
    """Of one release: which statutory questions are still to come from where a case stands."""

    procedure: Procedure
    ahead: StepsAhead
    demanded: Mapping[str, ProtectedRule]
    """By place of the record."""
    _by_step: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, procedure: Procedure, ahead: StepsAhead, rules: Iterable[ProtectedRule]) -> "Asked":
        demanded = {
            need.path: rule for rule in rules
            if rule.statutory and rule.procedure == procedure.key
            for need in rule.needs if isinstance(need, Asks)
        }
        return cls(procedure, ahead, demanded, {
            element.id: places for element in procedure.elements.values()
            if (places := _places(procedure, element.form) & demanded.keys())
        })

    def at(self, steps: Iterable[str]) -> frozenset[str]:
        """Places of which these steps ask."""
        return frozenset().union(*(self._by_step.get(step, frozenset()) for step in steps))

    def for_certain(self, standing: Scope) -> frozenset[str]:
        """Places that are asked of where it stands, or on every way from there."""
        here = frozenset(_elements(standing))
        return self.at(here | self.ahead.certain(here))


def asked_by(work: Work, case: Case, procedure: Procedure) -> Asked:
    """Of the release on which the case runs."""
    return Asked.of(procedure, steps_ahead(work, case.release_id),
                    work.domain.vocabulary.protected)


def must_still_be_asked(
    work: Work, case: Case, before: Asked, stood: Scope, after: Asked, stands: Scope
) -> None:
    """Raises `CannotMove` where a statutory question would be left out."""
    left_out = sorted(before.for_certain(stood) - after.for_certain(stands))
    if left_out:
        left_out = sorted(set(left_out) - _answered(work, case, before))
    if left_out:
        rule = before.demanded[left_out[0]]
        raise CannotMove(
            f"a step would be left out that law demands: {_inside(rule.text)} ({rule.source})")


def _answered(work: Work, case: Case, asked: Asked) -> frozenset[str]:
    """Places of which steps have asked that are completed in this case."""
    return asked.at(work.session.scalars(select(Task.element).where(
        Task.case_id == case.id, Task.status == TaskStatus.COMPLETED)))


def _places(procedure: Procedure, form: str | None) -> frozenset[str]:
    asked = procedure.forms.get(form or "")
    if asked is None:
        return frozenset()
    return frozenset(place for each in asked.inputs() for place in (each.path, f"{each.path}[]"))


def _elements(scope: Scope) -> Iterator[str]:
    for place in scope.places:
        yield place.element
        for once in place.under_way:
            if once.inside is not None:
                yield from _elements(once.inside)
    for arrived in scope.arrived:
        yield arrived.join


def _inside(text: str) -> str:
    return text[:1].lower() + text[1:]
