"""People who sign in, as an administrator keeps them: name, address, team, roles.

With how many children somebody works is told, never with whom.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select

from engine.errors import AnswersInvalid, NotFound, Refused
from engine.forms import Field, Form, Option, valid_answers
from engine.store.models import IS_OPEN, Task
from engine.work import Work, query, verb
from workflows.accounts.ending import end_everything_open
from workflows.accounts.links import invite
from workflows.administration.standing import (
    ADMINISTRATOR,
    must_leave_an_administrator,
    must_not_be_oneself,
    other_administrators,
    person_to_change,
    tell_of_roles,
)
from workflows.administration.table import Leaving
from workflows.involvements import Involvement, give_tasks_again, in_force
from workflows.people import Person, PersonRole, Team, add_person, names
from workflows.roles import ROLES

A_PAGE = 50
LONGEST_NAME, LONGEST_EMAIL = 200, 254
EMAIL = r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+"
NOT_AN_ADDRESS = "Enter an e-mail address, such as name@council.example"
TAKEN = "Somebody else signs in with this e-mail address"
_NAME = Field("name", "text", "Full name", "name", required=True, max_length=LONGEST_NAME,
              error_messages={"required": "Enter their full name"})
_EMAIL = Field("email", "text", "E-mail address", "email", required=True, pattern=EMAIL,
               max_length=LONGEST_EMAIL, hint="They sign in with it, and messages go there",
               error_messages={"required": NOT_AN_ADDRESS, "pattern": NOT_AN_ADDRESS})


@dataclass(frozen=True, slots=True)
class ListedPerson:
    id: UUID
    name: str
    email: str
    roles: tuple[str, ...]
    """Keys, in the order of `ROLES`."""
    team: str
    active: bool
    leaves_on: date | None


@dataclass(frozen=True, slots=True)
class PeoplePage:
    rows: list[ListedPerson]
    found: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class PersonPage:
    person: ListedPerson
    added_on: date | None
    children: int
    """With how many they work today."""
    successor: str
    left_to_move: bool
    """Their leaving is not through: work of theirs is still to go to others."""
    is_me: bool
    is_invited: bool
    """They have not chosen a password yet, and do not come by the council's own sign-on."""
    signs_on: bool
    """They come by the council's own sign-on."""
    may_be_given: tuple[str, ...]


@query
def people_listed(
    work: Work, search: str = "", role: str = "", team: str = "", active: str = "yes", page: int = 1
) -> PeoplePage:
    """By name. `team` is an id; `active` is `yes`, `no`, or anything else for both."""
    where = _where(search, role, team, active)
    found = work.session.scalar(select(func.count()).select_from(Person).where(*where)) or 0
    pages = max(1, -(-found // A_PAGE))
    page = min(max(1, page), pages)
    rows = work.session.scalars(
        select(Person).where(*where).order_by(Person.name, Person.id)
        .limit(A_PAGE).offset((page - 1) * A_PAGE)
    ).all()
    return PeoplePage(_listed(work, list(rows)), found, page, pages)


@query
def person_page(work: Work, person_id: UUID) -> PersonPage:
    """Raises `NotFound`."""
    person = work.session.get(Person, person_id)
    if person is None:
        raise NotFound
    [listed] = _listed(work, [person])
    leaving = work.session.get(Leaving, person_id)
    with work.for_the_council("with how many children somebody works is shown as a number"):
        children = work.session.scalar(
            select(func.count(Involvement.child_id.distinct()))
            .where(Involvement.person_id == person_id, *in_force(work.today))
        )
    successor = leaving.successor_id if leaving else None
    return PersonPage(
        listed, person.added_on, children or 0,
        names(work, [successor]).get(successor, "") if successor else "",
        bool(leaving and not leaving.finished_at and not person.active),
        person_id == work.actor.id, not (person.password_hash or person.signs_on),
        person.signs_on,
        tuple(key for key in ROLES if key not in listed.roles),
    )


@query
def form_of_adding(work: Work) -> Form:
    return Form("add_person", "Add a person", (
        _NAME, _EMAIL,
        Field("roles", "checkboxes", "What do they do?", "roles", required=True,
              options=tuple(Option(role.key, role.title) for role in ROLES.values()),
              error_messages={"required": "Choose what they do"}),
        *_team(work),
    ))


@query
def form_of_changing(work: Work) -> Form:
    return Form("change_person", "Change name, e-mail address or team",
                (_NAME, _EMAIL, *_team(work)))


@query
def form_of_giving(work: Work, person_id: UUID) -> Form:
    """Raises `NotFound`."""
    left = person_page(work, person_id).may_be_given
    return Form("give_role", "Give a role", (
        Field("role", "radio", "Which role?", "role", required=True,
              options=tuple(Option(key, ROLES[key].title) for key in left),
              error_messages={"required": "Choose a role"}),
    ))


@query
def as_answers(work: Work, person_id: UUID) -> dict[str, str]:
    """What the form of changing begins with. Raises `NotFound`."""
    person = work.session.get(Person, person_id)
    if person is None:
        raise NotFound
    return {"name": person.name, "email": person.email,
            "team": str(person.team_id) if person.team_id else ""}


@verb
def add_colleague(work: Work, answers: Mapping[str, Any]) -> UUID:
    """Somebody new, who is invited to choose a password. Raises `AnswersInvalid`."""
    said = valid_answers(form_of_adding(work), answers)
    team = said.get("team")
    return take_in(work, said["name"], said["email"], said["roles"],
                   UUID(team) if team else None)


def take_in(
    work: Work, name: str, email: str, roles: list[str], team_id: UUID | None
) -> UUID:
    """Raises `AnswersInvalid` for an address that is taken."""
    person_id = add_person(work, name, email, roles, "", team_id)
    tell_of_roles(work, frozenset(roles), person_id)
    work.session.flush()
    invite(work, person_id)
    return person_id


@verb
def change_person(work: Work, person_id: UUID, answers: Mapping[str, Any]) -> None:
    """Raises `AnswersInvalid`, `NotFound`.

    Whoever reads the mails of an address can sign in with it. So where it changes, whatever is
    open in the person's name ends, and every other administrator hears of it.
    """
    said = valid_answers(form_of_changing(work), answers)
    person, team = person_to_change(work, person_id), said.get("team")
    address = said["email"].lower()
    if address != person.email:
        must_not_be_oneself(work, person_id)
        if work.session.scalar(select(Person.id).where(Person.email == address)):
            raise AnswersInvalid({"email": TAKEN})
        end_everything_open(work, person_id)
        for each in {*other_administrators(work), person_id}:
            work.tell("address_changed", each)
    changed = [key for key, value in (("name", said["name"]), ("email", address),
                                      ("team_id", UUID(team) if team else None))
               if getattr(person, key) != value]
    person.name, person.email = said["name"], address
    person.team_id = UUID(team) if team else None
    work.audit("change_person", about=f"person:{person_id}", changed=changed)


@verb
def give_role(work: Work, person_id: UUID, answers: Mapping[str, Any]) -> str:
    """The key of the role. Raises `AnswersInvalid`, `NotFound`, and `Refused` for oneself."""
    must_not_be_oneself(work, person_id)
    person = person_to_change(work, person_id)
    said = valid_answers(form_of_giving(work, person_id), answers)
    if not person.active:
        raise Refused("This person has left. Let them come back first.")
    give(work, person_id, said["role"])
    return str(said["role"])


def give(work: Work, person_id: UUID, role: str) -> None:
    work.session.add(PersonRole(person_id=person_id, role=role))
    work.audit("give_role", about=f"person:{person_id}", role=role)
    tell_of_roles(work, frozenset({role}), person_id)


@verb
def take_role_away(work: Work, person_id: UUID, role: str) -> None:
    """From the next request on it opens nothing; tasks go where the assignment rule says.

    Raises `NotFound`, and `Refused` for the last administrator, or where children are still theirs
    to look after in this role.
    """
    person_to_change(work, person_id)
    held = work.session.get(PersonRole, (person_id, role))
    if held is None:
        raise NotFound
    if role == ADMINISTRATOR:
        must_leave_an_administrator(work, person_id)
    with work.for_the_council("with how many children somebody works is said as a number"):
        children = work.session.scalar(
            select(func.count(Involvement.child_id.distinct())).where(
                Involvement.person_id == person_id, Involvement.role == role,
                or_(Involvement.ends_on.is_(None), Involvement.ends_on >= work.today),
            )
        )
    if children:
        words = "one child" if children == 1 else f"{children} children"
        raise Refused(f"As {ROLES[role].title.lower()} this person works with {words}. Let "
                      "somebody take over first, by a change of each case or an import.")
    work.session.delete(held)
    work.audit("take_role_away", about=f"person:{person_id}", role=role)
    work.session.flush()
    theirs = select(Task.child_id).where(Task.assignee_id == person_id, IS_OPEN).distinct()
    for child_id in work.session.scalars(theirs).all():
        give_tasks_again(work, child_id)


def _where(search: str, role: str, team: str, active: str) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if search:
        where.append(or_(Person.name.icontains(search, autoescape=True),
                         Person.email.icontains(search, autoescape=True)))
    if role:
        where.append(exists().where(PersonRole.person_id == Person.id, PersonRole.role == role))
    if team:
        where.append(Person.team_id == _as_id(team))
    if active in ("yes", "no"):
        where.append(Person.active.is_(active == "yes"))
    return where


def _as_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _listed(work: Work, people: list[Person]) -> list[ListedPerson]:
    teams = {team.id: team.name for team in work.session.scalars(select(Team))}
    leaving = {row.person_id: row.last_day for row in work.session.scalars(
        select(Leaving).where(Leaving.person_id.in_([each.id for each in people])))}
    return [
        ListedPerson(each.id, each.name, each.email, _in_order(each),
                     teams.get(each.team_id, "") if each.team_id else "", each.active,
                     leaving.get(each.id))
        for each in people
    ]


def _in_order(person: Person) -> tuple[str, ...]:
    held = {row.role for row in person.roles}
    return tuple(key for key in ROLES if key in held)


def _team(work: Work) -> tuple[Field, ...]:
    options = tuple(Option(str(team.id), team.name)
                    for team in work.session.scalars(select(Team).order_by(Team.name)))
    if not options:
        return ()
    return (Field("team", "select", "Team", "team", options=options),)
