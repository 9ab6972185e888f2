"""Involvements: dated relationships of people with children. Access and tasks stand on them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Select,
    String,
    Uuid,
    and_,
    bindparam,
    exists,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from engine.domain import Actor, RolePeople
from engine.errors import AnswersInvalid
from engine.store.among import among
from engine.store.base import Base
from engine.store.models import IS_RUNNING, RUNNING, Case, Task
from engine.store.together import Together
from engine.tasks import reassign_by_rule
from engine.work import Work, query, verb
from workflows.absences.table import IS_BEGUN_FOR_ANOTHER, ROLE_STOOD_IN, Absence, lasts
from workflows.people import Person, PersonRole
from workflows.roles import ROLES
from workflows.sight.table import (
    ConflictOfInterest,
    Restriction,
    in_conflict,
    is_restricted,
)

MUST_NOT_SEE = "This person must not see the record of this child. Choose somebody else"
LOOKED_BACK = timedelta(days=60)
"""How long Pepway may have been switched off and still notice whose involvement has ended."""


class Involvement(Base):
    __tablename__ = "involvement"
    __table_args__ = (Index("ix_involvement_person", "person_id", "child_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    child_id: Mapped[UUID] = mapped_column(ForeignKey("child.id"), index=True)
    role: Mapped[str] = mapped_column(String(64))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    """The last day on which it holds."""


@dataclass(frozen=True, slots=True)
class InvolvementView:
    id: UUID
    person_id: UUID
    name: str
    email: str
    role: str
    starts_on: date
    ends_on: date | None


@verb
def start_involvement(
    work: Work, child_id: UUID, person_id: UUID, role: str, starts_on: date
) -> UUID:
    """Give a person a role for a child from a day on; open tasks follow at once.

    Raises `AnswersInvalid` where the person does not hold the role, or must not see the child.
    """
    _must_be_able_to_see(work, child_id, person_id)
    holds = work.session.get(PersonRole, (person_id, role))
    if holds is None:
        title = ROLES[role].title.lower() if role in ROLES else role
        raise AnswersInvalid({"person": f"This person is not a {title}"})
    row = Involvement(
        id=uuid4(), person_id=person_id, child_id=child_id, role=role, starts_on=starts_on
    )
    work.session.add(row)
    work.event(None, "involvement_started", child_id=child_id, person=person_id, role=role)
    work.audit("start_involvement", child_id=child_id, about=f"involvement:{row.id}")
    give_tasks_again(work, child_id)
    return row.id


def _must_be_able_to_see(work: Work, child_id: UUID, person_id: UUID) -> None:
    if work.session.scalar(select(in_conflict(literal(person_id), literal(child_id)))):
        raise AnswersInvalid({"person": MUST_NOT_SEE})


@verb
def end_involvement(work: Work, involvement_id: UUID, ends_on: date) -> None:
    """End it after a day; access ends with it, and open tasks go where the rule says."""
    row = work.session.get_one(Involvement, involvement_id)
    row.ends_on = ends_on
    work.event(None, "involvement_ended", child_id=row.child_id, person=row.person_id,
               role=row.role)
    work.audit("end_involvement", child_id=row.child_id, about=f"involvement:{row.id}")
    give_tasks_again(work, row.child_id)


@verb
def hand_over(
    work: Work, child_id: UUID, role: str, to: UUID | None, from_on: date
) -> None:
    """From a day on nobody but `to` holds the role for the child; None leaves it to its cover.

    The rule runs once, after the change of hands: nobody is given tasks in between. Raises
    `AnswersInvalid` as `start_involvement`.
    """
    if to is not None:
        _must_be_able_to_see(work, child_id, to)
    standing = holders_from(work, child_id, role, from_on)
    for row in _rows_from(work, child_id, role, from_on):
        if row.person_id != to:
            row.ends_on = from_on - timedelta(days=1)
            work.event(None, "involvement_ended", child_id=child_id, person=row.person_id,
                       role=role)
    if to is not None and to not in standing:
        start_involvement(work, child_id, to, role, from_on)
    else:
        give_tasks_again(work, child_id)


@verb
def end_all_involvements(work: Work, child_id: UUID, ends_on: date) -> None:
    """The last day on which anyone is involved with the child."""
    rows = work.session.scalars(
        select(Involvement).where(
            Involvement.child_id == child_id,
            or_(Involvement.ends_on.is_(None), Involvement.ends_on > ends_on),
        )
    )
    for row in rows:
        row.ends_on = ends_on
        work.event(None, "involvement_ended", child_id=child_id, person=row.person_id,
                   role=row.role)
    give_tasks_again(work, child_id)


def holders_from(work: Work, child_id: UUID, role: str, on: date) -> dict[UUID, date]:
    """Who holds the role on a day or after it, each with the day it began."""
    return {row.person_id: row.starts_on for row in _rows_from(work, child_id, role, on)}


def _rows_from(work: Work, child_id: UUID, role: str, on: date) -> list[Involvement]:
    return list(
        work.session.scalars(
            select(Involvement)
            .where(
                Involvement.child_id == child_id,
                Involvement.role == role,
                or_(Involvement.ends_on.is_(None), Involvement.ends_on >= on),
            )
            .order_by(Involvement.starts_on)
        )
    )


@query
def people_around(work: Work, child_id: UUID) -> list[InvolvementView]:
    """Everyone involved today, in the order of the roles."""
    return by_role(work.session.execute(PEOPLE_AROUND, {"child_id": child_id, "on": work.today}))


def by_role(people: Iterable[Any]) -> list[InvolvementView]:
    """Rows of `PEOPLE_AROUND`, in the order of the roles."""
    order = list(ROLES)
    return [InvolvementView(*each) for each in sorted(people, key=lambda it: order.index(it.role))]


def in_force(on: date | BindParameter[date]) -> tuple[ColumnElement[bool], ...]:
    """Conditions that keep the involvements of a day."""
    return (
        Involvement.starts_on <= on,
        or_(Involvement.ends_on.is_(None), Involvement.ends_on >= on),
    )


PEOPLE_AROUND = (
    select(Involvement.id, Involvement.person_id, Person.name, Person.email, Involvement.role,
           Involvement.starts_on, Involvement.ends_on)
    .join(Person, Person.id == Involvement.person_id)
    .where(Involvement.child_id == bindparam("child_id"),
           *in_force(bindparam("on", type_=Date())))
)
HELD = select(Involvement.child_id, Involvement.role, Involvement.starts_on).where(
    Involvement.person_id == bindparam("person_id"),
    among(Involvement.child_id, "children"),
    *in_force(bindparam("on", type_=Date())),
)
"""A person's roles for each of some children on a day."""
COVERED = (
    select(Involvement.child_id, Involvement.role, Absence.starts_on)
    .join(Absence, Absence.person_id == Involvement.person_id)
    .where(Absence.cover_id == bindparam("person_id"), lasts(bindparam("on", type_=Date())),
           ~in_conflict(Involvement.person_id, Involvement.child_id),
           *in_force(bindparam("on", type_=Date())))
)
BEGUN_BY = (
    select(Involvement.child_id, Involvement.role, Involvement.starts_on)
    .join(Task, and_(Task.stands_in_for == Involvement.person_id,
                     Task.child_id == Involvement.child_id, Involvement.role == ROLE_STOOD_IN))
    .where(Task.assignee_id == bindparam("person_id"), IS_BEGUN_FOR_ANOTHER,
           *in_force(bindparam("on", type_=Date())))
)
"""The roles in which a person stands in for colleagues on a day, with which children: as long as
the colleague is away; and with a task that they have begun (`workflows/absences/table.py`)."""
_CHILD = bindparam("child_id", type_=Uuid())
_ON = bindparam("on", type_=Date())
_COVER, _AWAY_TOO = aliased(Person), aliased(Absence)


def _may_stand_in(child_id: Any) -> ColumnElement[bool]:
    return and_(
        _COVER.id == Absence.cover_id,
        _COVER.active,
        exists().where(PersonRole.person_id == _COVER.id, PersonRole.role == Involvement.role),
        ~exists().where(_AWAY_TOO.person_id == _COVER.id, lasts(_ON, _AWAY_TOO)),
        ~is_restricted(child_id),
        ~in_conflict(_COVER.id, child_id),
    )


COVERS = (
    select(Involvement.child_id, Involvement.role, Involvement.person_id.label("away_id"),
           _COVER.id.label("cover_id"))
    .join(Absence, and_(Absence.person_id == Involvement.person_id, lasts(_ON)))
    .join(_COVER, _may_stand_in(Involvement.child_id))
    .where(among(Involvement.child_id, "children"),
           *in_force(_ON))
)
"""Of some children, who stands in on a day, in which role and for whom."""
def _involved(child_id: Any, of_them: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(Involvement.role, Involvement.person_id, Involvement.starts_on,
               Absence.person_id.label("away_id"), _COVER.id.label("cover_id"))
        .join(Person, Person.id == Involvement.person_id)
        .outerjoin(Absence, and_(Absence.person_id == Involvement.person_id, lasts(_ON)))
        .outerjoin(_COVER, _may_stand_in(child_id))
        .where(of_them, Person.active, ~in_conflict(Person.id, child_id), *in_force(_ON))
    )


def _begun(child_id: Any, of_them: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(ROLE_STOOD_IN.label("role"), Task.assignee_id.label("person_id"))
        .join(Person, Person.id == Task.assignee_id)
        .where(of_them, IS_BEGUN_FOR_ANOTHER, Person.active,
               ~is_restricted(child_id), ~in_conflict(Person.id, child_id))
    )


INVOLVED = _involved(_CHILD, Involvement.child_id == _CHILD)
"""`away_id` is set of somebody who is away that day, `cover_id` where somebody stands in."""
_OF_THE_COUNCIL = (
    select(PersonRole.role, PersonRole.person_id)
    .join(Person, Person.id == PersonRole.person_id)
    .where(Person.active,
           PersonRole.role.in_([r.key for r in ROLES.values() if r.whole_council]))
)
HOLDERS = _OF_THE_COUNCIL.where(~is_restricted(_CHILD), ~in_conflict(Person.id, _CHILD))
"""Nobody of the whole council for a restricted record: only those who are involved."""
BEGUN = _begun(_CHILD, Task.child_id == _CHILD)
"""Who has begun a task in somebody's place: it is theirs also when that colleague is back."""
_AROUND = Together(involved=INVOLVED, holders=HOLDERS, begun=BEGUN)
_AROUND_EACH = Together(
    involved=_involved(Involvement.child_id, among(Involvement.child_id, "children"))
    .add_columns(Involvement.child_id),
    holders=_OF_THE_COUNCIL,
    begun=_begun(Task.child_id, among(Task.child_id, "children")).add_columns(Task.child_id),
    restricted=select(Restriction.child_id).where(
        among(Restriction.child_id, "children"), Restriction.lifted_at.is_(None)),
    conflicts=select(ConflictOfInterest.child_id, ConflictOfInterest.person_id).where(
        among(ConflictOfInterest.child_id, "children"), ConflictOfInterest.ended_at.is_(None)),
)


def people_for(session: Session, child_id: UUID, role: str, on: date) -> RolePeople:
    """Who may do a role's tasks for the child on a day, by the assignment rule."""
    return people_around_child(session, child_id, on).people_for(role)


def people_around_child(session: Session, child_id: UUID, on: date) -> "PeopleAround":
    """To ask for several roles."""
    return PeopleAround(**_AROUND.read(session, child_id=child_id, on=on))


def people_around_children(
    session: Session, children: Iterable[UUID], on: date
) -> "dict[UUID, PeopleAround]":
    """Of many children, read at once."""
    wanted = list(children)
    read = _AROUND_EACH.read(session, children=wanted, on=on)
    restricted = {row.child_id for row in read["restricted"]}
    apart = {(row.child_id, row.person_id) for row in read["conflicts"]}
    rows: dict[UUID, tuple[list[Any], list[Any]]] = {each: ([], []) for each in wanted}
    for number, some in enumerate((read["involved"], read["begun"])):
        for row in some:
            rows[row.child_id][number].append(row)
    return {
        child_id: PeopleAround(
            involved, [] if child_id in restricted else [
                row for row in read["holders"] if (child_id, row.person_id) not in apart], begun)
        for child_id, (involved, begun) in rows.items()
    }


class PeopleAround:
    """The assignment rule over rows of `INVOLVED`, `HOLDERS` and `BEGUN` (design decision 11)."""

    def __init__(
        self, involved: Sequence[Any], holders: Sequence[Any], begun: Sequence[Any]
    ) -> None:
        self._involved = sorted(involved, key=lambda each: each.starts_on)
        self._holders, self._begun = holders, begun

    def without(
        self, person: UUID, cover: UUID | None = None, roles: Collection[str] = ()
    ) -> "PeopleAround":
        """As if this person were away, and `cover`, who holds these roles, in their place."""
        involved = [
            row._replace(away_id=person, cover_id=cover if row.role in roles else None)
            if row.person_id == person
            else row._replace(cover_id=None) if row.cover_id == person else row
            for row in self._involved
        ]
        return PeopleAround(involved, self._holders, self._begun)

    def people_for(self, role: str) -> RolePeople:
        """People with an involvement, or whoever stands in for them; else, for a role of the whole
        council, all who hold it; else the people of the role that covers. `reserve` are others who
        may be given a task.

        Somebody who is away with nobody in their place is passed over where anybody else is there.
        """
        declared = ROLES[role]
        here = [row for row in self._involved if row.role == role]
        away = _each_once(row.person_id for row in here if row.away_id)
        instead_of = {row.cover_id: row.person_id for row in here if row.cover_id}
        at_work = _each_once(row.person_id for row in here if not row.away_id)
        present = _each_once((*at_work, *(each for each in instead_of if each not in at_work)))
        begun = (row.person_id for row in self._begun if row.role == role)
        others = {*(row.person_id for row in self._holders if row.role == role), *begun, *away}
        if present:
            covering = self.people_for(declared.cover).people if declared.cover else ()
            return RolePeople(
                present, None, tuple({*others, *covering} - set(present)),
                {cover: person for cover, person in instead_of.items() if cover not in at_work},
                away)
        found = self._by_the_role(role, others)
        people = tuple(each for each in found.people if each not in away)
        if not away:
            return found
        if not people:
            return RolePeople(away)
        return RolePeople(people, found.cover_role, tuple(others - set(people)),
                          dict.fromkeys(people, away[0]), away)

    def _by_the_role(self, role: str, others: AbstractSet[UUID]) -> RolePeople:
        """Where nobody is involved in the role, or nobody of them is there."""
        declared = ROLES[role]
        if declared.whole_council or declared.cover is None:
            return RolePeople(_each_once(
                row.person_id for row in self._holders if row.role == role))
        covering = self.people_for(declared.cover)
        return RolePeople(covering.people, covering.cover_role or declared.cover,
                          tuple(others - set(covering.people)), covering.instead_of)


def _each_once(people: Iterable[UUID]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(people))


def may_hold(actor: Actor, role: str, held: Mapping[str, date]) -> bool:
    """Whether a task of a role may still be this person's: by the role, or by one that covers it.

    `held` are the roles that they hold today for the child.
    """
    at: str | None = role
    while at is not None:
        if at in actor.roles and (ROLES[at].whole_council or at in held):
            return True
        at = ROLES[at].cover
    return False


@verb
def give_tasks_again(work: Work, child_id: UUID) -> None:
    """Run the assignment rule in every running case of the child."""
    work.session.flush()
    running = work.session.scalars(
        select(Case.id)
        .where(Case.child_id == child_id, Case.status.in_(RUNNING))
        .order_by(Case.id)  # the order in which `still_allowed` holds them
    )
    for case_id in running.all():
        reassign_by_rule(work, case_id)


@query
def changed_hands_by_the_calendar(work: Work) -> list[UUID]:
    """Children with a running case, round whom somebody came or went lately.

    An involvement may be entered ahead of its day; then nobody acts when the day comes.
    """
    since = work.today - LOOKED_BACK
    return list(
        work.session.scalars(
            select(Involvement.child_id)
            .join(Case, Case.child_id == Involvement.child_id)
            .where(
                IS_RUNNING,
                or_(
                    and_(Involvement.starts_on > since, Involvement.starts_on <= work.today),
                    and_(Involvement.ends_on >= since, Involvement.ends_on < work.today),
                ),
            )
            .distinct()
        )
    )
