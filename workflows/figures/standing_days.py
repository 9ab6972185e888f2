"""How many cases stood at each step as a day ended."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, or_, select

from engine.store.models import Task
from engine.work import LONDON, Work
from workflows.figures.tables import StandingDay
from workflows.pep.case_dates import day_of

WHOLE = ""
"""In place of an element: all cases of the procedure with anything open."""
Step = tuple[str, str]
"""Procedure and element."""


def standing_counted(work: Work, first: date, last: date) -> list[dict[str, Any]]:
    """Rows of `StandingDay` for these days, both included.

    One pass over the tasks that were open at the end of any of them, however many days there are:
    each adds itself on its first day and takes itself off after its last.
    """
    came: defaultdict[date, list[tuple[Step, UUID, date | None]]] = defaultdict(list)
    went: defaultdict[date, list[tuple[Step, UUID, date | None]]] = defaultdict(list)
    rows = work.session.execute(
        select(Task.procedure, Task.element, Task.case_id, Task.opened_at, Task.ended_at,
               Task.due_on)
        .where(Task.opened_at < end_of(last),
               or_(Task.ended_at.is_(None), Task.ended_at >= end_of(first)))
    )
    for procedure, element, case_id, opened_at, ended_at, due_on in rows:
        here = ((procedure, element), case_id, due_on)
        came[max(first, day_of(opened_at))].append(here)
        if ended_at is not None:
            went[day_of(ended_at)].append(here)
    standing: defaultdict[Step, Counter[tuple[UUID, date | None]]] = defaultdict(Counter)
    found = []
    for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        for step, case_id, due_on in came[day]:
            standing[step][case_id, due_on] += 1
        for step, case_id, due_on in went[day]:
            standing[step][case_id, due_on] -= 1
            if not standing[step][case_id, due_on]:
                del standing[step][case_id, due_on]
        found += _as_it_ended(day, standing)
    return found


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


def _as_it_ended(
    day: date, standing: Mapping[Step, Counter[tuple[UUID, date | None]]]
) -> list[dict[str, Any]]:
    found = []
    whole: defaultdict[str, set[tuple[UUID, date | None]]] = defaultdict(set)
    for (procedure, element), counted in standing.items():
        if here := set(counted):
            found.append(_row(day, procedure, element, here))
            whole[procedure] |= here
    return found + [_row(day, procedure, WHOLE, here) for procedure, here in whole.items()]


def _row(
    day: date, procedure: str, element: str, here: Collection[tuple[UUID, date | None]]
) -> dict[str, Any]:
    late = {case_id for case_id, due_on in here if due_on is not None and due_on < day}
    return {"day": day, "procedure": procedure, "element": element,
            "cases": len({case_id for case_id, _ in here}), "late": len(late)}
