"""The cases that a person may see: those that were asked for, in the order that was, a page of them
or all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from engine.store.models import IS_OPEN, IS_RUNNING, Case, Release, Task
from engine.work import Work, query
from workflows.access import visible
from workflows.case_list.asked import Asked
from workflows.case_list.filters import FILTERS, SOCIAL_WORKER, conditions
from workflows.case_list.rows import CaseRow, case_rows
from workflows.children import Child, Enrolment, School, attended
from workflows.finding import case_quoted, meant
from workflows.involvements import Involvement, in_force
from workflows.people import Person, Team

PAGE = 50
TASKS_OF_A_CASE = 3
"""More than a case has open with a date, as a rule."""
FEW = 1_000
"""Of so many cases it is quicker to look up what is due of each than to walk along what is due."""

_By = ColumnElement[Any] | InstrumentedAttribute[Any]


@dataclass(frozen=True, slots=True)
class CaseList:
    rows: Sequence[CaseRow]
    found: int
    page: int
    pages: int


@query
def case_list(work: Work, asked: Asked, *, search: str = "", page: int = 1) -> CaseList:
    """One page. `search` is what `workflows.finding` understands."""
    wanted = wanted_of(work, asked, search)
    found = _count(work, wanted)
    pages = max(1, -(-found // PAGE))
    page = min(max(1, page), pages)
    ids = ids_of(work, asked, wanted, (page - 1) * PAGE, PAGE, found) if found else []
    return CaseList(case_rows(work, ids), found, page, pages)


def wanted_of(
    work: Work, asked: Asked, search: str = "", action: str = "see_case"
) -> list[ColumnElement[bool]]:
    """Conditions on cases: what is asked for, of what the reader may see."""
    may_see = visible(work, Case.child_id, action)
    wanted = [] if may_see is true() else [may_see]  # without conditions a count is quickest
    wanted += conditions(work, asked.filters)
    if search.strip():
        wanted += _matches(work, search.strip())
    return wanted


def ids_of(
    work: Work, asked: Asked, wanted: Sequence[ColumnElement[bool]], skip: int, most: int,
    found: int,
) -> list[UUID]:
    """So many cases from there on, of those found in all. Each order ends with the id, so that it
    is the same every time."""
    if asked.sort == "due" and found > FEW:
        return _the_next_due(work, wanted, skip, most, backwards=asked.backwards)
    rows, by = select(Case.id).where(*wanted), _ORDERS[asked.sort](work)
    turned = [each.desc() if asked.backwards else each.asc() for each in by]
    rows = rows.order_by(
        *(each.nulls_last() for each in turned[:1]), *turned[1:], Case.opened_at.desc(), Case.id)
    return list(work.session.scalars(rows.limit(most).offset(skip)))


def _count(work: Work, wanted: Sequence[ColumnElement[bool]]) -> int:
    return work.session.scalar(select(func.count()).select_from(Case).where(*wanted)) or 0


def _the_next_due(
    work: Work, wanted: Sequence[ColumnElement[bool]], skip: int, most: int, *, backwards: bool
) -> list[UUID]:
    """First those with a date, along the index of what is due, so that no other case is looked at;
    then the others, the newest first. Only a running case has a date.
    """
    found = _dated(work, wanted, skip, most, backwards=backwards)
    if len(found) == most:
        return found
    has_date = exists().where(Task.case_id == Case.id, IS_OPEN, _HAS_DATE)
    before = skip + len(found) if found else _count(work, [*wanted, IS_RUNNING, has_date])
    undated = (
        select(Case.id).where(*wanted, or_(~IS_RUNNING, ~has_date))
        .order_by(Case.opened_at.desc(), Case.id)
    )
    rest = undated.limit(most - len(found)).offset(max(0, skip - before))
    return [*found, *work.session.scalars(rest)]


def _dated(
    work: Work, wanted: Sequence[ColumnElement[bool]], skip: int, most: int, *, backwards: bool
) -> list[UUID]:
    """Of the soonest as far as a day by which enough may be due; were there too few, of all."""
    until = None if backwards else _day_of_task(work, (skip + most) * TASKS_OF_A_CASE)
    found = _dated_until(work, wanted, until, backwards=backwards, skip=skip, most=most)
    if until is not None and len(found) < most:
        return _dated_until(work, wanted, None, backwards=backwards, skip=skip, most=most)
    return found


def _day_of_task(work: Work, number: int) -> date | None:
    """When the task of that number is due, of all that are; None where there are not so many."""
    return work.session.scalar(
        select(Task.due_on).where(IS_OPEN, _HAS_DATE)
        .order_by(Task.due_on).offset(number).limit(1)
    )


def _dated_until(
    work: Work, wanted: Sequence[ColumnElement[bool]], until: date | None, *, backwards: bool,
    skip: int, most: int,
) -> list[UUID]:
    """By the day on which the first of a case's tasks is due."""
    # By themselves, or SQLite goes through all tasks there ever were, for these lie by their case.
    tasks = (
        select(Task.case_id, Task.due_on)
        .where(IS_OPEN, _HAS_DATE if until is None else Task.due_on <= until)
        .cte("dated").prefix_with("MATERIALIZED").c
    )
    due = (
        select(tasks.case_id, func.min(tasks.due_on).label("first"))
        .group_by(tasks.case_id).subquery()
    )
    cases = (
        select(Case.id).join(due, due.c.case_id == Case.id)
        .where(*dict.fromkeys((*wanted, IS_RUNNING)))
        .order_by(due.c.first.desc() if backwards else due.c.first, Case.opened_at.desc(), Case.id)
    )
    return list(work.session.scalars(cases.limit(most).offset(skip)))


_HAS_DATE = Task.due_on.is_not(None)


def _matches(work: Work, search: str) -> list[ColumnElement[bool]]:
    quoted = case_quoted(work, search)
    return meant(work, Case.child_id, search) if quoted is None else [Case.id == quoted]


def _of_first_step(column: Any) -> ColumnElement[Any]:
    """Something of the open task that stands first in its case."""
    return (
        select(column).select_from(Task)
        .where(Task.case_id == Case.id, IS_OPEN)
        .order_by(Task.due_on.is_(None), Task.due_on, Task.id)
        .limit(1).correlate(Case).scalar_subquery()
    )


_HOLDER = (
    select(Person.name).where(Person.id == Task.assignee_id).correlate(Task).scalar_subquery()
)


def _when_due(_work: Work) -> list[ColumnElement[Any]]:
    due = select(func.min(Task.due_on)).where(Task.case_id == Case.id, IS_OPEN)
    return [due.correlate(Case).scalar_subquery()]


def _of_child(column: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    return select(column).where(Child.id == Case.child_id).correlate(Case).scalar_subquery()


def _by_child(_work: Work) -> list[ColumnElement[Any]]:
    return [_of_child(func.lower(Child.family_name)), _of_child(func.lower(Child.given_names))]


def _by_status(_work: Work) -> Sequence[_By]:
    return [Case.status, exists().where(Task.case_id == Case.id, IS_OPEN)]


def _by_school(work: Work) -> list[ColumnElement[Any]]:
    return [
        select(func.min(School.name)).select_from(Enrolment)
        .join(School, School.id == Enrolment.school_id)
        .where(Enrolment.child_id == Case.child_id, *attended(work.today))
        .correlate(Case).scalar_subquery()
    ]


def _by_worker(work: Work) -> list[ColumnElement[Any]]:
    return [_around(work, Person.name)]


def _by_team(work: Work) -> list[ColumnElement[Any]]:
    return [_around(work, Team.name)]


def _around(work: Work, column: InstrumentedAttribute[str]) -> ColumnElement[Any]:
    return (
        select(func.min(column)).select_from(Involvement)
        .join(Person, Person.id == Involvement.person_id)
        .outerjoin(Team, Team.id == Person.team_id)
        .where(Involvement.child_id == Case.child_id, Involvement.role == SOCIAL_WORKER,
               *in_force(work.today))
        .correlate(Case).scalar_subquery()
    )


def _by_release(_work: Work) -> Sequence[_By]:
    number = select(Release.number).where(Release.id == Case.release_id)
    return [Case.procedure, number.correlate(Case).scalar_subquery()]


_ORDERS: Mapping[str, Callable[[Work], Sequence[_By]]] = {
    "child": _by_child,
    "reference": lambda _: [Case.reference],
    "procedure": lambda _: [Case.procedure],
    "steps": lambda _: [_of_first_step(Task.name)],
    "holder": lambda _: [_of_first_step(_HOLDER)],
    "role": lambda _: [_of_first_step(func.coalesce(Task.covered_by, Task.role))],
    "due": _when_due,
    "moved": lambda _: [Case.moved_at],
    "status": _by_status,
    "school": _by_school,
    "worker": _by_worker,
    "team": _by_team,
    "release": _by_release,
    "opened": lambda _: [Case.opened_at],
}
"""What each column is sorted by; the first may have no value, and stands last then."""


@query
def choices_of(work: Work) -> list[Mapping[str, str]]:
    """What each filter can be, for this reader, in the order of the filters."""
    return [filter_.choices(work, None) for filter_ in FILTERS.values()]
