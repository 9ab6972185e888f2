"""What a form may name in place of options of its own: schools, people, links of the council."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.children import School
from workflows.council import LINKS, read_settings
from workflows.people import Person, PersonRole

SCHOOLS = "schools"
SCHOOLS_BY_URN = "school_urns"
UNLISTED = ("unlisted", "A school that is not in this list")


def choices_named(session: Session, name: str) -> Sequence[tuple[str, str]]:
    """The council's schools, the address of its procedure, or everyone who holds the role of
    this name."""
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
    return [(str(person.id), person.name) for person in people]
