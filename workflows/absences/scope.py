"""Whose absence and whose work somebody may look after."""

from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true

from engine.errors import NotFound
from engine.work import Work
from workflows.people import Person, PersonRole
from workflows.roles import ROLES

OF_THE_COUNCIL = frozenset({"virtual_school", "manager"})
OF_A_TEAM = "team_manager"
WITH_TASKS = tuple(role.key for role in ROLES.values() if role.lives_by_tasks
                   and role.key != "school_colleague")
"""Roles that are given tasks by the procedures: others need no cover."""


def looked_after_by(work: Work) -> ColumnElement[bool]:
    """The people whose work the actor may look after: all of the council, or those of their team;
    nobody where they are neither."""
    mine = work.actor.roles
    if mine & OF_THE_COUNCIL:
        return true()
    team = select(Person.team_id).where(Person.id == work.actor.id).scalar_subquery()
    return Person.team_id == team if OF_A_TEAM in mine else Person.id.is_(None)


def has_tasks() -> ColumnElement[bool]:
    """Active people who hold a role that is given tasks."""
    holders = select(PersonRole.person_id).where(PersonRole.role.in_(WITH_TASKS))
    return Person.active & Person.id.in_(holders)


def person_looked_after(work: Work, person_id: UUID, *, or_oneself: bool = False) -> Person:
    """Raises `NotFound` for somebody whose work the actor may not look after."""
    whose = looked_after_by(work)
    if or_oneself:
        whose = or_(whose, Person.id == work.actor.id)
    person = work.session.scalar(select(Person).where(Person.id == person_id, has_tasks(), whose))
    if person is None:
        raise NotFound
    return person


def looks_after_others(work: Work) -> bool:
    return bool(work.actor.roles & {*OF_THE_COUNCIL, OF_A_TEAM})
