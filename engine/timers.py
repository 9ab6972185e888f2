"""Timers: rows of our own. What is due in a case fires in due order, in one transaction."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, update

from engine.advance import CaseWorld, lock_case, step
from engine.errors import AnswersInvalid
from engine.faults import where
from engine.store.models import IS_PENDING, RUNNING, Case, Timer, TimerStatus
from engine.work import Acting, Work, query, verb

log = logging.getLogger(__name__)

RETRY = timedelta(minutes=1)
"""How long the timers of a case that broke are left alone. They are never given up."""
HELD = timedelta(minutes=10)
"""The longest that a timer is left to whoever has taken it up; after that it was lost."""
MOST_IN_A_ROW = 100
"""Beyond that a case that starts timers which are due already goes round without end."""


def fire_due_timers(by: Acting, stopping: Callable[[], bool] = lambda: False) -> int:
    """Fire every timer that is due, the case that has waited longest first; how many fired.

    A case that breaks is logged and tried again later; the others go on.
    """
    fired = 0
    while not stopping() and (case_id := longest_waiting(by)) is not None:
        fired += fire_or_put_off(by, case_id)
    return fired


def fire_or_put_off(by: Acting, case_id: UUID) -> int:
    """Fire what is due in one case; where that breaks it is logged, and due again after `RETRY`."""
    try:
        return fire_due_timers_of(by, case_id)
    except Exception as fault:
        log.error("timers of case %s could not be fired\n%s", case_id, where(fault))
        _put_off(by, case_id)
        return 0


@query
def longest_waiting(work: Work) -> UUID | None:
    """The case of the timer that has been due for longest."""
    return work.session.scalar(
        select(Timer.case_id).where(is_due(work.now)).order_by(Timer.due_at).limit(1)
    )


def is_due(now: datetime) -> ColumnElement[bool]:
    """Waits, is due, and no one has taken it up.

    A hold for longer than any that is given out is from before the clock was put back.
    """
    return and_(
        IS_PENDING,
        Timer.due_at <= now,
        or_(
            Timer.held_until.is_(None), Timer.held_until <= now, Timer.held_until > now + HELD
        ),
    )


@query
def next_due(work: Work) -> datetime | None:
    """When the next timer comes due that is not due yet, if one waits."""
    return work.session.scalar(
        select(Timer.due_at)
        .where(IS_PENDING, Timer.due_at > work.now)
        .order_by(Timer.due_at)
        .limit(1)
    )


@verb
def fire_due_timers_of(work: Work, case_id: UUID) -> int:
    """Fire what is due in one case, earliest first; how many fired.

    A timer that a fired one starts, and that is due already, takes its turn among them.
    """
    case = lock_case(work, case_id)
    fired = 0
    while (timer := _first_due(work, case_id)) is not None:
        if fired == MOST_IN_A_ROW:
            log.error("case %s fires timers without end", case_id)
            _put_off(work, case_id)
            break
        if _can_fire(case, timer):
            work.event(case, "timer_fired", element=timer.element, due=timer.due_at.isoformat())
            _fire(work, case, timer)
            fired += 1
    return fired


def _first_due(work: Work, case_id: UUID) -> Timer | None:
    """As it stands now that the case is locked: it may have been moved or cancelled meanwhile."""
    work.session.flush()
    return work.session.scalar(
        select(Timer)
        .where(_due_in(work, case_id))
        .order_by(Timer.due_at)
        .limit(1)
        .execution_options(populate_existing=True)
    )


@verb
def _put_off(work: Work, case_id: UUID) -> None:
    work.session.execute(
        update(Timer).where(_due_in(work, case_id)).values(held_until=work.now + RETRY)
    )


def _due_in(work: Work, case_id: UUID) -> ColumnElement[bool]:
    """Whoever has taken it up."""
    return and_(
        Timer.case_id == case_id, Timer.status == TimerStatus.PENDING, Timer.due_at <= work.now
    )


@verb
def fire_now(work: Work, timer_id: UUID, reason: str) -> bool:
    """Wake a timer before it is due, for a reason; False where it no longer waits.

    Raises `AnswersInvalid` without a reason.
    """
    if not reason.strip():
        raise AnswersInvalid({"reason": "Enter why the case is not to wait any longer"})
    timer = work.session.get(Timer, timer_id)
    if timer is None:
        return False
    case = _locked(work, timer)
    if not _can_fire(case, timer):
        return False
    work.audit("fire_now", child_id=case.child_id, about=f"case:{case.id}")
    work.event(case, "timer_woken", element=timer.element, due=timer.due_at.isoformat(),
               reason=reason)
    _fire(work, case, timer)
    return True


def _locked(work: Work, timer: Timer) -> Case:
    """The timer's case, held by this transaction; the timer is read anew."""
    case = lock_case(work, timer.case_id)
    work.session.flush()
    work.session.refresh(timer)
    return case


def _can_fire(case: Case, timer: Timer) -> bool:
    """The timer waits still; what is left waiting in a case that is over is cancelled."""
    if timer.status != TimerStatus.PENDING:
        return False
    if case.status not in RUNNING:
        timer.status = TimerStatus.CANCELLED
        return False
    return True


def _fire(work: Work, case: Case, timer: Timer) -> None:
    world = CaseWorld(work, case)
    timer.status, timer.fired_at = TimerStatus.FIRED, work.now
    step(world, {"fire": str(timer.token)}, f"timer:{timer.id}")
