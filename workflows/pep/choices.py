"""What a form may name in place of options of its own: schools, people, links of the council."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.administration.table import SchoolPost
from workflows.children import School
from workflows.council import LINKS, read_settings
from workflows.people import Person, PersonRole

SCHOOLS = "schools"
SCHOOLS_BY_URN = "school_urns"
UNLISTED = ("unlisted", "A school that is not in this list")


def choices_named(session: Session, name: str) -> Sequence[tuple[str, str]]:
    """The council's schools, the address of its procedure, or everyone who holds the role of
    this name, with the schools at which they do."""
    if name in (SCHOOLS, SCHOOLS_BY_URN):
        schools = session.scalars(select(School).order_by(School.name))
        if name == SCHOOLS:
            return [(str(school.id), school.name) for school in schools]
        return [*((school.urn, school.name) for school in schools), UNLISTED]
    if name in LINKS:
        return [(at, name) for at in read_settings(session, [f"link.{name}"]).values()]
    people = session.execute(
        select(Person.id, Person.name)
        .join(PersonRole)
        .where(PersonRole.role == name, Person.active)
        .order_by(Person.name)
    )
    at = _schools_of(session, name)
    return [(str(person.id), ", ".join([person.name, *at.get(person.id, ())])) for person in people]


def _schools_of(session: Session, role: str) -> Mapping[UUID, Sequence[str]]:
    """By person the schools at which they hold the role for good."""
    found: dict[UUID, list[str]] = {}
    for person_id, school in session.execute(
        select(SchoolPost.person_id, School.name)
        .join(School, School.id == SchoolPost.school_id)
        .where(SchoolPost.role == role, SchoolPost.ends_on.is_(None))
        .order_by(School.name)
    ):
        found.setdefault(person_id, []).append(school)
    return found
