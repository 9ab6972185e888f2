"""Timers: rows of our own, fired once each, in a transaction of their own."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from engine.advance import CaseWorld, lock_case, step
from engine.errors import AnswersInvalid
from engine.faults import where
from engine.store.models import Case, CaseStatus, Timer, TimerStatus
from engine.work import Acting, Work, query, verb

log = logging.getLogger(__name__)

BATCH = 200
RETRY = timedelta(minutes=1)
"""How long a timer that broke is left alone. It is never given up: the case waits for it."""


def fire_due_timers(by: Acting, stopping: Callable[[], bool] = lambda: False) -> int:
    """Fire every timer that is due, earliest first; returns how many fired.

    A timer that a fired one starts, and that is due already, fires as well. One that breaks is
    logged and tried again later; the others go on.
    """
    fired = 0
    while due := due_timers(by):
        done = 0
        for timer_id in due:
            if stopping():
                return fired + done
            done += fire_or_put_off(by, timer_id)
        fired += done
        if not done:
            break
    return fired


def fire_or_put_off(by: Acting, timer_id: UUID) -> bool:
    """Fire one timer; one that breaks is logged, stays due, and is tried again after `RETRY`."""
    try:
        return fire_timer(by, timer_id)
    except Exception as fault:
        log.error("timer %s could not be fired\n%s", timer_id, where(fault))
        _hold(by, timer_id)
        return False


@verb
def _hold(work: Work, timer_id: UUID) -> None:
    timer = work.session.get(Timer, timer_id)
    if timer is not None:
        timer.held_until = work.now + RETRY


@query
def due_timers(work: Work) -> list[UUID]:
    return list(
        work.session.scalars(
            select(Timer.id).where(is_due(work.now)).order_by(Timer.due_at).limit(BATCH)
        )
    )


def is_due(now: datetime) -> ColumnElement[bool]:
    """Waits, is due, and no one has taken it up."""
    return and_(
        Timer.status == TimerStatus.PENDING,
        Timer.due_at <= now,
        or_(Timer.held_until.is_(None), Timer.held_until <= now),
    )


@query
def next_due(work: Work) -> datetime | None:
    """When the next timer comes due that is not due yet, if one waits."""
    return work.session.scalar(
        select(Timer.due_at)
        .where(Timer.status == TimerStatus.PENDING, Timer.due_at > work.now)
        .order_by(Timer.due_at)
        .limit(1)
    )


@verb
def fire_timer(work: Work, timer_id: UUID) -> bool:
    """Fire one timer, unless meanwhile it was fired, cancelled, moved, or its case ended."""
    timer = work.session.get(Timer, timer_id)
    if timer is None:
        return False
    case = _locked(work, timer)
    timer.held_until = None
    if not _can_fire(case, timer) or timer.due_at > work.now:
        return False
    work.event(case, "timer_fired", element=timer.element, due=timer.due_at.isoformat())
    _fire(work, case, timer)
    return True


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


@verb
def fire_due_timers_of(work: Work, case_id: UUID) -> int:
    """Fire at once what is due in one case; its dates have just moved. How many fired."""
    fired = 0
    while due := _due_in(work, case_id):
        done = sum(fire_timer(work, timer_id) for timer_id in due)
        fired += done
        if not done:
            break
    return fired


def _due_in(work: Work, case_id: UUID) -> list[UUID]:
    work.session.flush()
    rows = work.session.scalars(
        select(Timer.id)
        .where(
            Timer.case_id == case_id,
            Timer.status == TimerStatus.PENDING,
            Timer.due_at <= work.now,
        )
        .order_by(Timer.due_at)
    )
    return list(rows)


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
    if case.status not in (CaseStatus.OPEN, CaseStatus.INCIDENT):
        timer.status = TimerStatus.CANCELLED
        return False
    return True


def _fire(work: Work, case: Case, timer: Timer) -> None:
    world = CaseWorld(work, case)
    timer.status, timer.fired_at = TimerStatus.FIRED, work.now
    step(world, {"fire": str(timer.token)}, f"timer:{timer.id}")
