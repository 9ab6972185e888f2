"""Where cases were when a day ended.

Of all cases that is counted already, day by day (`figures/standing_days.py`). Of some of them, or
for somebody who may not see all, it is told from the tasks that were open then.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, literal, or_, select, union_all

from engine.store.models import Task
from engine.work import Work
from workflows.access import kept_from, visible
from workflows.board.narrowing import Narrowed
from workflows.figures.standing_days import WHOLE, end_of
from workflows.figures.tables import FiguresPosition, StandingDay


@dataclass(slots=True)
class Count:
    cases: int = 0
    late: int = 0
    stuck: int = 0
    since: datetime | None = None
    """Since when the oldest of them stands here; None for a day that is over."""

    def add(self, cases: int, since: datetime) -> None:
        self.cases += cases
        self.since = min(self.since or since, since)


Counts = Mapping[str, dict[str, Count]]
"""By procedure and element; under `WHOLE` the cases of which anything was open."""


def then(work: Work, procedures: Collection[str], which: Narrowed) -> Counts:
    """`which` has a day."""
    unseen = kept_from(work) if _is_counted(work, which) else None
    if unseen is None:
        return _counted_of(work, which, tasks_then(work, procedures, which))
    counts: defaultdict[str, dict[str, Count]] = defaultdict(dict)
    for procedure, element, cases, late in work.session.execute(
        select(StandingDay.procedure, StandingDay.element, StandingDay.cases, StandingDay.late)
        .where(StandingDay.day == which.day, StandingDay.procedure.in_(procedures))
    ):
        counts[procedure][element] = Count(cases, late)
    return _without(work, procedures, which, unseen, counts) if unseen else counts


def _without(
    work: Work, procedures: Collection[str], which: Narrowed, unseen: Collection[UUID],
    counts: Counts,
) -> Counts:
    with work.for_the_council("whoever is not seen is taken off a number"):
        others = _counted_of(
            work, which, (*_open_then(procedures, which), Task.child_id.in_(unseen)))
    for procedure, steps in others.items():
        for element in counts.get(procedure, {}).keys() & steps.keys():
            counts[procedure][element].cases -= steps[element].cases
            counts[procedure][element].late -= steps[element].late
    return {
        procedure: {element: count for element, count in steps.items()
                    if count.cases or element == WHOLE}
        for procedure, steps in counts.items()
    }


def tasks_then(
    work: Work, procedures: Collection[str], which: Narrowed
) -> tuple[ColumnElement[bool], ...]:
    """Those of these procedures that were open when the day ended, and that the actor may see."""
    return (*_open_then(procedures, which), visible(work, Task.child_id, "see_case"),
            *which.keeps(work, Task.case_id))


def _open_then(
    procedures: Collection[str], which: Narrowed
) -> tuple[ColumnElement[bool], ...]:
    assert which.day is not None  # noqa: S101 (whoever asks has one)
    moment = end_of(which.day)
    return (Task.procedure.in_(procedures), Task.opened_at < moment,
            or_(Task.ended_at.is_(None), Task.ended_at >= moment))


def _counted_of(work: Work, which: Narrowed, here: Sequence[ColumnElement[bool]]) -> Counts:
    late = case((Task.due_on < which.day, Task.case_id))
    counted = (func.count(Task.case_id.distinct()), func.count(late.distinct()))
    found: defaultdict[str, dict[str, Count]] = defaultdict(dict)
    for procedure, element, cases, late_cases in work.session.execute(union_all(
        select(Task.procedure, Task.element, *counted).where(*here)
        .group_by(Task.procedure, Task.element),
        select(Task.procedure, literal(WHOLE), *counted).where(*here).group_by(Task.procedure),
    )):
        found[procedure][element] = Count(cases, late_cases)
    return found


def _is_counted(work: Work, which: Narrowed) -> bool:
    if which.filters:
        return False
    counted_to = work.session.scalar(select(FiguresPosition.standing_to))
    return counted_to is not None and which.day is not None and which.day <= counted_to
