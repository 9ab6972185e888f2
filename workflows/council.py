"""What is the council's own: name, procedures, Virtual School Head, closures, terms, overlay."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from sqlalchemy import Executable, String, Text, and_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import insert as insert_in_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_in_sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.errors import AnswersInvalid, Refused
from engine.recalculation import calendar_changed
from engine.store.among import among
from engine.store.base import Base
from engine.work import Work, query, verb
from workflows.calendar import Calendar, Term
from workflows.children import Enrolment, School, goes_there
from workflows.involvements import LOOKED_BACK

NAMELESS = "Your council"

LINKS = ("looked_after_reviews",)
"""The council's other procedures that a form may link to (`pepway.link`)."""


class CouncilSetting(Base):
    __tablename__ = "council_setting"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class Closure(Base):
    """A day on which the council is closed; moves local deadlines, never a statutory one."""

    __tablename__ = "closure"

    day: Mapped[date] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(String(128))


class SchoolTerm(Base):
    __tablename__ = "school_term"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area: Mapped[str] = mapped_column(String(200))
    starts_on: Mapped[date]
    ends_on: Mapped[date]


@dataclass(frozen=True, slots=True)
class Termly:
    """Whether the council asks for a plan each term, beside the reviews of the law."""

    on: bool = False
    cut_offs: tuple[date, ...] = ()
    """Empty: the last day of each term, in the area of the child's school."""


@query
def council_name(work: Work) -> str:
    return _name_of_council(work.session)


@verb
def set_council_name(work: Work, name: str) -> None:
    work.session.merge(CouncilSetting(name="name", value=name))
    work.audit("set_council_name")


@query
def termly_overlay(work: Work) -> Termly:
    return termly_of(read_settings(work.session, ["termly"]).get("termly"))


@verb
def set_termly(work: Work, *, on: bool, cut_offs: Collection[date] = ()) -> None:
    """Switch the termly overlay on or off: dates of every running case follow soon.

    Raises `Refused` for cut-off dates without the overlay.
    """
    if cut_offs and not on:
        msg = "Cut-off dates mean nothing while the termly overlay is off. Leave them out."
        raise Refused(msg)
    days = [day.isoformat() for day in sorted(set(cut_offs))]
    work.session.merge(
        CouncilSetting(name="termly", value=json.dumps({"on": on, "cut_offs": days}))
    )
    work.audit("set_termly", on=on, cut_offs=days)
    work.session.flush()
    calendar_changed(work, "calendar: a plan each term")


@verb
def set_council_link(work: Work, name: str, address: str) -> None:
    """Where one of `LINKS` stands, shown on the steps that go by it; empty: shown nowhere."""
    if name not in LINKS:
        raise AnswersInvalid({"name": "Choose one of the council's procedures"})
    if address and (urlsplit(address).scheme not in ("http", "https") or " " in address):
        raise AnswersInvalid({"address": "Enter an address that begins with https://"})
    keep_settings(work.session, {f"link.{name}": address})
    work.audit("set_council_link")


def read_settings(session: Session, names: Iterable[str]) -> dict[str, str]:
    """Of these names, those that have a value."""
    rows = session.execute(
        select(CouncilSetting.name, CouncilSetting.value)
        .where(CouncilSetting.name.in_(list(names)))
    )
    return {row.name: row.value for row in rows if row.value}


def keep_settings(session: Session, values: Mapping[str, str]) -> None:
    """What stands so already is not written; where two write at once, the later one stands."""
    stand = read_settings(session, values)
    for name, value in values.items():
        if stand.get(name, "") != value:
            session.execute(_kept(session, name, value))


def _kept(session: Session, name: str, value: str) -> Executable:
    """Two cases may say the same thing for the first time at the same moment."""
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = insert_in_sqlite if on_sqlite else insert_in_postgresql
    return insert(CouncilSetting).values(name=name, value=value).on_conflict_do_update(
        index_elements=[CouncilSetting.name], set_={"value": value}
    )


@verb
def add_closure(work: Work, day: date, reason: str) -> None:
    """Close the council on a day: local dates of every running case follow soon."""
    work.session.merge(Closure(day=day, reason=reason))
    work.audit("add_closure", day=day)
    work.session.flush()
    calendar_changed(work, f"council closed on {day.isoformat()}")


@verb
def add_term(work: Work, area: str, starts_on: date, ends_on: date) -> None:
    """Add a stretch of school days; dates of every running case follow soon.

    `area` is the name of the council in whose area schools keep these dates.
    """
    work.session.add(SchoolTerm(area=area, starts_on=starts_on, ends_on=ends_on))
    work.audit("add_term", area=area)
    work.session.flush()
    calendar_changed(work, "calendar: term dates")


SETTINGS = select(CouncilSetting.name, CouncilSetting.value).where(
    among(CouncilSetting.name, "settings")
)
TERMS_AROUND = select(SchoolTerm.area, SchoolTerm.starts_on, SchoolTerm.ends_on).where(
    or_(
        SchoolTerm.area.in_(
            select(School.area)
            .join(Enrolment, Enrolment.school_id == School.id)
            .where(Enrolment.child_id == bindparam("child_id"))
        ),
        SchoolTerm.area == func.coalesce(
            select(CouncilSetting.value).where(CouncilSetting.name == "name").scalar_subquery(),
            NAMELESS,
        ),
    )
)
"""Of the council's own area and of every school that the child has gone to."""


class ChildCalendar:
    """Satisfies `calendar.Days` for one child on one day."""

    def __init__(
        self,
        session: Session,
        today: date,
        enrolments: Sequence[Any],
        settings: Mapping[str, str],
        terms: Sequence[Any],
    ) -> None:
        """`enrolments` with the area of each school, rows of `SETTINGS` and `TERMS_AROUND`."""
        self._session, self._terms = session, terms
        self.today: date | None = today
        self.area = area_of_school(enrolments, today) or settings.get("name", NAMELESS)
        """Of the school that the child goes to; of one without a place, the council's own."""
        self.termly = termly_of(settings.get("termly"))

    @cached_property
    def closures(self) -> frozenset[date]:
        """Read only where council days are counted, which is seldom."""
        return _closures(self._session)

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """In order of time."""
        mine = (Term(row.starts_on, row.ends_on) for row in self._terms if row.area == self.area)
        return tuple(sorted(mine, key=lambda term: term.starts_on))


def area_of_school(enrolments: Sequence[Any], on: date) -> str | None:
    """In whose area the school lies to which the child goes on a day."""
    now = [each for each in enrolments if goes_there(each, on)]
    return max(now, key=lambda each: each.starts_on).area if now else None


@query
def calendar_of_area(work: Work, area: str) -> Calendar:
    """The council's closures and the terms of one area, without a child."""
    return Calendar(_closures(work.session), _terms_of(work.session, area), work.today, area)


@query
def changed_school_by_the_calendar(work: Work) -> list[UUID]:
    """Children who came to a school or left one lately.

    A change of school may be entered ahead; from its day on, the terms of another area count.
    """
    since = work.today - LOOKED_BACK
    return list(
        work.session.scalars(
            select(Enrolment.child_id)
            .where(
                or_(
                    and_(Enrolment.starts_on > since, Enrolment.starts_on <= work.today),
                    and_(Enrolment.ends_on >= since, Enrolment.ends_on < work.today),
                )
            )
            .distinct()
        )
    )


def termly_of(setting: str | None) -> Termly:
    """As the setting has it, in JSON."""
    if setting is None:
        return Termly()
    kept = json.loads(setting)
    return Termly(kept["on"], tuple(date.fromisoformat(day) for day in kept["cut_offs"]))


def _closures(session: Session) -> frozenset[date]:
    return frozenset(session.scalars(select(Closure.day)))


def _terms_of(session: Session, area: str) -> tuple[Term, ...]:
    rows = session.scalars(
        select(SchoolTerm).where(SchoolTerm.area == area).order_by(SchoolTerm.starts_on)
    )
    return tuple(Term(row.starts_on, row.ends_on) for row in rows)


def _name_of_council(session: Session) -> str:
    row = session.get(CouncilSetting, "name")
    return row.value if row else NAMELESS
