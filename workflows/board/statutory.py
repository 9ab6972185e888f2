"""How plans and reviews stand against their limits: on time, late, to come; by month, team, school.

Read from the clocks that `figures/clocks.py` counts. Every measure says what it counts, for a
figure without its definition is not evidence.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select

from engine.work import Work, query
from workflows.access import visible
from workflows.board.narrowing import EVERYTHING, Narrowed
from workflows.calendar import months
from workflows.case_list.rows import CaseRow, case_rows
from workflows.children import School
from workflows.figures.tables import Clock, FiguresPosition
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
        found = _tallies(work, first, last, list(BY_DEADLINE), which, Clock.due_on)
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
        found = _tallies(work, first, last, [deadline], which, Clock.team_id, Clock.school_id)
    teams: defaultdict[UUID | None, Counter[Outcome]] = defaultdict(Counter)
    schools: defaultdict[UUID | None, Counter[Outcome]] = defaultdict(Counter)
    for (team, school), counts in found.get(deadline, {}).items():
        teams[team] += counts
        schools[school] += counts
    return (_parts(work, Team, teams, "No social worker's team", every=every),
            _parts(work, School, schools, "No school", every=every))


@query
def late_cases(
    work: Work, deadline: str, page: int = 1, which: Narrowed = EVERYTHING
) -> LatePage:
    """The cases that the measure counts as late, of those that the actor may see, newest first."""
    first = months(None, work.today.replace(day=1), 1 - MONTHS)
    late = (
        Clock.deadline == deadline, Clock.due_on >= first,
        outcome_of(work.today).in_([Outcome.LATE.value, Outcome.EXPLAINED.value]),
        *_seen(work, which),
    )
    found = work.session.scalar(select(func.count()).select_from(Clock).where(*late)) or 0
    pages = max(1, -(-found // PAGE))
    page = min(max(1, page), pages)
    rows = work.session.scalars(
        select(Clock).where(*late).order_by(Clock.due_on.desc(), Clock.case_id)
        .limit(PAGE).offset((page - 1) * PAGE)
    ).all()
    cases = {row.id: row for row in case_rows(work, [clock.case_id for clock in rows])}
    return LatePage(
        [LateCase(cases[clock.case_id], clock.due_on, clock.met_on, clock.explained)
         for clock in rows],
        found, page, pages,
    )


def outcome_of(today: date) -> ColumnElement[Any]:
    """How a clock came out, or stands, on a day."""
    late = case((Clock.explained, Outcome.EXPLAINED.value), else_=Outcome.LATE.value)
    return case(
        (Clock.met_on <= Clock.due_on, Outcome.ON_TIME.value),
        (Clock.met_on > Clock.due_on, late),
        (Clock.ended_on <= Clock.due_on, Outcome.NOT_COUNTED.value),
        (Clock.due_on >= today, Outcome.TO_COME.value),
        else_=late,
    )


def _council_or_seen(work: Work, which: Narrowed) -> AbstractContextManager[None]:
    if which.filters:
        return nullcontext()
    return work.for_the_council("figures count limits, and name no child")


def _seen(work: Work, which: Narrowed) -> Sequence[ColumnElement[bool]]:
    return (visible(work, Clock.child_id, "see_case"), *which.keeps(work, Clock.case_id))


def _tallies(
    work: Work, first: date, last: date, deadlines: Sequence[str], which: Narrowed, *of: Any
) -> Mapping[str, Mapping[tuple[Any, ...], Counter[Outcome]]]:
    """By deadline and by the values of the columns `of`."""
    outcome = outcome_of(work.today)
    rows = work.session.execute(
        select(Clock.deadline, outcome, func.count(), *of)
        .where(Clock.deadline.in_(deadlines), Clock.due_on >= first,
               Clock.due_on < months(None, last, 1),
               *(_seen(work, which) if which.filters else ()))
        .group_by(Clock.deadline, outcome, *of)
    )
    found: dict[str, dict[tuple[Any, ...], Counter[Outcome]]] = {}
    for deadline, how, count, *key in rows:
        found.setdefault(deadline, {}).setdefault(tuple(key), Counter())[Outcome(how)] += count
    return found


def _figures(
    measure: Measure, span: Sequence[date], days: Mapping[tuple[date], Counter[Outcome]]
) -> MeasureFigures:
    by_month = {month: Tally() for month in span}
    whole = Tally()
    for (day,), counts in days.items():
        by_month[day.replace(day=1)].counts += counts
        whole.counts += counts
    return MeasureFigures(measure, by_month, whole)


def _parts(
    work: Work, table: Any, counts: Mapping[UUID | None, Counter[Outcome]], none: str, *,
    every: bool
) -> Parts:
    tallies = sorted(((key, Tally(count)) for key, count in counts.items()),
                     key=lambda part: (-part[1].late, -part[1].due, str(part[0])))
    shown = tallies if every else tallies[:FEW]
    called: dict[UUID | None, str] = dict(work.session.execute(
        select(table.id, table.name).where(table.id.in_([key for key, _ in shown if key]))
    ).all())
    parts = [Part(key, called.get(key, none), tally) for key, tally in shown]
    return Parts(sorted(parts, key=lambda part: (-part.tally.late, part.name)), len(tallies))
