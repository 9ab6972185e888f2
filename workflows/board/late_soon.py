"""Which limits will be missed, if nothing is done about it; which are; and on whom it hangs.

The days are worked out in `figures/forecast.py`; how often cases that stood like this one came late
is told from those that have ended (`figures/stood_alike.py`). What is said is about steps: it is
no score of a child or of a person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from engine.store.among import among
from engine.store.models import IS_OPEN, Task
from engine.work import Work, query
from workflows.access import kept_from, visible
from workflows.board.statutory import BY_DEADLINE, Measure
from workflows.calendar import working_days, working_days_until
from workflows.case_list.rows import CaseRow, case_rows
from workflows.figures.forecast import ENOUGH
from workflows.figures.limit_counts import OPEN, RISKS
from workflows.figures.probability import (
    ALIKE,
    AMISS,
    CASES,
    HELD,
    PER_MILLE,
    Share,
    Verdict,
)
from workflows.figures.stood_alike import (
    AHEAD,
    Alike,
    HowTrue,
    how_true,
    quarter_of,
    shares_late,
)
from workflows.figures.tables import Clock, FiguresPosition, LimitCount
from workflows.people import Person

PAGE = 50
WEEK = 5
_IS_OPEN = (Clock.met_on.is_(None), Clock.ended_on.is_(None),
            Clock.deadline.in_(list(BY_DEADLINE)))
"""Of a planned placement's earlier day nothing is said: a later one counts instead."""


class Which(StrEnum):
    RISK = "at-risk"
    """Still in time, and will not be at the usual pace."""
    WEEK = "this-week"
    """Whatever is due in five working days, at risk or not."""
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Deciding:
    """The step on which the day hangs."""

    name: str
    task_id: UUID | None
    role: str
    holder: str
    """Empty where it waits in a queue."""
    longer_by: int
    """Working days beyond its usual time."""


@dataclass(frozen=True, slots=True)
class LimitAhead:
    case: CaseRow
    measure: Measure
    due_on: date
    at_limits_on: date | None
    at_pace_on: date | None
    history: int
    deciding: Deciding | None
    alike: Alike | None
    """How the case stands, where it is told how often such came late."""
    share: Share | None
    """Of past cases that stood so; None where too few did."""

    @property
    def expected_on(self) -> date | None:
        """At the usual pace; without enough history, if every step takes all its time."""
        return self.at_pace_on or self.at_limits_on

    @property
    def is_at_risk(self) -> bool:
        return self.expected_on is not None and self.expected_on > self.due_on


@dataclass(frozen=True, slots=True)
class LateSoonPage:
    counts: Mapping[Which, int]
    which: Which
    limits: Sequence[LimitAhead]
    found: int
    page: int
    pages: int
    counted_at: object
    how_true: HowTrue
    """Of the shares of past cases."""
    enough: int = ENOUGH
    enough_alike: int = ALIKE
    enough_cases: int = CASES
    enough_held: int = HELD
    amiss: int = AMISS * 100 // PER_MILLE
    """Percentage points."""


@query
def late_soon_counts(work: Work) -> Mapping[Which, int]:
    """Of the cases that the actor may see: from what is added up of all, without the few that they
    do not see; of whoever sees only some, limit by limit."""
    unseen = kept_from(work)
    if unseen is None:
        return _counts(work, visible(work, Clock.child_id, "see_case"))
    counts = _added_up(work)
    if not unseen:
        return counts
    with work.for_the_council("whoever is not seen is taken off a number"):
        theirs = _counts(work, Clock.child_id.in_(unseen))
    return {which: counts[which] - theirs[which] for which in Which}


@query
def late_soon_page(work: Work, which: Which, page: int = 1) -> LateSoonPage:
    counts = late_soon_counts(work)
    pages = max(1, -(-counts[which] // PAGE))
    page = min(max(1, page), pages)
    clocks = work.session.scalars(
        select(Clock).where(*_of(work, which))
        .order_by(Clock.due_on, Clock.case_id, Clock.deadline)
        .limit(PAGE).offset((page - 1) * PAGE)
    ).all()
    known = how_true(work)
    return LateSoonPage(
        counts, which, _limits(work, clocks, spoken_of=known.verdict is Verdict.TRUE),
        counts[which], page, pages, work.session.scalar(select(FiguresPosition.counted_at)), known,
    )


def _counts(work: Work, whose: ColumnElement[bool]) -> Mapping[Which, int]:
    return _numbers(work, Clock.due_on, {
        which: (1, and_(*_when(work, which))) for which in Which
    }, *_IS_OPEN, whose)


def _added_up(work: Work) -> Mapping[Which, int]:
    """What stands so is counted by day already."""
    table, today = LimitCount, work.today
    return _numbers(work, table.due_on, {
        Which.RISK: (table.cases, and_(table.due_on >= today, table.stands.in_(RISKS))),
        Which.WEEK: (table.cases, table.due_on.between(today, _in_working_days(work, WEEK))),
        Which.LATE: (table.cases, table.due_on < today),
    }, table.deadline.in_(list(BY_DEADLINE)), table.stands.in_(OPEN))


def _numbers(
    work: Work, due_on: InstrumentedAttribute[date],
    counted: Mapping[Which, tuple[object, ColumnElement[bool]]], *where: ColumnElement[bool],
) -> Mapping[Which, int]:
    """In one reading, of what is due at all within `AHEAD`."""
    row = work.session.execute(
        select(*(func.coalesce(func.sum(case((which, number), else_=0)), 0)
                 for number, which in counted.values()))
        .where(due_on <= _in_working_days(work, AHEAD), *where)
    ).one()
    return dict(zip(counted, row, strict=True))


def _of(work: Work, which: Which) -> tuple[ColumnElement[bool], ...]:
    return (*_IS_OPEN, visible(work, Clock.child_id, "see_case"), *_when(work, which))


def _when(work: Work, which: Which) -> tuple[ColumnElement[bool], ...]:
    today = work.today
    if which is Which.LATE:
        return (Clock.due_on < today,)
    if which is Which.WEEK:
        return (Clock.due_on >= today, Clock.due_on <= _in_working_days(work, WEEK))
    return (Clock.due_on >= today, Clock.due_on <= _in_working_days(work, AHEAD), or_(
        Clock.at_pace_on > Clock.due_on,
        and_(Clock.at_pace_on.is_(None), Clock.at_limits_on > Clock.due_on),
    ))


def _in_working_days(work: Work, days: int) -> date:
    return working_days(None, work.today, days)


def _limits(work: Work, clocks: Sequence[Clock], *, spoken_of: bool) -> list[LimitAhead]:
    """`spoken_of`: of past cases, how often they came late."""
    cases = {row.id: row for row in case_rows(work, list({each.case_id for each in clocks}))}
    deciding = _deciding(work, clocks)
    told_of = {
        (each.case_id, each.deadline): Alike(
            each.procedure, each.deadline, each.decided_by or "",
            working_days_until(work.today, each.due_on))
        for each in clocks
        if spoken_of and each.due_on >= work.today and (each.case_id, each.deadline) in deciding
    }
    shares = shares_late(work, set(told_of.values()), quarter_of(work.today))
    return [
        LimitAhead(cases[each.case_id], BY_DEADLINE[each.deadline], each.due_on,
                   each.at_limits_on, each.at_pace_on, each.history,
                   deciding.get((each.case_id, each.deadline)),
                   alike := told_of.get((each.case_id, each.deadline)),
                   shares.get(alike) if alike else None)
        for each in clocks
    ]


def _deciding(work: Work, clocks: Sequence[Clock]) -> Mapping[tuple[UUID, str], Deciding]:
    """By case and deadline; none where a date is waited for, or the step was done meanwhile."""
    open_tasks = {
        (task.case_id, task.element): (task, holder)
        for task, holder in work.session.execute(
            select(Task, Person.name)
            .outerjoin(Person, Person.id == Task.assignee_id)
            .where(among(Task.case_id, {each.case_id for each in clocks}), IS_OPEN)
        )
    }
    found = {}
    for each in clocks:
        if (here := open_tasks.get((each.case_id, each.decided_by or ""))) is not None:
            task, holder = here
            found[each.case_id, each.deadline] = Deciding(
                task.name, task.id, task.covered_by or task.role, holder or "", each.longer_by)
    return found
