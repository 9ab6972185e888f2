"""Who could stand in for somebody, and why: colleagues of the same role who are there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import aliased

from engine.store.among import among
from engine.store.models import IS_OPEN, Task
from engine.work import Work, query
from workflows.absences.days import Days
from workflows.absences.scope import WITH_TASKS, looks_after_others
from workflows.absences.table import Absence
from workflows.administration.table import Leaving, SchoolPost
from workflows.involvements import Involvement, in_force
from workflows.people import Person, PersonRole
from workflows.roles import ROLES
from workflows.sight.standing import not_set_apart
from workflows.sight.table import ConflictOfInterest


@dataclass(frozen=True, slots=True)
class Suggested:
    id: UUID
    name: str
    email: str
    near: bool
    """Of the same team, or the same school."""
    open_tasks: int
    known_children: int
    """Of the children with whom the one who is away works, those with whom they work too."""

    def why(self, team: str) -> str:
        tasks = "1 open task" if self.open_tasks == 1 else f"{self.open_tasks} open tasks"
        said = [team, tasks] if self.near else [tasks]
        if self.known_children:
            said.append(f"knows {self.known_children} of these children")
        text = ", ".join(said)
        return text[0].upper() + text[1:]


@query
def who_could_cover(work: Work, person: Person, days: Days) -> list[Suggested]:
    """Those of the same team or school first, of them those with the fewest open tasks.

    Without whoever is away or has left within these days. Whoever must not see one of the children
    stands last. Who looks after nobody's work chooses among those near them.
    """
    roles = {row.role for row in person.roles} & set(WITH_TASKS)
    near = _near(work, person, roles)
    rows = work.session.execute(
        select(Person.id, Person.name, Person.email, near.label("near"))
        .where(
            Person.active, Person.id != person.id,
            exists().where(PersonRole.person_id == Person.id, PersonRole.role.in_(roles)),
            ~exists().where(Absence.person_id == Person.id, overlaps(days)),
            ~exists().where(Leaving.person_id == Person.id,
                            Leaving.last_day < (days.ends_on or days.starts_on)),
            *([] if looks_after_others(work) else [near]),
        )
        .order_by(Person.name)
    ).all()
    people = [row.id for row in rows]
    with work.for_the_council("with how many children colleagues work is said in numbers"):
        busy = open_tasks_of(work, people)
        known = _known_children(work, person.id, people)
        barred = _barred(work, person.id, people)
    found = [Suggested(row.id, row.name, row.email, row.near, busy.get(row.id, 0),
                       known.get(row.id, 0)) for row in rows]
    return sorted(found, key=lambda each: (each.id in barred, not each.near, each.open_tasks,
                                           each.name))


def overlaps(days: Days) -> ColumnElement[bool]:
    """Of absences, those that fall within these days and were not ended."""
    before_its_end = or_(Absence.ends_on.is_(None), Absence.ends_on >= days.starts_on)
    begins_in_time = Absence.starts_on <= days.ends_on if days.ends_on else True
    return Absence.ended_at.is_(None) & before_its_end & begins_in_time


def open_tasks_of(work: Work, people: Collection[UUID]) -> dict[UUID, int]:
    """By person; without those of children whom the actor must not see."""
    rows = work.session.execute(
        select(Task.assignee_id, func.count())
        .where(among(Task.assignee_id, people), IS_OPEN, *not_set_apart(work, Task.child_id))
        .group_by(Task.assignee_id)
    )
    return {person: count for person, count in rows if person is not None}


def _near(work: Work, person: Person, roles: Collection[str]) -> Any:
    """Of the same team; at the same school; or of a role that is held for the whole council."""
    school = select(SchoolPost.school_id).where(
        SchoolPost.person_id == person.id, SchoolPost.starts_on <= work.today,
        or_(SchoolPost.ends_on.is_(None), SchoolPost.ends_on >= work.today))
    there = exists().where(
        SchoolPost.person_id == Person.id, SchoolPost.school_id.in_(school),
        SchoolPost.starts_on <= work.today,
        or_(SchoolPost.ends_on.is_(None), SchoolPost.ends_on >= work.today))
    wide = [each for each in roles if ROLES[each].whole_council]
    everywhere = exists().where(PersonRole.person_id == Person.id, PersonRole.role.in_(wide))
    if person.team_id is None:
        return or_(there, everywhere)
    return or_(Person.team_id == person.team_id, there, everywhere)


def _known_children(
    work: Work, person_id: UUID, people: Sequence[UUID]
) -> Mapping[UUID, int]:
    theirs = aliased(Involvement)
    rows = work.session.execute(
        select(theirs.person_id, func.count(theirs.child_id.distinct()))
        .join(Involvement, Involvement.child_id == theirs.child_id)
        .where(Involvement.person_id == person_id, *in_force(work.today),
               theirs.person_id.in_(people), theirs.starts_on <= work.today,
               or_(theirs.ends_on.is_(None), theirs.ends_on >= work.today))
        .group_by(theirs.person_id)
    )
    return {person: count for person, count in rows}


def _barred(work: Work, person_id: UUID, people: Sequence[UUID]) -> set[UUID]:
    return set(work.session.scalars(
        select(ConflictOfInterest.person_id)
        .join(Involvement, Involvement.child_id == ConflictOfInterest.child_id)
        .where(Involvement.person_id == person_id, *in_force(work.today),
               ConflictOfInterest.person_id.in_(people), ConflictOfInterest.ended_at.is_(None))
    ))
