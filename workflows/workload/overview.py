"""Each person with what is open and what is coming, beside their usual pace."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, exists, func, select

from engine.store.among import among
from engine.store.models import IS_OPEN, Task
from engine.work import Work, query
from workflows.absences.page import AbsenceView, absences_of, covered_by
from workflows.absences.scope import WITH_TASKS, has_tasks, looked_after_by
from workflows.administration.table import Leaving
from workflows.people import Person, PersonRole, Team
from workflows.roles import ROLES
from workflows.sight.standing import not_set_apart
from workflows.workload.pace import NONE, Pace, monday_of, usual_pace

PAGE = 50
COMING = timedelta(days=28)
LEAVING_SOON = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class PersonLoad:
    id: UUID
    name: str
    roles: Sequence[str]
    """Titles."""
    team: str
    open: int
    late: int
    this_week: int
    """Due from today to Sunday."""
    coming: int
    """Of `open`, due in the next 28 days, this week among them."""
    pace: Pace
    away: AbsenceView | None
    covers: Sequence[AbsenceView]
    last_day: date | None
    """Where it is entered that they leave."""


@dataclass(frozen=True, slots=True)
class Workload:
    people: Sequence[PersonLoad]
    found: int
    page: int
    pages: int
    teams: Sequence[tuple[str, str]]
    """Id and name of each, for whoever looks after more than one."""


@query
def workload(work: Work, *, team: str = "", role: str = "", page: int = 1) -> Workload:
    """One page of the people whose work the actor looks after, by their names."""
    whose = [has_tasks(), looked_after_by(work), *_only(team, role)]
    found = work.session.scalar(select(func.count()).select_from(Person).where(*whose)) or 0
    pages = max(1, -(-found // PAGE))
    page = min(max(1, page), pages)
    people = work.session.scalars(
        select(Person).where(*whose).order_by(Person.name, Person.id)
        .limit(PAGE).offset((page - 1) * PAGE)
    ).all()
    return Workload(_loads(work, people), found, page, pages, _teams(work))


@query
def load_of(work: Work, person: Person) -> PersonLoad:
    return _loads(work, [person])[0]


def _only(team: str, role: str) -> list[ColumnElement[bool]]:
    """By a team's id and a role's key, where they are any."""
    only: list[ColumnElement[bool]] = []
    try:
        only += [Person.team_id == UUID(team)] if team else []
    except ValueError:
        only.append(Person.id.is_(None))
    if role in WITH_TASKS:
        only.append(Person.id.in_(
            select(PersonRole.person_id).where(PersonRole.role == role)))
    return only


def _loads(work: Work, people: Sequence[Person]) -> list[PersonLoad]:
    ids = [each.id for each in people]
    with work.for_the_council("how much people have to do is counted, whose it is is not"):
        counted, pace = _counts(work, ids), usual_pace(work, ids)
    away, covers = absences_of(work, ids), covered_by(work, ids)
    teams = {row.id: row.name for row in work.session.execute(
        select(Team.id, Team.name)
        .where(among(Team.id, {each.team_id for each in people if each.team_id})))}
    leaving = {row.person_id: row.last_day for row in work.session.execute(
        select(Leaving.person_id, Leaving.last_day)
        .where(Leaving.person_id.in_(ids), Leaving.last_day <= work.today + LEAVING_SOON)
    )}
    return [
        PersonLoad(
            each.id, each.name, _titles(each), teams.get(each.team_id, "") if each.team_id else "",
            *_numbers(counted.get(each.id)), pace.get(each.id, NONE), away.get(each.id),
            covers.get(each.id, ()), leaving.get(each.id),
        )
        for each in people
    ]


def _counts(work: Work, people: Collection[UUID]) -> dict[UUID | None, Any]:
    """Of the open tasks, in the index of what is somebody's own."""
    today, sunday = work.today, monday_of(work.today) + timedelta(days=6)

    def due(first: date | None, last: date) -> ColumnElement[int]:
        within = Task.due_on <= last if first is None else Task.due_on.between(first, last)
        return func.coalesce(func.sum(case((within, 1), else_=0)), 0)

    rows = work.session.execute(
        select(Task.assignee_id, func.count().label("open"),
               due(None, today - timedelta(days=1)).label("late"),
               due(today, sunday).label("this_week"), due(today, today + COMING).label("coming"))
        .where(among(Task.assignee_id, people), IS_OPEN, *not_set_apart(work, Task.child_id))
        .group_by(Task.assignee_id)
    )
    return {row.assignee_id: row for row in rows}


def _numbers(row: Any) -> tuple[int, int, int, int]:
    return (row.open, row.late, row.this_week, row.coming) if row is not None else (0, 0, 0, 0)


def _titles(person: Person) -> list[str]:
    held = {row.role for row in person.roles}
    return [role.title for role in ROLES.values() if role.key in held and role.key in WITH_TASKS]


def _teams(work: Work) -> list[tuple[str, str]]:
    rows = work.session.execute(
        select(Team.id, Team.name)
        .where(exists().where(Person.team_id == Team.id, has_tasks(), looked_after_by(work)))
        .order_by(Team.name))
    return [(str(row.id), row.name) for row in rows]
