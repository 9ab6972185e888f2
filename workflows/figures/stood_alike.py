"""How cases stood as days began, and which of them came late: counted as each case ends, and held
against what would have been said of it.

Cases stood alike that waited at the same step with as many working days left until the same limit.
A case counts once among them, on however many mornings it stood so, and however often it came back.

A case is told from those that ended in the quarters of a year before its own, never from itself or
its time. So everything that is said of a finished case is said as it would have been then, and what
came true of it is a check of what is said of running ones.

A case that ends in time without having met a limit says nothing of that limit: a child who leaves
care before a review is neither late nor in time. One that ends after it came late.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from engine.store.adding_up import add_up
from engine.store.among import among
from engine.store.models import Event, Task
from engine.work import Work, query
from workflows.calendar import months, working_days_until
from workflows.figures.probability import ALIKE, Band, Share, Verdict, verdict
from workflows.figures.tables import CameTrue, Clock, StoodAlike, Variant
from workflows.pep.case_dates import day_of

AHEAD = 20
"""Working days before a limit, from which on anything is said of it."""
QUARTER = 3
TOLD_FROM = 8
"""Quarters before this one, of which the ended cases tell something."""
HELD_AGAINST = 4
"""Quarters, with this one, in which it is looked up whether it came true."""
_ENDS = ("case_ended", "case_closed")


class Alike(NamedTuple):
    """What cases that stood alike have in common."""

    procedure: str
    deadline: str
    element: str
    days_left: int
    """Working days after that morning's day until the limit; 0 on the last day."""


class Ended(NamedTuple):
    """A limit of a case that has ended, and how the case stood before it."""

    quarter: date
    """Its first day; that in which the case ended."""
    stood: Sequence[Alike]
    """From the earliest morning on."""
    came_late: bool


class HowTrue(NamedTuple):
    """Whether shares are spoken of, and what that hangs on."""

    verdict: Verdict
    finished: int
    bands: Sequence[Band]
    """Those in which something was said of somebody."""


def ended_of(work: Work, events: Sequence[Event]) -> list[Ended]:
    """Of each case that these events say is over; its clocks are counted already."""
    cases = [each.case_id for each in events if each.kind in _ENDS]
    if not cases:
        return []
    steps: dict[UUID, list[tuple[str, date, date]]] = {}
    for case_id, element, opened_at, ended_at in work.session.execute(
        select(Task.case_id, Task.element, Task.opened_at, Task.ended_at)
        .where(among(Task.case_id, cases))
    ):
        if ended_at is not None:
            steps.setdefault(case_id, []).append((element, day_of(opened_at), day_of(ended_at)))
    return [
        Ended(quarter_of(ended_on), _stood(clock, ended_on, steps.get(clock.case_id, ())), late)
        for clock in work.session.scalars(select(Clock).where(among(Clock.case_id, cases)))
        if (ended_on := clock.ended_on) and (late := _came_late(clock, ended_on)) is not None
    ]


def write_ended(work: Work, ended: Sequence[Ended]) -> None:
    """What would have been said of them first; then they are among those that tell something."""
    for quarter in sorted({each.quarter for each in ended}):
        found = [each for each in ended if each.quarter == quarter]
        _write_what_came_true(work, quarter, found)
        _write_how_they_stood(work, quarter, found)


def quarter_of(day: date) -> date:
    """The first day of its quarter."""
    return day.replace(month=(day.month - 1) // QUARTER * QUARTER + 1, day=1)


def shares_late(work: Work, alike: Collection[Alike], quarter: date) -> Mapping[Alike, Share]:
    """Of these, as told in that quarter; none where there is not enough history. Of the days in
    between more may be told than was asked."""
    if not alike:
        return {}
    ways: dict[tuple[str, str, str], list[int]] = {}
    for each in alike:
        ways.setdefault(each[:3], []).append(each.days_left)
    first = months(None, quarter, -QUARTER * TOLD_FROM)
    key = [getattr(StoodAlike, name) for name in Alike._fields]
    cases = func.sum(StoodAlike.cases)
    rows = work.session.execute(
        select(*key, cases, func.sum(StoodAlike.late))
        .where(or_(*(_on_the_way(each, days) for each, days in ways.items())),
               StoodAlike.quarter >= first, StoodAlike.quarter < quarter)
        .group_by(*key).having(cases >= ALIKE)
    )
    return {Alike(*which): Share(count, late) for *which, count, late in rows}


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


def _on_the_way(way: tuple[str, str, str], days_left: Sequence[int]) -> ColumnElement[bool]:
    """From a step to a limit: neighbours in the table's key, and one condition for all days."""
    procedure, deadline, element = way
    return and_(StoodAlike.procedure == procedure, StoodAlike.deadline == deadline,
                StoodAlike.element == element,
                StoodAlike.days_left.between(min(days_left), max(days_left)))


def _came_late(clock: Clock, ended_on: date) -> bool | None:
    """None: it ended before anybody could know."""
    if clock.met_on and clock.met_on <= ended_on:
        return clock.met_on > clock.due_on
    return True if ended_on > clock.due_on else None


def _stood(
    clock: Clock, ended_on: date, steps: Iterable[tuple[str, date, date]]
) -> list[Alike]:
    """On the mornings until the limit was met or had passed."""
    last = min(clock.met_on or ended_on, ended_on, clock.due_on)
    found = {
        Alike(clock.procedure, clock.deadline, element, left)
        for element, opened_on, done_on in steps
        for left in _days_left(opened_on + timedelta(days=1), min(done_on, last), clock.due_on)
    }
    return sorted(found, key=lambda each: (-each.days_left, each.element))


def _days_left(first: date, last: date, due_on: date) -> range:
    if first > last:
        return range(0)
    most = min(AHEAD, working_days_until(first, due_on))
    return range(working_days_until(last, due_on), most + 1)


def _write_how_they_stood(work: Work, quarter: date, ended: Sequence[Ended]) -> None:
    cases = Counter(alike for each in ended for alike in each.stood)
    late = Counter(alike for each in ended if each.came_late for alike in each.stood)
    add_up(work.session, StoodAlike, [
        {**alike._asdict(), "quarter": quarter, "cases": count, "late": late[alike]}
        for alike, count in cases.items()
    ])


def _write_what_came_true(work: Work, quarter: date, ended: Sequence[Ended]) -> None:
    """Of each band the first that would have been said of a case and a limit: the mornings of one
    case come out alike, and are no evidence of their own."""
    shares = shares_late(work, {alike for each in ended for alike in each.stood}, quarter)
    bands: dict[int, Counter[str]] = {}
    for each in ended:
        said: dict[int, Share] = {}
        for alike in each.stood:
            if alike in shares:
                said.setdefault(shares[alike].band, shares[alike])
        for band, share in said.items():
            bands.setdefault(band, Counter()).update(
                cases=1, said=share.per_mille, late=int(each.came_late))
    add_up(work.session, CameTrue, [
        {"quarter": quarter, "band": band, **{name: count[name] for name in
                                              ("cases", "said", "late")}}
        for band, count in bands.items()
    ])
