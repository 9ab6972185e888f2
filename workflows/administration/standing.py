"""Who may not be left without: the last administrator; whom the others tell what one has done."""

from uuid import UUID

from sqlalchemy import select

from engine.errors import NotFound, Refused
from engine.work import Work
from workflows.administration.table import Leaving
from workflows.people import Person, PersonRole

ADMINISTRATOR = "administrator"
OPENS_MUCH = frozenset({ADMINISTRATOR, "virtual_school", "process_owner", "information_governance"})
"""Roles of which every other administrator hears when one of them gives them."""


def person_to_change(work: Work, person_id: UUID) -> Person:
    """As they are now, held until this transaction ends. Raises `NotFound`."""
    person = work.session.get(Person, person_id, with_for_update=True, populate_existing=True)
    if person is None:
        raise NotFound
    return person


def must_not_be_oneself(work: Work, person_id: UUID) -> None:
    if person_id == work.actor.id:
        raise Refused("Nobody does this for themselves. Ask another administrator.")


def must_leave_an_administrator(work: Work, without: UUID) -> None:
    """Raises `Refused` where nobody else will sign in as one.

    Holds all of them, so that two do not send each other away at the same moment.
    """
    holders = work.session.scalars(
        select(Person.id)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(PersonRole.role == ADMINISTRATOR, Person.active)
        .order_by(Person.id)
        .with_for_update(of=Person)
    ).all()
    going = set(work.session.scalars(select(Leaving.person_id)))
    if without in holders and not set(holders) - going - {without}:
        raise Refused("This is the last administrator. Give somebody else the role first.")


def other_administrators(work: Work) -> list[UUID]:
    return list(work.session.scalars(
        select(Person.id)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(PersonRole.role == ADMINISTRATOR, Person.active, Person.id != work.actor.id)
        .order_by(Person.id)
    ))


def tell_of_roles(work: Work, given: frozenset[str], about: UUID) -> None:
    if given & OPENS_MUCH:
        for each in other_administrators(work):
            if each != about:
                work.tell("powerful_role_given", each)
