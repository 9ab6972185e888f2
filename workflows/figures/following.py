"""Letting the figures follow what has happened.

The background reads events that are in the chain already, so that none can still come before the
last one read, and counts anew the children whom they are about. What is found out is written in one
short transaction together with how far it has come: nothing is counted twice, and nothing left out,
wherever this dies. What happens while it counts is an event of its own, and has its turn.

How cases stood as a day ended is counted once that day is over. An action that began before
midnight may be in the chain only after that: what it did is then found among the events, and the
days from its own on are counted again.

Some of what is counted changes with the calendar alone. So each day every child in care is counted
anew, a few at a time, between what happens.
"""

import logging
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update

from engine.faults import is_passing, where
from engine.seal import SealedBatch
from engine.store.models import IS_RUNNING, Case, Event
from engine.work import LONDON, Acting, Work, query, verb
from workflows.children import IN_CARE, Child
from workflows.figures.clocks import Paces, clocks_counted, paces_of, write_clocks
from workflows.figures.lacking import lacking_counted, write_lacking
from workflows.figures.plans import Counted, plan_counted, write_plans
from workflows.figures.standing_days import standing_counted, write_standing
from workflows.figures.standing_now import (
    begin_standing_now,
    standing_of,
    write_standing_now,
)
from workflows.figures.step_times import step_times_of, write_step_times
from workflows.figures.stood_alike import ended_of, write_ended
from workflows.figures.tables import (
    CameTrue,
    CaseStanding,
    Clock,
    FiguresPosition,
    Lacking,
    LimitCount,
    PlanFigures,
    PremiumUse,
    SectionCount,
    SectionRating,
    StandingCount,
    StandingDay,
    StepTime,
    StoodAlike,
    Variant,
)
from workflows.figures.variants import variants_of, write_variants
from workflows.pep.case_dates import day_of

log = logging.getLogger(__name__)

EVENTS_AT_ONCE = 50
CHILDREN_AT_ONCE = 25
SECONDS_IN_A_ROW = 1.0
"""Then timers and messages have their turn."""
COUNTED = (Clock, LimitCount, Lacking, PlanFigures, SectionRating, SectionCount, PremiumUse,
           StepTime, StandingDay, CaseStanding, StandingCount, Variant, StoodAlike, CameTrue)
_ONLY = 1


@dataclass(frozen=True, slots=True)
class Position:
    event_seq: int = 0
    day: date | None = None
    day_child_id: UUID | None = None
    standing_to: date | None = None
    stands: bool = False


def follow(by: Acting, stopping: Callable[[], bool] = lambda: False) -> bool:
    """Count what has happened since the last time; whether more waits to be counted."""
    until = time.monotonic() + SECONDS_IN_A_ROW
    while not stopping() and time.monotonic() < until:
        if not _next_is_counted(by):
            return False
    return True


@query
def events_to_follow(work: Work) -> int:
    """Numbers of events that have come since the last that is counted."""
    newest = work.session.scalar(select(func.max(Event.seq))) or 0
    followed = work.session.get(FiguresPosition, _ONLY)
    return max(newest - (followed.event_seq if followed else 0), 0)


@verb
def count_anew(work: Work) -> None:
    """Throw all figures away; the background counts from the beginning."""
    for table in (*COUNTED, FiguresPosition):
        work.session.execute(delete(table))
    work.audit("count_figures_anew")


def _next_is_counted(by: Acting) -> bool:
    """Of the events the next ones, else of the day's children; False where none is left."""
    position = _position(by)
    return (
        _events_are_counted(by, position) or _standing_is_begun(by, position)
        or _days_are_counted(by, position) or _children_of_the_day_are_counted(by, position)
    )


def _events_are_counted(by: Acting, position: Position) -> bool:
    events = _events_after(by, position.event_seq)
    if not events:
        return False
    cases = {each.case_id for each in events if each.case_id}
    children = {each.child_id for each in events if each.child_id}
    after = replace(position, event_seq=events[-1].seq,
                    standing_to=_still_true_to(position.standing_to, events))
    _write(by, position, after, _counted(by, children, cases), events)
    return True


def _still_true_to(counted_to: date | None, events: Sequence[Event]) -> date | None:
    """The last counted day of which none of these events says anything new."""
    if counted_to is None:
        return None
    return min(counted_to, min(day_of(each.at) for each in events) - timedelta(days=1))


def _children_of_the_day_are_counted(by: Acting, position: Position) -> bool:
    begins = position.day != by.today
    if not begins and position.day_child_id is None:
        return False
    children = _in_care_after(by, None if begins else position.day_child_id)
    last = children[-1] if len(children) == CHILDREN_AT_ONCE else None
    after = replace(position, day=by.today, day_child_id=last)
    _write(by, position, after, _counted(by, children, ()), ())
    if begins:
        _forget_who_has_left(by)
    return last is not None


def _standing_is_begun(by: Acting, position: Position) -> bool:
    """Where all running cases stand: once; then it follows what happens to each."""
    if position.stands:
        return False

    @verb
    def begin(work: Work) -> None:
        if _goes_on(work, position, replace(position, stands=True)):
            begin_standing_now(work, standing_of(work))

    begin(by)
    return True


def _days_are_counted(by: Acting, position: Position) -> bool:
    """How cases stood as each day ended since the last that is written."""
    yesterday = by.today - timedelta(days=1)
    if position.standing_to is not None and position.standing_to >= yesterday:
        return False
    first = _first_to_count(by, position.standing_to)
    if first is None:
        return False
    counted = _standing(by, first, yesterday)
    after = replace(position, standing_to=yesterday)

    @verb
    def write(work: Work) -> None:
        if _goes_on(work, position, after):
            write_standing(work, first, yesterday, counted)

    write(by)
    return True


@dataclass(frozen=True, slots=True)
class _Counted:
    children: Sequence[UUID]
    cases: Sequence[UUID]
    clocks: Sequence[dict[str, Any]]
    lacking: Sequence[dict[str, Any]]
    plans: Sequence[Counted]
    standing: Collection[dict[str, Any]]


@query
def _counted(work: Work, children: Collection[UUID], cases: Collection[UUID]) -> _Counted:
    """Of these children all that runs, and these cases besides."""
    known = work.session.scalars(
        select(Case).where(or_(Case.id.in_(cases), and_(Case.child_id.in_(children), IS_RUNNING)))
    ).all()
    paces = paces_of(work)
    found = [_of_case(work, each, paces) for each in known]
    return _Counted(
        list(children), [each.id for each in known],
        [row for clocks, _ in found for row in clocks],
        lacking_counted(work, children),
        [plan for _, plan in found],
        standing_of(work, [each.id for each in known]),
    )


def _of_case(work: Work, case: Case, paces: Paces) -> tuple[list[dict[str, Any]], Counted]:
    """A case that cannot be counted is logged, and the others are counted."""
    try:
        return clocks_counted(work, case, paces), plan_counted(work, case)
    except Exception as fault:
        if is_passing(fault):
            raise
        log.error("case %s could not be counted\n%s", case.id, where(fault))
        return [], Counted()


@verb
def _write(
    work: Work, position: Position, after: Position, counted: _Counted, events: Sequence[Event]
) -> None:
    if not _goes_on(work, position, after):
        return
    write_clocks(work, counted.cases, counted.clocks)
    write_lacking(work, counted.children, counted.lacking)
    write_plans(work, counted.cases, counted.plans)
    write_standing_now(work, counted.cases, counted.standing)
    write_step_times(work, step_times_of(work, events))
    write_variants(work, variants_of(work, events))
    write_ended(work, ended_of(work, events))


def _goes_on(work: Work, position: Position, after: Position) -> bool:
    """Move the position; False where it was moved, or all was thrown away, meanwhile."""
    values = {"event_seq": after.event_seq, "day": after.day, "day_child_id": after.day_child_id,
              "standing_to": after.standing_to, "stands": after.stands,
              "counted_at": _as_of(work, after)}
    if work.session.get(FiguresPosition, _ONLY) is None:
        if position != Position():
            return False
        work.session.add(FiguresPosition(id=_ONLY, **values))
        work.session.flush()
        return True
    moved = work.session.execute(
        update(FiguresPosition).where(*_stands_at(position)).values(**values)
    )
    return bool(moved.rowcount)  # type: ignore[attr-defined]


def _as_of(work: Work, after: Position) -> datetime:
    """Now; where something still waits to be counted, the moment at which that happened."""
    waits = work.session.scalar(
        select(Event.at).where(Event.seq > after.event_seq).order_by(Event.seq).limit(1))
    return work.now if waits is None else min(work.now, waits)


def _stands_at(position: Position) -> Sequence[ColumnElement[bool]]:
    table = FiguresPosition
    return (
        table.id == _ONLY,
        table.event_seq == position.event_seq,
        table.day.is_not_distinct_from(position.day),
        table.day_child_id.is_not_distinct_from(position.day_child_id),
        table.standing_to.is_not_distinct_from(position.standing_to),
        table.stands == position.stands,
    )


@verb
def _forget_who_has_left(work: Work) -> None:
    """Of children who are in care no more nothing is lacking."""
    in_care = select(Child.id).where(IN_CARE)
    work.session.execute(delete(Lacking).where(Lacking.child_id.not_in(in_care)))


@query
def _position(work: Work) -> Position:
    row = work.session.get(FiguresPosition, _ONLY)
    if row is None:
        return Position()
    return Position(row.event_seq, row.day, row.day_child_id, row.standing_to, row.stands)


@query
def _events_after(work: Work, seq: int) -> list[Event]:
    """The next that are in the chain."""
    sealed = work.session.scalar(
        select(SealedBatch.event_to).order_by(SealedBatch.number.desc()).limit(1)
    ) or 0
    return list(work.session.scalars(
        select(Event).where(Event.seq > seq, Event.seq <= sealed)
        .order_by(Event.seq).limit(EVENTS_AT_ONCE)
    ))


@query
def _in_care_after(work: Work, child_id: UUID | None) -> list[UUID]:
    which = [IN_CARE] if child_id is None else [IN_CARE, Child.id > child_id]
    return list(work.session.scalars(
        select(Child.id).where(*which).order_by(Child.id).limit(CHILDREN_AT_ONCE)
    ))


@query
def _first_to_count(work: Work, done_to: date | None) -> date | None:
    """The day after the last that is written, or the first on which a case stood anywhere."""
    if done_to is not None:
        return done_to + timedelta(days=1)
    began = work.session.scalar(select(func.min(Case.opened_at)))
    return None if began is None else began.astimezone(LONDON).date()


@query
def _standing(work: Work, first: date, last: date) -> list[dict[str, Any]]:
    return standing_counted(work, first, last)
