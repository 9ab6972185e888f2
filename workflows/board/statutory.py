"""How plans and reviews stand against their limits: on time, late, to come; by month, team, school.

Read from the clocks that `figures/clocks.py` counts, and by month from what
`figures/limit_counts.py` adds up of them. Every measure says what it counts, for a figure without
its definition is not evidence.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from engine.store.among import among
from engine.work import Work, query
from workflows.access import visible
from workflows.board.narrowing import EVERYTHING, Narrowed
from workflows.calendar import months
from workflows.case_list.rows import CaseRow, case_rows
from workflows.children import School
from workflows.figures.limit_counts import IS_EXPLAINED, OPEN, Stands
from workflows.figures.tables import Clock, FiguresPosition, LimitCount
from workflows.people import Team
from workflows.pep.deadlines import BY_ID

MONTHS = 12
PAGE = 50
FEW = 20
"""Teams or schools that are shown before somebody asks for all."""


class Outcome(StrEnum):
    ON_TIME = "on time"
    EXPLAINED = "late, with the reason"
    LATE = "late, no reason given"
    TO_COME = "to come"
    NOT_COUNTED = "ended before its limit"


@dataclass(frozen=True, slots=True)
class Measure:
    """What is counted, in the words that a board of councillors reads."""

    deadline: str
    title: str
    definition: str

    @property
    def source(self) -> str:
        return BY_ID[self.deadline].source


MEASURES = (
    Measure("T2", "Plan prepared within 10 working days",
            "Initial plans whose tenth working day after the start of the first placement (or the "
            "third birthday) lies in the month. On time: both had signed by that day."),
    Measure("T3", "First review held within 20 working days",
            "First statutory reviews whose last lawful day lies in the month. On time: held by "
            "that day."),
    Measure("T4", "Plan there for the first review",
            "Initial plans that had to be with the reviewing officer 3 working days before the "
            "first review. On time: passed on by that day."),
    Measure("T5", "Second review within 3 months",
            "Second reviews whose last lawful day lies in the month. On time: held by that day."),
    Measure("T6", "Later reviews within 6 months",
            "Third and later reviews whose last lawful day lies in the month. On time: held by "
            "that day."),
    Measure("T7", "Plan reviewed before each review",
            "Plans whose review lies in the month (its day, or its last day where none is "
            "planned). On time: passed on to social worker and virtual school on the working day "
            "before."),
    Measure("T8", "A plan each term",
            "Where the council asks for it: plans whose term's cut-off day lies in the month. On "
            "time: both had signed by that day."),
)
BY_DEADLINE = {measure.deadline: measure for measure in MEASURES}
Days = defaultdict[str, defaultdict[date, Counter[Outcome]]]
"""By deadline and day."""
DayCount = tuple[str, date, Outcome, int]


@dataclass(slots=True)
class Tally:
    """How many came out how."""

    counts: Counter[Outcome] = field(default_factory=Counter)

    @property
    def due(self) -> int:
        """Whose limit is past: what a share is a share of."""
        return self.on_time + self.late

    @property
    def on_time(self) -> int:
        return self.counts[Outcome.ON_TIME]

    @property
    def late(self) -> int:
        return self.counts[Outcome.LATE] + self.counts[Outcome.EXPLAINED]

    @property
    def share(self) -> int | None:
        """Percent on time of those that were due, rounded down: 99.6 is not all."""
        return 100 * self.on_time // self.due if self.due else None


@dataclass(frozen=True, slots=True)
class MeasureFigures:
    measure: Measure
    months: Mapping[date, Tally]
    """By the month's first day, the earliest first."""
    whole: Tally


@dataclass(frozen=True, slots=True)
class Part:
    """One team or school, of one measure over all the months."""

    id: UUID | None
    name: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class Parts:
    shown: Sequence[Part]
    found: int


@dataclass(frozen=True, slots=True)
class StatutoryPage:
    first: date
    last: date
    """First days of the first and the last month."""
    figures: Sequence[MeasureFigures]
    counted_at: Any


@dataclass(frozen=True, slots=True)
class LateCase:
    case: CaseRow
    due_on: date
    met_on: date | None
    explained: bool


@dataclass(frozen=True, slots=True)
class LatePage:
    cases: Sequence[LateCase]
    found: int
    page: int
    pages: int


@query
def statutory_page(
    work: Work, until: date | None = None, which: Narrowed = EVERYTHING
) -> StatutoryPage:
    """The twelve months that end with the month of `until`, or with this month.

    Of every child; of a cohort only those whom the actor may see, for it may be a single one.
    """
    last = (until or work.today).replace(day=1)
    first = months(None, last, 1 - MONTHS)
    with _council_or_seen(work, which):
        found = _by_day(work, first, months(None, last, 1), which)
        counted_at = work.session.scalar(select(FiguresPosition.counted_at))
    span = [months(None, first, n) for n in range(MONTHS)]
    figures = [
        _figures(measure, span, found.get(measure.deadline, {}))
        for measure in MEASURES if measure.deadline in found or measure.deadline != "T8"
    ]
    return StatutoryPage(first, last, figures, counted_at)


@query
def by_part(
    work: Work, deadline: str, until: date | None = None, which: Narrowed = EVERYTHING, *,
    every: bool = False
) -> tuple[Parts, Parts]:
    """Teams, and schools, of one measure over the twelve months; who has most late comes first.

    As `statutory_page`.
    """
    last = (until or work.today).replace(day=1)
    first = months(None, last, 1 - MONTHS)
    with _council_or_seen(work, which):
        of_these = (Clock.deadline == deadline, Clock.due_on >= first,
                    Clock.due_on < months(None, last, 1),
                    *(_seen(work, which) if which.filters else ()))
        return (_parts(work, Team, Clock.team_id, of_these, "No social worker's team", every=every),
                _parts(work, School, Clock.school_id, of_these, "No school", every=every))


@query
def late_cases(
    work: Work, deadline: str, page: int = 1, which: Narrowed = EVERYTHING
) -> LatePage:
    """The cases that the measure counts as late, of those that the actor may see, newest first."""
    first = months(None, work.today.replace(day=1), 1 - MONTHS)
    came_out = outcomes(work.today)
    late = (
        Clock.deadline == deadline, Clock.due_on >= first, Clock.due_on < work.today,
        or_(came_out[Outcome.LATE], came_out[Outcome.EXPLAINED]), *_seen(work, which),
    )
    found = work.session.scalar(select(func.count()).select_from(Clock).where(*late)) or 0
    pages = max(1, -(-found // PAGE))
    page = min(max(1, page), pages)
    newest = (Clock.due_on.desc(), Clock.case_id)
    ids = work.session.scalars(  # by themselves: they stand in the index, and few of it are late
        select(Clock.case_id).where(*late).order_by(*newest)
        .limit(PAGE).offset((page - 1) * PAGE)
    ).all()
    rows = [clock for clock in work.session.scalars(
        select(Clock).where(among(Clock.case_id, ids)).order_by(*newest))
        if clock.deadline == deadline]
    cases = {row.id: row for row in case_rows(work, ids)}
    return LatePage(
        [LateCase(cases[clock.case_id], clock.due_on, clock.met_on, clock.explained)
         for clock in rows],
        found, page, pages,
    )


def outcomes(today: date) -> Mapping[Outcome, ColumnElement[bool]]:
    """How a clock came out, or stands, on a day: one of these is true of it."""
    is_open = and_(Clock.met_on.is_(None),
                   or_(Clock.ended_on.is_(None), Clock.ended_on > Clock.due_on))
    is_late = or_(Clock.met_on > Clock.due_on, and_(is_open, Clock.due_on < today))
    return {
        Outcome.ON_TIME: Clock.met_on <= Clock.due_on,
        Outcome.EXPLAINED: and_(is_late, Clock.explained),
        Outcome.LATE: and_(is_late, ~Clock.explained),
        Outcome.TO_COME: and_(is_open, Clock.due_on >= today),
        Outcome.NOT_COUNTED: and_(Clock.met_on.is_(None), Clock.ended_on <= Clock.due_on),
    }


def outcome_of(today: date) -> ColumnElement[str]:
    return case(*((when, outcome.value) for outcome, when in outcomes(today).items()))


def _council_or_seen(work: Work, which: Narrowed) -> AbstractContextManager[None]:
    if which.filters:
        return nullcontext()
    return work.for_the_council("figures count limits, and name no child")


def _seen(work: Work, which: Narrowed) -> Sequence[ColumnElement[bool]]:
    return (visible(work, Clock.child_id, "see_case"), *which.keeps(work, Clock.case_id))


def _by_day(work: Work, first: date, end: date, which: Narrowed) -> Days:
    """From the first day to the one before `end`."""
    counted = (_count_seen(work, first, end, which) if which.filters
               else _count_all(work, first, end))
    found: Days = defaultdict(lambda: defaultdict(Counter))
    for deadline, day, outcome, cases in counted:
        found[deadline][day][outcome] += cases
    return found


def _count_seen(work: Work, first: date, end: date, which: Narrowed) -> Iterator[DayCount]:
    outcome = outcome_of(work.today)
    for deadline, day, how, cases in work.session.execute(
        select(Clock.deadline, Clock.due_on, outcome, func.count())
        .where(Clock.deadline.in_(list(BY_DEADLINE)), Clock.due_on >= first, Clock.due_on < end,
               *_seen(work, which))
        .group_by(Clock.deadline, Clock.due_on, outcome)
    ):
        yield deadline, day, Outcome(how), cases


def _count_all(work: Work, first: date, end: date) -> Iterator[DayCount]:
    """What is added up already."""
    table = LimitCount
    for deadline, day, stands, cases in work.session.execute(
        select(table.deadline, table.due_on, table.stands, table.cases)
        .where(table.deadline.in_(list(BY_DEADLINE)), table.due_on >= first, table.due_on < end)
    ):
        yield deadline, day, _came_out(Stands(stands), day >= work.today), cases


def _came_out(stands: Stands, is_ahead: bool) -> Outcome:
    """As `outcome_of`."""
    if stands is Stands.ON_TIME:
        return Outcome.ON_TIME
    if stands is Stands.ENDED:
        return Outcome.NOT_COUNTED
    if stands in OPEN and is_ahead:
        return Outcome.TO_COME
    return Outcome.EXPLAINED if stands in IS_EXPLAINED else Outcome.LATE


def _figures(
    measure: Measure, span: Sequence[date], days: Mapping[date, Counter[Outcome]]
) -> MeasureFigures:
    by_month = {month: Tally() for month in span}
    whole = Tally()
    for day, counts in days.items():
        by_month[day.replace(day=1)].counts += counts
        whole.counts += counts
    return MeasureFigures(measure, by_month, whole)


def _parts(
    work: Work, table: Any, key: InstrumentedAttribute[UUID | None],
    which: Sequence[ColumnElement[bool]], none: str, *, every: bool,
) -> Parts:
    """Those with most that is late; put in order by the database, for a country has 22,000
    schools."""
    of = {outcome: func.sum(case((when, 1), else_=0))
          for outcome, when in outcomes(work.today).items()}
    late = of[Outcome.LATE] + of[Outcome.EXPLAINED]
    due = late + of[Outcome.ON_TIME]
    rows = work.session.execute(
        select(key, func.count().over(), *of.values()).where(*which).group_by(key)
        .having(due + of[Outcome.TO_COME] > 0)
        .order_by(late.desc(), due.desc(), key.nulls_last())
        .limit(None if every else FEW)
    ).all()
    called: dict[UUID | None, str] = dict(work.session.execute(
        select(table.id, table.name).where(among(table.id, [row[0] for row in rows if row[0]]))
    ).all())
    parts = [
        Part(part_id, called.get(part_id, none),
             Tally(Counter({each: count for each, count in zip(of, counts, strict=True) if count})))
        for part_id, _, *counts in rows
    ]
    return Parts(sorted(parts, key=lambda part: (-part.tally.late, part.name)),
                 rows[0][1] if rows else 0)
