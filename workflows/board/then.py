"""Where cases were when a day ended.

Of all cases that is counted already, day by day (`figures/standing_days.py`). Of some of them, or
for somebody who may not see all, it is told from the tasks that were open then, and from the dates
that were waited for.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
    union_all,
)

from engine.store.models import IS_PENDING, Task, Timer
from engine.work import Work
from workflows.access import kept_from, visible
from workflows.board.narrowing import Narrowed
from workflows.figures.standing_days import WHOLE, Step, end_of, waits_of
from workflows.figures.tables import FiguresPosition, StandingDay
from workflows.pep.case_dates import day_of


@dataclass(slots=True)
class Count:
    cases: int = 0
    late: int = 0
    stuck: int = 0
    since: date | None = None
    """On which day the oldest of what is open here began."""

    def add(self, cases: int, since: date) -> None:
        self.cases += cases
        self.since = min(self.since or since, since)


Counts = Mapping[str, dict[str, Count]]
"""By procedure and element; under `WHOLE` the cases of which anything was open."""


def then(work: Work, procedures: Collection[str], which: Narrowed) -> Counts:
    """`which` has a day."""
    unseen = kept_from(work) if _is_counted(work, which) else None
    if unseen is None:
        return counted_of(work, which.day, tasks_then(work, procedures, which),
                          dates_then(work, procedures, which))
    counts: defaultdict[str, dict[str, Count]] = defaultdict(dict)
    for procedure, element, cases, late, since in work.session.execute(
        select(StandingDay.procedure, StandingDay.element, StandingDay.cases, StandingDay.late,
               StandingDay.since)
        .where(StandingDay.day == which.day, StandingDay.procedure.in_(procedures))
    ):
        counts[procedure][element] = Count(cases, late, 0, day_of(since))
    return _without(work, procedures, which, unseen, counts) if unseen else counts


def _without(
    work: Work, procedures: Collection[str], which: Narrowed, unseen: Collection[UUID],
    counts: Counts,
) -> Counts:
    with work.for_the_council("whoever is not seen is taken off a number"):
        others = counted_of(
            work, which.day,
            (*_open_then(procedures, which), Task.child_id.in_(unseen)),
            (*_waited_then(work, procedures, which), Timer.child_id.in_(unseen)))
    in_doubt: list[Step] = []
    for procedure, steps in others.items():
        for element in counts.get(procedure, {}).keys() & steps.keys():
            here, theirs = counts[procedure][element], steps[element]
            here.cases -= theirs.cases
            here.late -= theirs.late
            if here.since == theirs.since and element != WHOLE:
                in_doubt.append((procedure, element))
    _tell_since(work, which, counts, in_doubt)
    return {
        procedure: {element: count for element, count in steps.items()
                    if count.cases or element == WHOLE}
        for procedure, steps in counts.items()
    }


def _tell_since(
    work: Work, which: Narrowed, counts: Counts, in_doubt: Collection[Step]
) -> None:
    """Of steps whose oldest may be one that is not seen: since when the oldest stood that is."""
    if not in_doubt:
        return
    procedures, elements = zip(*in_doubt, strict=True)
    seen = counted_of(
        work, which.day,
        (*tasks_then(work, set(procedures), which), Task.element.in_(set(elements))),
        (*dates_then(work, set(procedures), which), Timer.element.in_(set(elements))))
    for procedure, element in in_doubt:
        here = seen.get(procedure, {}).get(element)
        counts[procedure][element].since = here.since if here else None


def tasks_then(
    work: Work, procedures: Collection[str], which: Narrowed
) -> tuple[ColumnElement[bool], ...]:
    """Those of these procedures that were open when the day ended, and that the actor may see."""
    return (*_open_then(procedures, which), visible(work, Task.child_id, "see_case"),
            *which.keeps(work, Task.case_id))


def dates_then(
    work: Work, procedures: Collection[str], which: Narrowed
) -> tuple[ColumnElement[bool], ...]:
    """As `tasks_then`, of timers: the dates that were waited for."""
    return (*_waited_then(work, procedures, which), visible(work, Timer.child_id, "see_case"),
            *which.keeps(work, Timer.case_id))


def _open_then(
    procedures: Collection[str], which: Narrowed
) -> tuple[ColumnElement[bool], ...]:
    moment = _end(which)
    return (Task.procedure.in_(procedures), Task.opened_at < moment,
            or_(Task.ended_at.is_(None), Task.ended_at >= moment))


def _waited_then(
    work: Work, procedures: Collection[str], which: Narrowed
) -> tuple[ColumnElement[bool], ...]:
    moment = _end(which)
    return (Timer.procedure.in_(procedures), Timer.started_at < moment,
            tuple_(Timer.procedure, Timer.element).in_(sorted(waits_of(work))),
            or_(IS_PENDING, Timer.ended_at >= moment))


def _end(which: Narrowed) -> datetime:
    assert which.day is not None  # noqa: S101 (whoever asks has one)
    return end_of(which.day)


def counted_of(
    work: Work, day: date | None, tasks: Sequence[ColumnElement[bool]],
    dates: Sequence[ColumnElement[bool]],
) -> Counts:
    """By conditions on tasks, and on timers; late is what was due before `day`."""
    there = union_all(
        select(Task.procedure, Task.element, Task.case_id, Task.due_on,
               Task.opened_at.label("began")).where(*tasks),
        select(Timer.procedure, Timer.element, Timer.case_id, cast(null(), Task.due_on.type),
               Timer.started_at).where(*dates),
    ).cte("there").c
    late = case((there.due_on < day, there.case_id))
    counted = (func.count(there.case_id.distinct()), func.count(late.distinct()),
               func.min(there.began))
    found: defaultdict[str, dict[str, Count]] = defaultdict(dict)
    for procedure, element, cases, late_cases, since in work.session.execute(union_all(
        select(there.procedure, there.element, *counted)
        .group_by(there.procedure, there.element),
        select(there.procedure, literal(WHOLE), *counted).group_by(there.procedure),
    )):
        found[procedure][element] = Count(cases, late_cases, 0, day_of(since))
    return found


def _is_counted(work: Work, which: Narrowed) -> bool:
    if which.filters:
        return False
    counted_to = work.session.scalar(select(FiguresPosition.standing_to))
    return counted_to is not None and which.day is not None and which.day <= counted_to
