"""What a form may name in place of options of its own: schools, people, links of the council."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from engine.forms import Form
from engine.work import Work, query
from workflows.administration.table import SchoolPost
from workflows.children import School
from workflows.council import LINKS, read_settings
from workflows.people import Person, PersonRole
from workflows.roles import ROLES
from workflows.sight.table import in_conflict

SCHOOLS = "schools"
SCHOOLS_BY_URN = "school_urns"
UNLISTED = ("unlisted", "A school that is not in this list")


def choices_named(
    session: Session, name: str, child_id: UUID | None = None
) -> Sequence[tuple[str, str]]:
    """The council's schools, the address of its procedure, or everyone who holds the role of
    this name, with the schools at which they do; of a child, without whoever must not see it."""
    if name in (SCHOOLS, SCHOOLS_BY_URN):
        schools = session.scalars(select(School).order_by(School.name))
        if name == SCHOOLS:
            return [(str(school.id), school.name) for school in schools]
        return [*((school.urn, school.name) for school in schools), UNLISTED]
    if name in LINKS:
        return [(at, name) for at in read_settings(session, [f"link.{name}"]).values()]
    holders = (
        select(Person.id, Person.name)
        .join(PersonRole)
        .where(PersonRole.role == name, Person.active)
        .order_by(Person.name)
    )
    if child_id is not None:
        holders = holders.where(~in_conflict(Person.id, literal(child_id)))
    people = session.execute(holders)
    at = _schools_of(session, name)
    return [(str(person.id), ", ".join([person.name, *at.get(person.id, ())])) for person in people]


@query
def as_offered(work: Work, form: Form, told: Mapping[str, Any]) -> Mapping[str, Any]:
    """Answers of a program, which knows a school by its URN and a person by their e-mail address,
    as the form offers them. What is not known stays as it is, for the form to refuse."""
    lists = {each.key: each.options_from or "" for each in form.inputs()}
    return {key: _offered(work.session, lists.get(key, ""), value) for key, value in told.items()}


def _offered(session: Session, name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name == SCHOOLS:
        found = session.scalar(select(School.id).where(School.urn == value.strip()))
    elif name in ROLES:
        found = session.scalar(select(Person.id).where(Person.email == value.strip().lower()))
    else:
        found = None
    return str(found) if found else value


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
