"""How long steps take, where cases wait, what is done twice, and which ways cases go.

Read from what `figures/step_times.py` and `figures/variants.py` count: times in working days, of
steps and never of people.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from engine.releases import compiled, live_releases
from engine.spiff import Procedure
from engine.work import Work, query
from workflows.calendar import months
from workflows.figures.forecast import ENOUGH, at_share
from workflows.figures.step_times import Measure
from workflows.figures.tables import FiguresPosition, StepTime, Variant
from workflows.step_names import StepNames

MONTHS = 12
WAYS = 5
"""So many of the ways that cases go are shown."""


@dataclass(frozen=True, slots=True)
class StepFigures:
    element: str
    name: str
    role: str | None
    times: int
    """How often it was completed."""
    median: int
    ninetieth: int
    """Working days within which nine of ten were done."""
    queue: int | None
    """The median until somebody took it; None where it never waited in a queue."""
    late: int
    again: int
    """Finished cases in which it was done more than once."""

    @property
    def late_share(self) -> int:
        """Percent, rounded up: one late is not none."""
        return -(-100 * self.late // self.times)


@dataclass(frozen=True, slots=True)
class Way:
    steps: Sequence[str]
    """Names, in order."""
    cases: int


@dataclass(frozen=True, slots=True)
class ProcedureTimes:
    procedure: str
    title: str
    steps: Sequence[StepFigures]
    """Those first that take longest."""
    finished: int
    """Cases behind `ways`, in the years of the log."""
    ways: Sequence[Way]
    """The most frequent first."""
    other_ways: int
    years: Sequence[int]
    """In which cases ended, the newest first."""


@dataclass(frozen=True, slots=True)
class TimesPage:
    first: date
    procedures: Sequence[ProcedureTimes]
    counted_at: object
    enough: int = ENOUGH


@query
def times_page(work: Work) -> TimesPage:
    """Of the last twelve months, this one included; ways of this year and the last."""
    first = months(None, work.today.replace(day=1), 1 - MONTHS)
    spreads, years = _spreads(work, first), years_of_log(work)
    return TimesPage(
        first,
        [_of_procedure(work, release.procedure, compiled(work, release.id), spreads,
                       years.get(release.procedure, ()))
         for release in live_releases(work)],
        work.session.scalar(select(FiguresPosition.counted_at)),
    )


@query
def years_of_log(work: Work) -> Mapping[str, Sequence[int]]:
    """By procedure, the years in which cases ended, the newest first."""
    found: dict[str, list[int]] = {}
    for procedure, year in work.session.execute(
        select(Variant.procedure, Variant.year).distinct().order_by(Variant.year.desc())
    ):
        found.setdefault(procedure, []).append(year)
    return found


Spread = dict[int, tuple[int, int]]
"""By working days: how often, and how often late."""


def _spreads(work: Work, first: date) -> Mapping[tuple[str, str, str], Spread]:
    """By procedure, element and measure."""
    found: dict[tuple[str, str, str], Spread] = {}
    for procedure, element, measure, days, times, late in work.session.execute(
        select(StepTime.procedure, StepTime.element, StepTime.measure, StepTime.days,
               func.sum(StepTime.times), func.sum(StepTime.late))
        .where(StepTime.month >= first)
        .group_by(StepTime.procedure, StepTime.element, StepTime.measure, StepTime.days)
    ):
        found.setdefault((procedure, element, measure), {})[days] = (times, late)
    return found


def _of_procedure(
    work: Work, procedure: str, live: Procedure,
    spreads: Mapping[tuple[str, str, str], Spread], years: Sequence[int],
) -> ProcedureTimes:
    called = StepNames(live.elements)
    recent = work.session.scalars(
        select(Variant).where(Variant.procedure == procedure, Variant.year >= work.today.year - 1)
    ).all()
    again = Counter[str]()
    for each in recent:
        often = Counter(each.steps)
        again.update({step: each.cases for step, times in often.items() if times > 1})
    steps = [
        _figures(element, called, live, whole, spreads.get((procedure, element, Measure.QUEUE)),
                 again[element])
        for (of, element, measure), whole in spreads.items()
        if of == procedure and measure == Measure.WHOLE
    ]
    ways = Counter[tuple[str, ...]]()
    for each in recent:
        ways[tuple(each.steps)] += each.cases
    return ProcedureTimes(
        procedure, live.name,
        sorted(steps, key=lambda step: (-step.ninetieth, -step.median, step.name)),
        ways.total(),
        [Way([_name(step, called, live) for step in way], cases)
         for way, cases in ways.most_common(WAYS)],
        max(0, len(ways) - WAYS),
        years,
    )


def _figures(
    element: str, called: StepNames, live: Procedure, whole: Spread, queue: Spread | None,
    again: int,
) -> StepFigures:
    spread = [(days, times) for days, (times, _) in whole.items()]
    known = live.elements.get(element)
    return StepFigures(
        element, _name(element, called, live), known.role if known else None,
        sum(times for times, _ in whole.values()),
        at_share(spread, 0.5), at_share(spread, 0.9),
        at_share([(days, times) for days, (times, _) in queue.items()], 0.5) if queue else None,
        sum(late for _, late in whole.values()), again,
    )


def _name(element: str, called: StepNames, live: Procedure) -> str:
    """A step that only an earlier release has is named by its id, in words."""
    if element in live.elements:
        return called.in_full(element)
    return element.replace("_", " ").capitalize()
