"""How many cases stood at each step as a day ended."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, or_, select

from engine.releases import compiled
from engine.store.models import IS_PENDING, Release, ReleaseState, Task, Timer
from engine.work import LONDON, Work
from workflows.figures.tables import StandingDay
from workflows.pep.case_dates import day_of

WAITS = "intermediateCatchEvent"
"""A case stands at this kind of timer; one on the edge of a step only watches that step."""
WHOLE = ""
"""In place of an element: all cases of the procedure with anything open."""
Step = tuple[str, str]
"""Procedure and element."""


@dataclass(frozen=True, slots=True)
class Open:
    """One thing that was open: a task, or a date that was waited for."""

    case_id: UUID
    due_on: date | None
    began: datetime


def standing_counted(work: Work, first: date, last: date) -> list[dict[str, Any]]:
    """Rows of `StandingDay` for these days, both included.

    One pass over all that was open at the end of any of them, however many days there are: each
    adds itself on its first day and takes itself off after its last.
    """
    came: defaultdict[date, list[tuple[Step, Open]]] = defaultdict(list)
    went: defaultdict[date, list[tuple[Step, Open]]] = defaultdict(list)
    for procedure, element, case_id, due_on, began, ended_at in _opened(work, first, last):
        here = ((procedure, element), Open(case_id, due_on, began))
        came[max(first, day_of(began))].append(here)
        if ended_at is not None:
            went[day_of(ended_at)].append(here)
    standing: defaultdict[Step, Counter[Open]] = defaultdict(Counter)
    found = []
    for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        for step, each in came[day]:
            standing[step][each] += 1
        for step, each in went[day]:
            standing[step][each] -= 1
            if not standing[step][each]:
                del standing[step][each]
        found += _as_it_ended(day, standing)
    return found


def _opened(
    work: Work, first: date, last: date
) -> Iterator[tuple[str, str, UUID, date | None, datetime, datetime | None]]:
    """Procedure, element, case, due day, beginning and end of all that was open on these days."""
    yield from work.session.execute(
        select(Task.procedure, Task.element, Task.case_id, Task.due_on, Task.opened_at,
               Task.ended_at)
        .where(Task.opened_at < end_of(last),
               or_(Task.ended_at.is_(None), Task.ended_at >= end_of(first)))
    )
    waits = waits_of(work)
    rows = work.session.execute(
        select(Timer.procedure, Timer.element, Timer.case_id, Timer.started_at, Timer.ended_at)
        .where(Timer.started_at < end_of(last),
               Timer.element.in_({element for _, element in waits}),
               or_(IS_PENDING, Timer.ended_at >= end_of(first)))
    )
    for procedure, element, case_id, began, ended in rows:
        if (procedure, element) in waits:
            yield procedure, element, case_id, None, began, ended


def waits_of(work: Work) -> frozenset[Step]:
    """Where a case stands until a date comes, in any release that a case began with."""
    return frozenset(
        (procedure, element.id)
        for procedure, release_id in work.session.execute(
            select(Release.procedure, Release.id).where(
                Release.state.in_([ReleaseState.LIVE, ReleaseState.RETIRED])))
        for element in compiled(work, release_id).elements.values() if element.kind == WAITS
    )


def write_standing(
    work: Work, first: date, last: date, rows: Sequence[Mapping[str, Any]]
) -> None:
    """In place of whatever was written of these days, both included."""
    work.session.execute(delete(StandingDay).where(StandingDay.day.between(first, last)))
    if rows:
        work.session.execute(insert(StandingDay), list(rows))


def end_of(day: date) -> datetime:
    """Midnight in London, at which the next day begins."""
    return datetime.combine(day + timedelta(days=1), time(), LONDON).astimezone(UTC)


def _as_it_ended(day: date, standing: Mapping[Step, Counter[Open]]) -> list[dict[str, Any]]:
    found = []
    whole: defaultdict[str, set[Open]] = defaultdict(set)
    for (procedure, element), counted in standing.items():
        if here := set(counted):
            found.append(_row(day, procedure, element, here))
            whole[procedure] |= here
    return found + [_row(day, procedure, WHOLE, here) for procedure, here in whole.items()]


def _row(day: date, procedure: str, element: str, here: Collection[Open]) -> dict[str, Any]:
    late = {each.case_id for each in here if each.due_on is not None and each.due_on < day}
    return {"day": day, "procedure": procedure, "element": element,
            "cases": len({each.case_id for each in here}), "late": len(late),
            "since": min(each.began for each in here)}
