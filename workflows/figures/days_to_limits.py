"""From coming to a step until the limit was met: counted as each case ends, and held against what
would have been said of it.

A case is told from those that ended in the quarters of a year before its own, never from itself or
its time. So everything that is said of a finished case is said as it would have been then, and what
came true of it is a check of what is said of running ones.

A case that ends without having met a limit says nothing of that limit: nobody knows when it would
have. So nothing is learned from a child who leaves care before a review.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from engine.store.adding_up import add_up
from engine.store.among import among
from engine.store.models import Event, Task, TaskStatus
from engine.work import Work, query
from workflows.calendar import months, working_days_until
from workflows.figures.probability import Band, Share, Spread, Verdict, share_late, verdict
from workflows.figures.step_times import LONGEST
from workflows.figures.tables import CameTrue, Clock, DaysToLimit, Variant
from workflows.pep.case_dates import day_of

QUARTER = 3
TOLD_FROM = 8
"""Quarters before this one, of which the ended cases tell something."""
HELD_AGAINST = 4
"""Quarters, with this one, in which it is looked up whether it came true."""


class Way(NamedTuple):
    """From which step to which limit."""

    procedure: str
    deadline: str
    element: str


class Ended(NamedTuple):
    """A step that was done in a case that has ended since, and a limit which was met after it."""

    way: Way
    quarter: date
    """Its first day; that in which the case ended."""
    days: int
    """Working days from coming to the step until the limit was met."""
    left: int
    """Working days that there were; below 0 where it was late already."""
    came_late: bool


class HowTrue(NamedTuple):
    """Whether shares are spoken of, and what that hangs on."""

    verdict: Verdict
    finished: int
    bands: Sequence[Band]
    """Those in which something was said of somebody."""


def ended_of(work: Work, events: Sequence[Event]) -> list[Ended]:
    """Of each case that these events say has come to its end; its clocks are counted already."""
    cases = [each.case_id for each in events if each.kind == "case_ended"]
    if not cases:
        return []
    steps: dict[UUID, list[tuple[str, date]]] = {}
    for case_id, element, at in work.session.execute(
        select(Task.case_id, Task.element, Task.opened_at)
        .where(among(Task.case_id, cases), Task.status == TaskStatus.COMPLETED)
    ):
        steps.setdefault(case_id, []).append((element, day_of(at)))
    met = work.session.scalars(
        select(Clock).where(among(Clock.case_id, cases), Clock.met_on <= Clock.ended_on)
    )
    return [
        Ended(Way(clock.procedure, clock.deadline, element), quarter_of(clock.ended_on),
              min(LONGEST, working_days_until(came_on, clock.met_on)),
              working_days_until(came_on, clock.due_on), clock.met_on > clock.due_on)
        for clock in met if clock.met_on and clock.ended_on
        for element, came_on in steps.get(clock.case_id, ()) if came_on <= clock.met_on
    ]


def write_ended(work: Work, ended: Sequence[Ended]) -> None:
    """What would have been said of them first; then they are among those that tell something."""
    for quarter in sorted({each.quarter for each in ended}):
        _write_what_came_true(work, quarter, [each for each in ended if each.quarter == quarter])
    times = Counter((*each.way, each.quarter, each.days) for each in ended)
    keys = (*Way._fields, "quarter", "days")
    add_up(work.session, DaysToLimit, [
        {**dict(zip(keys, key, strict=True)), "times": count} for key, count in times.items()
    ])


def quarter_of(day: date) -> date:
    """The first day of its quarter."""
    return day.replace(month=(day.month - 1) // QUARTER * QUARTER + 1, day=1)


def shares_late(
    work: Work, standing: Mapping[Any, tuple[Way, int, int]]
) -> Mapping[Any, Share | None]:
    """Of running cases: by any key the way, the working days at its step, and those left."""
    spreads = _spreads(work, {way for way, _, _ in standing.values()}, quarter_of(work.today))
    return {key: share_late(spreads.get(way, ()), since, left)
            for key, (way, since, left) in standing.items()}


@query
def how_true(work: Work) -> HowTrue:
    first = months(None, quarter_of(work.today), -QUARTER * (HELD_AGAINST - 1))
    bands = [
        Band(number, cases, round(said / cases), late)
        for number, cases, said, late in work.session.execute(
            select(CameTrue.band, func.sum(CameTrue.cases), func.sum(CameTrue.said),
                   func.sum(CameTrue.late))
            .where(CameTrue.quarter >= first).group_by(CameTrue.band).order_by(CameTrue.band))
    ]
    finished = work.session.scalar(select(func.sum(Variant.cases))) or 0
    return HowTrue(verdict(finished, bands), finished, bands)


def _write_what_came_true(work: Work, quarter: date, ended: Iterable[Ended]) -> None:
    found = list(ended)
    spreads = _spreads(work, {each.way for each in found}, quarter)
    rows: dict[int, Counter[str]] = {}
    for each in found:
        share = share_late(spreads.get(each.way, ()), 0, each.left)
        if share is not None:
            rows.setdefault(share.band, Counter()).update(
                cases=1, said=share.per_mille, late=int(each.came_late))
    add_up(work.session, CameTrue, [
        {"quarter": quarter, "band": band, **dict.fromkeys(("cases", "said", "late"), 0), **row}
        for band, row in rows.items()
    ])


def _spreads(work: Work, ways: Collection[Way], before: date) -> Mapping[Way, list[Spread]]:
    """By way, of the quarters before that one."""
    first = months(None, before, -QUARTER * TOLD_FROM)
    rows = work.session.execute(
        select(DaysToLimit.procedure, DaysToLimit.deadline, DaysToLimit.element,
               DaysToLimit.days, func.sum(DaysToLimit.times))
        .where(*(among(getattr(DaysToLimit, name), sorted({getattr(way, name) for way in ways}))
                 for name in Way._fields),
               DaysToLimit.quarter >= first, DaysToLimit.quarter < before)
        .group_by(DaysToLimit.procedure, DaysToLimit.deadline, DaysToLimit.element,
                  DaysToLimit.days)
    )
    found: dict[Way, list[Spread]] = {}
    for procedure, deadline, element, days, times in rows:
        found.setdefault(Way(procedure, deadline, element), []).append(Spread(days, times))
    return found
