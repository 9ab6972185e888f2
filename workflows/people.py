"""People who sign in: who they are and which roles they hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.domain import SYSTEM, Actor
from engine.errors import AnswersInvalid
from engine.store.among import among
from engine.store.base import Base
from engine.work import Acting, Work, query, verb
from workflows.roles import ROLES


class Team(Base):
    __tablename__ = "team"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(128), unique=True)


class Person(Base):
    __tablename__ = "person"
    __table_args__ = (Index("ix_person_name", "name", "id"), Index("ix_person_team", "team_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    """Empty for somebody who has chosen none."""
    active: Mapped[bool] = mapped_column(default=True)
    signs_on: Mapped[bool] = mapped_column(default=False)
    """They sign in by the council's own sign-on, and by no password."""
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"))
    added_on: Mapped[date | None]
    """Unknown of those who were here before this was written down."""

    roles: Mapped[list["PersonRole"]] = relationship(lazy="selectin")


class PersonRole(Base):
    __tablename__ = "person_role"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)


@dataclass(frozen=True, slots=True)
class PersonView:
    id: UUID
    name: str
    email: str
    roles: tuple[str, ...]
    """Keys of roles, in the order of `ROLES`."""


@verb
def add_person(
    work: Work,
    name: str,
    email: str,
    roles: Iterable[str],
    password_hash: str = "",
    team_id: UUID | None = None,
) -> UUID:
    """Without a password they are to be invited.

    Raises `AnswersInvalid` for an e-mail that is taken or a role that does not exist.
    """
    held = list(roles)
    unknown = [role for role in held if role not in ROLES]
    if unknown:
        raise AnswersInvalid({"roles": f"There is no role called {', '.join(unknown)}"})
    address = email.strip().lower()
    if work.session.scalar(select(Person.id).where(Person.email == address)):
        raise AnswersInvalid({"email": "Someone already signs in with this e-mail address"})
    person = Person(
        id=uuid4(), name=name, email=address, password_hash=password_hash, team_id=team_id,
        roles=[PersonRole(role=role) for role in held], added_on=work.today,
    )
    work.session.add(person)
    work.audit("add_person", about=f"person:{person.id}")
    return person.id


@query
def find_actor(work: Work, person_id: UUID) -> Actor | None:
    """The person as they may act now, or None where they have left."""
    person = work.session.get(Person, person_id)
    return _actor(person) if person is not None and person.active else None


@query
def find_by_email(work: Work, email: str) -> Actor | None:
    person = work.session.scalar(select(Person).where(Person.email == email.strip().lower()))
    return _actor(person) if person is not None and person.active else None


@query
def everyone(work: Work) -> list[PersonView]:
    """Active people by role, then name."""
    people = work.session.scalars(select(Person).where(Person.active).order_by(Person.name))
    views = [_view(person) for person in people]
    order = list(ROLES)
    return sorted(views, key=lambda view: order.index(view.roles[0]) if view.roles else 99)


@query
def names(work: Work, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Name by id; the system is Pepway."""
    wanted = {each for each in ids if each is not None and each != SYSTEM.id}
    rows = work.session.execute(_NAMES, {"ids": list(wanted)}).all() if wanted else ()
    return {SYSTEM.id: SYSTEM.name, **{row.id: row.name for row in rows}}


def name_of(by: Acting | Work, person_id: UUID | None) -> str:
    """Empty of nobody, and of somebody who is not known."""
    return names(by, [person_id]).get(person_id, "") if person_id else ""


_NAMES = select(Person.id, Person.name).where(among(Person.id, "ids"))


def hold_actor(work: Work) -> Actor | None:
    """The actor as they may act now, for as long as this transaction lasts; None where they have
    left. Whoever takes a role or the account away waits until it has ended."""
    work.session.execute(
        select(Person.id).where(Person.id == work.actor.id).with_for_update(key_share=True)
    )
    return find_actor(work, work.actor.id)


def one_at_a_time(work: Work) -> None:
    """Let other requests of the same person wait until this transaction has ended."""
    work.session.execute(
        select(Person.id).where(Person.id == work.actor.id).with_for_update()
    )


def _actor(person: Person) -> Actor:
    return Actor(person.id, person.name, frozenset(held.role for held in person.roles))


def _view(person: Person) -> PersonView:
    held = {row.role for row in person.roles}
    return PersonView(
        person.id, person.name, person.email, tuple(role for role in ROLES if role in held)
    )
