"""Where cases were when a day ended.

Of all cases that is counted already, day by day (`figures/standing_days.py`). Of some of them, or
for somebody who may not see all, it is told from the tasks that were open then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, literal, or_, select

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


def then(work: Work, procedure: str, which: Narrowed) -> dict[str, Count]:
    """By element; under `WHOLE` the cases of which anything was open. `which` has a day."""
    unseen = kept_from(work) if _is_counted(work, which) else None
    if unseen is None:
        return _counted_of(work, which, tasks_then(work, procedure, which))
    counts = {
        element: Count(cases, late) for element, cases, late in work.session.execute(
            select(StandingDay.element, StandingDay.cases, StandingDay.late)
            .where(StandingDay.day == which.day, StandingDay.procedure == procedure))
    }
    if not unseen:
        return counts
    with work.for_the_council("whoever is not seen is taken off a number"):
        others = _counted_of(
            work, which, (*_open_then(procedure, which), Task.child_id.in_(unseen)))
    for element in counts.keys() & others.keys():
        counts[element].cases -= others[element].cases
        counts[element].late -= others[element].late
    return {element: count for element, count in counts.items()
            if count.cases or element == WHOLE}


def tasks_then(
    work: Work, procedure: str, which: Narrowed
) -> tuple[ColumnElement[bool], ...]:
    """Those of a procedure that were open when the day ended, and that the actor may see."""
    return (*_open_then(procedure, which), visible(work, Task.child_id, "see_case"),
            *which.keeps(work, Task.case_id))


def _open_then(procedure: str, which: Narrowed) -> tuple[ColumnElement[bool], ...]:
    assert which.day is not None  # noqa: S101 (whoever asks has one)
    moment = end_of(which.day)
    return (Task.procedure == procedure, Task.opened_at < moment,
            or_(Task.ended_at.is_(None), Task.ended_at >= moment))


def _counted_of(
    work: Work, which: Narrowed, here: Sequence[ColumnElement[bool]]
) -> dict[str, Count]:
    late = case((Task.due_on < which.day, Task.case_id))
    counted = (func.count(Task.case_id.distinct()), func.count(late.distinct()))
    rows = [
        *work.session.execute(select(Task.element, *counted).where(*here).group_by(Task.element)),
        *work.session.execute(select(literal(WHOLE), *counted).where(*here)),
    ]
    return {element: Count(cases, late) for element, cases, late in rows}


def _is_counted(work: Work, which: Narrowed) -> bool:
    if which.filters:
        return False
    counted_to = work.session.scalar(select(FiguresPosition.standing_to))
    return counted_to is not None and which.day is not None and which.day <= counted_to
