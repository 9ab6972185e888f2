"""In which order cases are listed, and how a page of them is found without a look at them all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from engine.store.models import IS_OPEN, IS_RUNNING, Case, Release, Task
from engine.work import Work
from workflows.case_list.asked import Asked
from workflows.case_list.filters import SOCIAL_WORKER
from workflows.children import Child, Enrolment, School, attended
from workflows.involvements import Involvement, in_force
from workflows.people import Person, Team

TASKS_OF_A_CASE = 3
"""More than a case has open with a date, as a rule."""
NAMES_OF_A_CASE = (0.8, 5, 50)
"""So many names for each case of a page are tried before all cases are put in order: a team has
many; who has a step may not have the first one; and the list may be narrowed to a few."""
FEW = 1_000
"""Of so many cases it is quicker to look each up than to walk along what they are ordered by."""

_By = ColumnElement[Any] | InstrumentedAttribute[Any]


def ids_of(
    work: Work, asked: Asked, wanted: Sequence[ColumnElement[bool]], skip: int, most: int,
    found: int,
) -> list[UUID]:
    """So many cases from there on, of those found in all. Each order ends with the id, so that it
    is the same every time."""
    if asked.sort == "due" and found > FEW:
        return _the_next_due(work, wanted, skip, most, backwards=asked.backwards)
    if asked.sort in _NAMED and found > FEW:
        return _the_next_by_name(work, asked, wanted, skip, most)
    return _in_order(work, asked, wanted, skip, most)


def _in_order(
    work: Work, asked: Asked, wanted: Sequence[ColumnElement[bool]], skip: int, most: int
) -> list[UUID]:
    rows, by = select(Case.id).where(*wanted), _ORDERS[asked.sort](work)
    turned = [each.desc() if asked.backwards else each.asc() for each in by]
    rows = rows.order_by(
        *(each.nulls_last() for each in turned[:1]), *turned[1:], Case.opened_at.desc(), Case.id)
    return list(work.session.scalars(rows.limit(most).offset(skip)))


def count_of(work: Work, wanted: Sequence[ColumnElement[bool]]) -> int:
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
    before = skip + len(found) if found else count_of(work, [*wanted, IS_RUNNING, has_date])
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




@dataclass(frozen=True, slots=True)
class _Named:
    """An order by a name that does not stand in the case."""

    name: InstrumentedAttribute[str]
    has_cases: Callable[[Work], ColumnElement[bool]]
    """Whether whoever or whatever is called so may have any."""
    of_cases: Callable[[Work, ColumnElement[bool]], ColumnElement[bool]]
    """Cases with a name that a condition keeps, and perhaps others."""


def _the_next_by_name(
    work: Work, asked: Asked, wanted: Sequence[ColumnElement[bool]], skip: int, most: int
) -> list[UUID]:
    """As far as a name by which enough may have come; were there too few, of all."""
    named, (value,) = _NAMED[asked.sort], _ORDERS[asked.sort](work)
    for names_of_a_case in NAMES_OF_A_CASE:
        until = _name(work, named, int((skip + most) * names_of_a_case),
                      backwards=asked.backwards)
        if until is None:
            break

        def is_reached(name: _By, until: str = until) -> ColumnElement[bool]:
            return name >= until if asked.backwards else name <= until

        near = [named.of_cases(work, is_reached(named.name)), is_reached(value)]
        found = _in_order(work, asked, [*wanted, *near], skip, most)
        if len(found) == most:
            return found
    return _in_order(work, asked, wanted, skip, most)


def _name(work: Work, named: _Named, number: int, *, backwards: bool) -> str | None:
    """The name of that number in the order; None where there are not so many."""
    return work.session.scalar(
        select(named.name).where(named.has_cases(work))
        .order_by(named.name.desc() if backwards else named.name).offset(number).limit(1)
    )


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


def _of_holders(_work: Work, reached: ColumnElement[bool]) -> ColumnElement[bool]:
    return Case.id.in_(
        select(Task.case_id).join(Person, Person.id == Task.assignee_id).where(IS_OPEN, reached))


def _at_schools(work: Work, reached: ColumnElement[bool]) -> ColumnElement[bool]:
    return Case.child_id.in_(
        select(Enrolment.child_id).join(School, School.id == Enrolment.school_id)
        .where(reached, *attended(work.today)))


def _of_workers(work: Work, reached: ColumnElement[bool]) -> ColumnElement[bool]:
    return Case.child_id.in_(
        select(Involvement.child_id)
        .join(Person, Person.id == Involvement.person_id)
        .outerjoin(Team, Team.id == Person.team_id)
        .where(reached, Involvement.role == SOCIAL_WORKER, *in_force(work.today)))


def _works(work: Work) -> ColumnElement[bool]:
    return exists().where(Involvement.person_id == Person.id, Involvement.role == SOCIAL_WORKER,
                          *in_force(work.today))


_NAMED: Mapping[str, _Named] = {
    "holder": _Named(
        Person.name, lambda _: exists().where(Task.assignee_id == Person.id, IS_OPEN), _of_holders),
    "school": _Named(
        School.name,
        lambda work: exists().where(Enrolment.school_id == School.id, *attended(work.today)),
        _at_schools),
    "worker": _Named(Person.name, _works, _of_workers),
    "team": _Named(
        Team.name, lambda work: exists().where(Person.team_id == Team.id, _works(work)),
        _of_workers),
}
