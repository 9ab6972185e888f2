"""Where running cases stand, at steps and at dates that they wait for, and how many stand so."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select

from engine.store.models import IS_OPEN, IS_PENDING, Task, Timer
from engine.work import Work
from workflows.figures.added_up import count_in_and_out
from workflows.figures.standing_days import WHOLE, waits_of
from workflows.figures.tables import CaseStanding, StandingCount
from workflows.pep.case_dates import day_of

NEVER = date.max
_KEY = (CaseStanding.procedure, CaseStanding.element, CaseStanding.due_on, CaseStanding.began_on)


def standing_of(work: Work, cases: Collection[UUID] | None = None) -> list[dict[str, Any]]:
    """Rows of `CaseStanding` of these cases, or of all: a case stands once at each step, however
    many tasks it has there."""
    found: dict[tuple[UUID, str], dict[str, Any]] = {}
    for case_id, child_id, procedure, element, due_on, began in _open(work, cases):
        for where in (element, WHOLE):
            here = found.setdefault((case_id, where), {
                "case_id": case_id, "element": where, "child_id": child_id,
                "procedure": procedure, "due_on": NEVER, "began_on": began,
            })
            here["due_on"] = min(here["due_on"], due_on or NEVER)
            here["began_on"] = min(here["began_on"], began)
    return list(found.values())


def write_standing_now(
    work: Work, cases: Collection[UUID], rows: Collection[dict[str, Any]]
) -> None:
    """These rows take the place of all that stand of the cases."""
    of_cases = CaseStanding.case_id.in_(cases)
    gone = [tuple(row) for row in work.session.execute(select(*_KEY).where(of_cases))]
    work.session.execute(delete(CaseStanding).where(of_cases))
    _write(work, rows, gone)


def begin_standing_now(work: Work, rows: Collection[dict[str, Any]]) -> None:
    """These rows take the place of all there are."""
    for table in (CaseStanding, StandingCount):
        work.session.execute(delete(table))
    _write(work, rows, [])


def _write(
    work: Work, rows: Collection[dict[str, Any]], gone: Collection[tuple[Any, ...]]
) -> None:
    if rows:
        work.session.execute(insert(CaseStanding), list(rows))
    names = [column.key for column in _KEY]
    count_in_and_out(work, StandingCount, (tuple(row[name] for name in names) for row in rows),
                     gone)


def _open(
    work: Work, cases: Collection[UUID] | None
) -> Iterator[tuple[UUID, UUID, str, str, date | None, date]]:
    """Case, child, procedure, element, due day and the day on which it began; only what runs has
    anything open."""
    tasks = select(Task.case_id, Task.child_id, Task.procedure, Task.element, Task.due_on,
                   Task.opened_at).where(IS_OPEN)
    waits = waits_of(work)
    dates = select(
        Timer.case_id, Timer.child_id, Timer.procedure, Timer.element, Timer.started_at,
    ).where(IS_PENDING, Timer.element.in_({element for _, element in waits}))
    if cases is not None:
        tasks, dates = tasks.where(Task.case_id.in_(cases)), dates.where(Timer.case_id.in_(cases))
    for case_id, child_id, procedure, element, due_on, began in work.session.execute(tasks):
        yield case_id, child_id, procedure, element, due_on, day_of(began)
    for case_id, child_id, procedure, element, began in work.session.execute(dates):
        if (procedure, element) in waits:
            yield case_id, child_id, procedure, element, None, day_of(began)
