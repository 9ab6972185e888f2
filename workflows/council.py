"""What is the council's own: its name, the days it is closed, term dates."""

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.cases import calendar_changed
from engine.store.base import Base
from engine.work import Work, query, verb
from workflows.calendar import Calendar, Term


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


@query
def council_name(work: Work) -> str:
    row = work.session.get(CouncilSetting, "name")
    return row.value if row else "Your council"


@verb
def set_council_name(work: Work, name: str) -> None:
    work.session.merge(CouncilSetting(name="name", value=name))
    work.audit("set_council_name")


@verb
def add_closure(work: Work, day: date, reason: str) -> None:
    """Close the council on a day: local dates of every running case are worked out anew."""
    work.session.merge(Closure(day=day, reason=reason))
    work.audit("add_closure", day=day)
    work.session.flush()
    calendar_changed(work, f"council closed on {day.isoformat()}")


@verb
def add_term(work: Work, area: str, starts_on: date, ends_on: date) -> None:
    work.session.add(SchoolTerm(area=area, starts_on=starts_on, ends_on=ends_on))
    work.audit("add_term")


def read_calendar(session: Session, today: date) -> Calendar:
    closures = frozenset(session.scalars(select(Closure.day)))
    terms = session.scalars(select(SchoolTerm).order_by(SchoolTerm.starts_on))
    return Calendar(
        closures, tuple(Term(term.starts_on, term.ends_on) for term in terms), today
    )
