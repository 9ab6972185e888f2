"""Children in care: who they are, where they live and where they learn."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    ForeignKey,
    String,
    Text,
    and_,
    bindparam,
    exists,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, validates

from engine.errors import NotFound
from engine.store.among import among
from engine.store.base import Base
from engine.store.together import Together
from engine.work import Work, query
from workflows.school_names import SchoolWord, words_in

LONGEST_NUMBER = 32


class School(Base):
    __tablename__ = "school"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    urn: Mapped[str] = mapped_column(String(6), unique=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    phase: Mapped[str] = mapped_column(String(32))
    area: Mapped[str] = mapped_column(String(200))
    """The council in whose area it lies."""
    words: Mapped[list[SchoolWord]] = relationship(cascade="all, delete-orphan")

    @validates("name")
    def _keep_words(self, _key: str, name: str) -> str:
        """Whoever names a school lets it be found by that name, and by no other."""
        self.words = [SchoolWord(word=word) for word in sorted(words_in(name))]
        return name


class Child(Base):
    __tablename__ = "child"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    given_names: Mapped[str] = mapped_column(String(300))
    family_name: Mapped[str] = mapped_column(String(300), index=True)
    known_as: Mapped[str] = mapped_column(String(300), default="")
    born_on: Mapped[date] = mapped_column(Date, index=True)
    upn: Mapped[str | None] = mapped_column(String(13), unique=True)
    council_number: Mapped[str | None] = mapped_column(
        String(LONGEST_NUMBER), unique=True, index=True)
    """By which the council's own case system knows the child; in capitals."""
    looked_after_on: Mapped[date]
    """When the present time in care began; of one who has left, the last."""
    legal_status: Mapped[str] = mapped_column(String(64), default="")
    out_of_area: Mapped[bool] = mapped_column(default=False)
    care_period: Mapped[int] = mapped_column(default=1, server_default="1")
    """Which time in care this is: 1, and one more with each return."""

    @validates("council_number")
    def _in_capitals(self, _key: str, number: str | None) -> str | None:
        return as_it_is_kept(number or "") or None


class EndOfCare(StrEnum):
    """How a time in this council's care came to its end."""

    CEASED = "ceased"
    TRANSFERRED = "transferred"
    DIED = "died"


class CarePeriod(Base):
    """A time in this council's care that is over."""

    __tablename__ = "care_period"

    child_id: Mapped[UUID] = mapped_column(ForeignKey("child.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    began_on: Mapped[date]
    ended_on: Mapped[date]
    """The last day in care."""
    ended_by: Mapped[str] = mapped_column(String(16))


IN_CARE = ~exists().where(
    CarePeriod.child_id == Child.id, CarePeriod.number == Child.care_period
)
"""Of children, joined: whose time in care is not over."""

DIED = select(CarePeriod.child_id).where(CarePeriod.ended_by == EndOfCare.DIED)
"""Children of whom nothing is told any more."""


class Placement(Base):
    __tablename__ = "placement"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    child_id: Mapped[UUID] = mapped_column(ForeignKey("child.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    planned: Mapped[bool]
    kind: Mapped[str] = mapped_column(String(64), default="")
    address: Mapped[str] = mapped_column(Text, default="")
    """Field class placement_address: shown to few."""


class Enrolment(Base):
    __tablename__ = "enrolment"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    child_id: Mapped[UUID] = mapped_column(ForeignKey("child.id"), index=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    """The last day there."""


@dataclass(frozen=True, slots=True)
class ChildView:
    id: UUID
    reference: str
    name: str
    born_on: date
    upn: str | None
    council_number: str | None
    looked_after_on: date
    placement_start: date
    planned_placement: bool
    placement_kind: str
    placement_address: str
    out_of_area: bool
    school: str | None
    year_group: int | None
    """0 is Reception; None before it and after Year 13."""


@dataclass(frozen=True, slots=True)
class ListedChild:
    """What a list says of a child."""

    id: UUID
    name: str
    school: str | None
    year_group: int | None
    """As in `ChildView`."""
    full_name: str
    known_as: str


@query
def get_child(work: Work, child_id: UUID) -> ChildView:
    """Raises `NotFound`."""
    found = children_by_id(work, [child_id])
    if child_id not in found:
        raise NotFound
    return found[child_id]


def as_it_is_kept(council_number: str) -> str:
    """However it was typed."""
    return council_number.strip().upper()


@query
def child_with_number(work: Work, council_number: str) -> UUID:
    """The child whom the council's own case system knows by this number. Raises `NotFound`."""
    number = as_it_is_kept(council_number)
    child_id = work.session.scalar(select(Child.id).where(Child.council_number == number))
    if child_id is None:
        raise NotFound
    return child_id


@query
def children_by_id(work: Work, ids: Iterable[UUID]) -> dict[UUID, ChildView]:
    return views_of(_READ.read(work.session, ids=list(set(ids)), on=work.today), work.today)


def views_of(found: Mapping[str, Sequence[Any]], on: date) -> dict[UUID, ChildView]:
    """By id, from the rows of `OF_CHILDREN`."""
    placements, schools = _current(found["placements"], on), dict(found["schools"])
    return {
        child.id: _view(child, placements.get(child.id), schools.get(child.id), on)
        for child in found["children"]
    }


@query
def children_listed(work: Work, ids: Iterable[UUID]) -> dict[UUID, ListedChild]:
    """As `children_by_id`, of a whole page of them, without what no list says."""
    today = work.today
    rows = work.session.execute(
        select(Child.id, Child.given_names, Child.family_name, Child.known_as, Child.born_on,
               School.name)
        .outerjoin(Enrolment, and_(Enrolment.child_id == Child.id, *attended(today)))
        .outerjoin(School, School.id == Enrolment.school_id)
        .where(among(Child.id, set(ids)))
    )
    return {
        child_id: ListedChild(child_id, _called(given, family, known_as), school,
                              year_group(born_on, today), f"{given} {family}", known_as)
        for child_id, given, family, known_as, born_on, school in rows
    }


class Placed(Protocol):
    @property
    def starts_on(self) -> date: ...


AnyPlacement = TypeVar("AnyPlacement", bound=Placed)


def first_placement(session: Session, child_id: UUID, in_care_since: date) -> Placement | None:
    """The placement that the ten working days count from: the first of that time in care."""
    placements = session.scalars(select(Placement).where(Placement.child_id == child_id))
    return first_of(list(placements), in_care_since)


def first_of(placements: Sequence[AnyPlacement], in_care_since: date) -> AnyPlacement | None:
    """As `first_placement`, of placements that have been read."""
    return min(
        placements, key=lambda each: (each.starts_on < in_care_since, each.starts_on), default=None
    )


def end_of_care(session: Session, child: Child) -> CarePeriod | None:
    """How and when the child left care; None while in care."""
    return session.get(CarePeriod, (child.id, child.care_period))


def school_of(work: Work, child_id: UUID) -> School | None:
    return work.session.scalar(
        select(School)
        .join(Enrolment, Enrolment.school_id == School.id)
        .where(Enrolment.child_id == child_id, *attended(work.today))
        .limit(1)
    )


def attended(on: date | BindParameter[date]) -> tuple[ColumnElement[bool], ...]:
    """Conditions that keep the enrolments of a day."""
    return (
        Enrolment.starts_on <= on,
        or_(Enrolment.ends_on.is_(None), Enrolment.ends_on >= on),
    )


class Enrolled(Protocol):
    @property
    def starts_on(self) -> date: ...

    @property
    def ends_on(self) -> date | None: ...


def goes_there(enrolled: Enrolled, on: date) -> bool:
    """As `attended`, of an enrolment that has been read."""
    return enrolled.starts_on <= on and (enrolled.ends_on is None or enrolled.ends_on >= on)


def year_group(born_on: date, on: date) -> int | None:
    """Year in an English school on a day: school years run from 1 September to 31 August."""
    year = school_year(born_on, on)
    return year if 0 <= year <= 13 else None


def school_year(born_on: date, on: date) -> int:
    """The year group, counted on: -1 is the year before Reception, 14 the one after Year 13."""
    academic_year = on.year if on.month >= 9 else on.year - 1
    turned_five_by = born_on.year + (1 if born_on.month >= 9 else 0) + 4
    return academic_year - turned_five_by


OF_CHILDREN: Mapping[str, Any] = {
    "children": select(
        Child.id, Child.reference, Child.given_names, Child.family_name, Child.known_as,
        Child.born_on, Child.upn, Child.looked_after_on, Child.out_of_area, Child.council_number,
    ).where(among(Child.id, "ids")),
    "placements": select(
        Placement.child_id, Placement.starts_on, Placement.planned, Placement.kind,
        Placement.address,
    ).where(among(Placement.child_id, "ids")),
    "schools": select(Enrolment.child_id, School.name)
    .join(School, School.id == Enrolment.school_id)
    .where(among(Enrolment.child_id, "ids"), *attended(bindparam("on", type_=Date()))),
}
"""What `views_of` is told from: asked for `ids`, on the day `on`."""
_READ = Together(**OF_CHILDREN)


def _current(placements: Sequence[Any], on: date) -> dict[UUID, Any]:
    """The newest placement that has begun; of a child who waits for the first one, that."""
    in_order = sorted(placements, key=lambda each: (each.starts_on <= on, each.starts_on))
    return {each.child_id: each for each in in_order}


def _view(child: Any, placement: Any, school: str | None, on: date) -> ChildView:
    return ChildView(
        id=child.id,
        reference=child.reference,
        name=_called(child.given_names, child.family_name, child.known_as),
        born_on=child.born_on,
        upn=child.upn,
        council_number=child.council_number,
        looked_after_on=child.looked_after_on,
        placement_start=placement.starts_on if placement else child.looked_after_on,
        planned_placement=bool(placement and placement.planned),
        placement_kind=placement.kind if placement else "",
        placement_address=placement.address if placement else "",
        out_of_area=child.out_of_area,
        school=school,
        year_group=year_group(child.born_on, on),
    )


def _called(given_names: str, family_name: str, known_as: str) -> str:
    return f"{known_as or given_names} {family_name}"
