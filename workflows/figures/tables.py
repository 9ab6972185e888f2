"""Tables of what was counted. None of them is a source; all can be counted anew."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, String, Uuid, false, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base

_IS_OPEN = text("met_on IS NULL AND ended_on IS NULL")
_IS_NONE = text("cases = 0")


class FiguresPosition(Base):
    """How far the figures have followed (one row, id 1)."""

    __tablename__ = "figures_position"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    """Everything that happened up to here is counted."""
    counted_at: Mapped[datetime]
    """As of when the figures are."""
    day: Mapped[date | None]
    """The day in London on which every child in care was counted last, or is being."""
    day_child_id: Mapped[UUID | None]
    """The child to whom that day's count has come, in the order of ids; None: it is done."""
    standing_to: Mapped[date | None]
    """The last day of which `StandingDay` is written."""
    stands: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether `StandingCount` is written of all cases that run."""


class Clock(Base):
    """One limit that a case is measured by, and when it was met."""

    __tablename__ = "clock"
    __table_args__ = (
        Index("ix_clock_due", "deadline", "due_on", "met_on", "ended_on", "explained", "child_id",
              "case_id", "team_id", "school_id"),
        Index("ix_clock_open", "due_on", "deadline", "at_pace_on", "at_limits_on", "child_id",
              "met_on", "ended_on", sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
    )

    case_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    deadline: Mapped[str] = mapped_column(String(4), primary_key=True)
    """Key of `pep.deadlines.BY_ID`."""
    child_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    procedure: Mapped[str] = mapped_column(String(64))
    due_on: Mapped[date]
    met_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    """When the case came to its end."""
    explained: Mapped[bool]
    """The reason for being late is on record."""
    school_id: Mapped[UUID | None]
    """Of the child on the day of the limit, or today where that is still to come."""
    team_id: Mapped[UUID | None]
    """Of the social worker on that day."""
    at_limits_on: Mapped[date | None]
    """While it is unmet: the earliest day if each step takes all its time (`forecast.py`)."""
    at_pace_on: Mapped[date | None]
    """The same if each takes its usual time; None where there is not enough history."""
    history: Mapped[int]
    """The fewest finished times behind any pace on the way that decides."""
    decided_by: Mapped[str | None] = mapped_column(String(128))
    """The step at which the case stands and on which these days hang."""
    longer_by: Mapped[int]
    """Working days that step has been open beyond its usual time."""


class LimitCount(Base):
    """How many limits of a day stand so, as far as no day's passing alone can change it."""

    __tablename__ = "limit_count"
    __table_args__ = (
        Index("ix_limit_count_none", "cases", sqlite_where=_IS_NONE, postgresql_where=_IS_NONE),
        Index("ix_limit_count_stands", "stands", "due_on", "deadline", "cases"),
    )

    deadline: Mapped[str] = mapped_column(String(4), primary_key=True)
    """Key of `pep.deadlines.BY_ID`."""
    due_on: Mapped[date] = mapped_column(primary_key=True)
    stands: Mapped[str] = mapped_column(String(16), primary_key=True)
    """A `limit_counts.Stands`."""
    cases: Mapped[int]


class Lacking(Base):
    """What a child in care has not and should have, why they need none, or that nothing is lacking.

    Each child in care has a row.
    """

    __tablename__ = "lacking"
    __table_args__ = (Index("ix_lacking_what", "what", "since", "child_id"),)

    child_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    what: Mapped[str] = mapped_column(String(24), primary_key=True)
    """A `lacking.What`."""
    since: Mapped[date]
    """Of what is late, its limit; of what is still in time, the limit to come; else the day on
    which the child came into care."""


class PlanFigures(Base):
    """Of a plan that both have signed: how good it was found, and what stands in it, as numbers."""

    __tablename__ = "plan_figures"
    __table_args__ = (
        Index("ix_plan_figures_month", "month", "rating", "own_voice", "targets", "smart",
              "judged", "met", "child_id"),
    )

    case_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    child_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    procedure: Mapped[str] = mapped_column(String(64))
    month: Mapped[date]
    """First day of the month in which both had signed."""
    rating: Mapped[str] = mapped_column(String(16))
    """Empty where quality assurance has not rated it."""
    own_voice: Mapped[bool]
    targets: Mapped[int]
    smart: Mapped[int]
    judged: Mapped[int]
    met: Mapped[int]


class SectionRating(Base):
    """How good quality assurance found a section of a plan."""

    __tablename__ = "section_rating"

    case_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    section: Mapped[str] = mapped_column(String(64), primary_key=True)
    child_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    month: Mapped[date]
    rating: Mapped[str] = mapped_column(String(16))


class SectionCount(Base):
    """Of how many plans a section was found so good."""

    __tablename__ = "section_count"
    __table_args__ = (
        Index("ix_section_count_none", "cases", sqlite_where=_IS_NONE, postgresql_where=_IS_NONE),
    )

    month: Mapped[date] = mapped_column(primary_key=True)
    section: Mapped[str] = mapped_column(String(64), primary_key=True)
    rating: Mapped[str] = mapped_column(String(16), primary_key=True)
    cases: Mapped[int]


class PremiumUse(Base):
    """What pupil premium plus pays for in a plan, by the area it serves and by how it works."""

    __tablename__ = "premium_use"
    __table_args__ = (
        Index("ix_premium_use_month", "month", "purpose", "effect", "uses", "pounds", "child_id"),
    )

    case_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    purpose: Mapped[str] = mapped_column(String(64), primary_key=True)
    effect: Mapped[str] = mapped_column(String(64), primary_key=True)
    child_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    month: Mapped[date]
    uses: Mapped[int]
    pounds: Mapped[int]


class StepTime(Base):
    """How often a step took so many working days, by the month in which it was completed."""

    __tablename__ = "step_time"

    procedure: Mapped[str] = mapped_column(String(64), primary_key=True)
    element: Mapped[str] = mapped_column(String(128), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    """Its first day."""
    measure: Mapped[str] = mapped_column(String(8), primary_key=True)
    """A `step_times.Measure`."""
    days: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Working days from the day on which it began: 0 is the same day."""
    times: Mapped[int]
    late: Mapped[int]
    """How many of them after their due date."""


class StoodAlike(Base):
    """How many cases waited at a step with so many days left, and how many of them came late."""

    __tablename__ = "stood_alike"

    procedure: Mapped[str] = mapped_column(String(64), primary_key=True)
    deadline: Mapped[str] = mapped_column(String(4), primary_key=True)
    element: Mapped[str] = mapped_column(String(128), primary_key=True)
    quarter: Mapped[date] = mapped_column(primary_key=True)
    """Its first day; that in which the cases ended."""
    days_left: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Working days until the limit, as a day began; 0 on the last."""
    cases: Mapped[int]
    late: Mapped[int]


class CameTrue(Base):
    """What earlier cases would have said of those that ended in a quarter, and what came true."""

    __tablename__ = "came_true"

    quarter: Mapped[date] = mapped_column(primary_key=True)
    band: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Of `probability.BANDS`: how likely it was said to be that they came late."""
    cases: Mapped[int]
    """A limit of a case is one, in each band in which something was said of it."""
    said: Mapped[int] = mapped_column(BigInteger)
    """Per mille, added up."""
    late: Mapped[int]


class StandingDay(Base):
    """How many cases stood at a step, or waited for a date, as a day ended."""

    __tablename__ = "standing_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    procedure: Mapped[str] = mapped_column(String(64), primary_key=True)
    element: Mapped[str] = mapped_column(String(128), primary_key=True)
    """Empty: anywhere in the procedure."""
    cases: Mapped[int]
    late: Mapped[int]
    since: Mapped[datetime]
    """When the oldest of what was open here began."""


class CaseStanding(Base):
    """Where a running case stands, as it was counted last."""

    __tablename__ = "case_standing"

    case_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    element: Mapped[str] = mapped_column(String(128), primary_key=True)
    """Empty: anywhere in the procedure."""
    child_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    procedure: Mapped[str] = mapped_column(String(64))
    due_on: Mapped[date]
    """The first of what is due here; `date.max` where nothing is."""
    began_on: Mapped[date]
    """In London, the first of what is open here."""


class StandingCount(Base):
    """`CaseStanding` added up, which names no case."""

    __tablename__ = "standing_count"
    __table_args__ = (
        Index("ix_standing_count_none", "cases", sqlite_where=_IS_NONE, postgresql_where=_IS_NONE),
    )

    procedure: Mapped[str] = mapped_column(String(64), primary_key=True)
    element: Mapped[str] = mapped_column(String(128), primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    began_on: Mapped[date] = mapped_column(primary_key=True)
    cases: Mapped[int]


class Variant(Base):
    """A way that finished cases went: the steps that were done, in order."""

    __tablename__ = "variant"

    procedure: Mapped[str] = mapped_column(String(64), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """In which they ended."""
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Of the steps, as canonical JSON."""
    steps: Mapped[Any]
    """Ids of elements; several of one step side by side stand once."""
    cases: Mapped[int]
