"""Timers: rows of our own. What is due in a case fires in due order, in one transaction.

Where that fails, the timers of the case are tried again every `RETRY` and never given up. A case of
which nothing is heard once it has been taken up (`due.py`) becomes an incident in the end.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from engine.advance import CaseWorld, lock_case, open_incident, step
from engine.due import (
    MOST_ATTEMPTS,
    leave_in_doubt,
    longest_in_doubt,
    put_off,
    take_up,
    take_up_again,
)
from engine.errors import AnswersInvalid, FlowFailed
from engine.faults import is_cut_off, where
from engine.measures import LATENESS
from engine.recalculation import follow_what_is_owed, what_is_owed
from engine.store.models import (
    IS_OPEN,
    IS_PENDING,
    RUNNING,
    Case,
    Recalculation,
    Task,
    Timer,
    TimerStatus,
)
from engine.watchdog import TookTooLong, watched
from engine.work import Acting, Work, verb

log = logging.getLogger(__name__)

Row = TypeVar("Row", Task, Timer)

RETRY = timedelta(minutes=1)
"""How long the timers of a case that failed are left alone."""
MOST_IN_A_ROW = 100
"""Beyond that a case that starts timers which are due already goes round without end."""
CASES_AT_ONCE = 25
"""Fired in one transaction: few enough for anyone who waits for one of them."""
BROKE_DOWN = (
    f"Pepway broke down or hung {MOST_ATTEMPTS} times while it worked on this step, which was due. "
    "Ask whoever runs Pepway to read its log, then try again."
)


def fire_due_timers(by: Acting, stopping: Callable[[], bool] = lambda: False) -> int:
    """Fire every timer that is due, the case that has waited longest first; how many fired.

    A case that fails is logged and tried again later; the others go on. One that may be the death
    of this process has its turn when no other is due.
    """
    fired = 0
    while not stopping():
        if case_ids := take_up(by, CASES_AT_ONCE):
            fired += fire_taken_up(by, case_ids)
        elif (case_id := longest_in_doubt(by)) is not None:
            fired += fire_in_doubt(by, case_id)
        else:
            break
    return fired


def fire_taken_up(by: Acting, case_ids: Sequence[UUID]) -> int:
    """Fire what is due in these cases, all in one transaction; how many fired.

    Where that fails, or someone else holds a case, it is done in a transaction for each.
    """
    fired, left = 0, case_ids
    if len(case_ids) > 1:
        try:
            fired, left = _fire_together(by, case_ids)
        except (Exception, TookTooLong) as fault:
            log.warning("%s cases could not be fired together\n%s", len(case_ids), where(fault))
    return fired + sum(fire_or_put_off(by, case_id) for case_id in left)


def fire_in_doubt(by: Acting, case_id: UUID, until: datetime | None = None) -> int:
    """As `fire_or_put_off`, for a case of which nothing was heard; in the end it is given up."""
    try:
        attempts = take_up_again(by, case_id, until)
        if attempts > MOST_ATTEMPTS:
            _give_up(by, case_id)
    except Exception as fault:
        log.error("case %s could not be given up\n%s", case_id, where(fault))
        put_off(by, case_id, _later(by))
        return 0
    return fire_or_put_off(by, case_id) if 0 < attempts <= MOST_ATTEMPTS else 0


def fire_or_put_off(by: Acting, case_id: UUID) -> int:
    """Fire what is due in one case; where that fails it is logged, and due again after `RETRY`.

    Raises what cut the connection off: the case stays due, for whoever calls to try again.
    """
    try:
        with by.begin() as work:
            lock_case(work, case_id)
            with watched():
                return fire_due_timers_of(work, case_id)
    except TookTooLong:
        log.error("timers of case %s took too long", case_id)
        leave_in_doubt(by, case_id)
    except Exception as fault:
        if is_cut_off(fault):
            raise
        log.error("timers of case %s could not be fired\n%s", case_id, where(fault))
        put_off(by, case_id, _later(by))
    return 0


@verb
def fire_due_timers_of(work: Work, case_id: UUID) -> int:
    """Fire what is due in one case, earliest first; how many fired.

    A timer that a fired one starts, and that is due already, takes its turn among them.
    """
    case = lock_case(work, case_id)
    timers = _pending(work, [case_id])
    if not _due(work, timers):
        return 0
    return _fire_due(work, case, what_is_owed(work), timers)


@verb
def _fire_together(work: Work, case_ids: Sequence[UUID]) -> tuple[int, list[UUID]]:
    """How many fired, and the cases that someone else holds just now.

    One does not wait for them: two who hold some and wait for others would wait for ever.
    """
    cases = {
        case.id: case
        for case in work.session.scalars(
            select(Case).where(Case.id.in_(case_ids)).with_for_update(skip_locked=True)
        )
    }
    with watched():
        timers, tasks = _by_case(_pending(work, cases)), _by_case(_open(work, cases))
        owed = what_is_owed(work)
        fired = sum(
            _fire_due(work, cases[case_id], owed, timers[case_id], tasks[case_id])
            for case_id in case_ids
            if case_id in cases
        )
    return fired, [case_id for case_id in case_ids if case_id not in cases]


def _fire_due(
    work: Work,
    case: Case,
    owed: Sequence[Recalculation],
    timers: Sequence[Timer],
    tasks: Sequence[Task] | None = None,
) -> int:
    """`timers` and `tasks` as they stand now that the case is locked.

    The case is read anew only where something has changed that it is told from.
    """
    if case.status not in RUNNING:
        _cancel(case, timers)
        return 0
    if follow_what_is_owed(work, case, owed):
        timers, tasks = _pending(work, [case.id]), None
    world, fired = CaseWorld(work, case, tasks, timers=timers), 0
    while due := _due(work, (*world.timers, *world.started)):
        if fired == MOST_IN_A_ROW:
            log.error("case %s fires timers without end", case.id)
            put_off(work, case.id, work.now + RETRY)
            break
        if world.opened or world.started or world.changed:
            world = CaseWorld(work, case)
            continue
        work.event(case, "timer_fired", element=due[0].element, due=due[0].due_at.isoformat())
        late = (work.now - max(due[0].due_at, due[0].started_at)).total_seconds()
        work.once_committed.append(partial(LATENESS.observe, late))
        _fire(world, due[0])
        fired += 1
    return fired


def _due(work: Work, timers: Iterable[Timer]) -> list[Timer]:
    return sorted(
        (
            timer
            for timer in timers
            if timer.status == TimerStatus.PENDING
            and timer.due_at <= work.now
            and (timer.attempts or 0) <= MOST_ATTEMPTS
        ),
        key=lambda timer: timer.due_at,
    )


def _cancel(case: Case, timers: Iterable[Timer]) -> None:
    """What is left waiting in a case that is over: since then nobody has waited for it."""
    for timer in timers:
        timer.status, timer.ended_at = TimerStatus.CANCELLED, case.ended_at


def _pending(work: Work, case_ids: Iterable[UUID]) -> list[Timer]:
    """As they stand now: they may have been moved or cancelled before their case was locked."""
    work.write()
    return list(
        work.session.scalars(
            select(Timer)
            .where(Timer.case_id.in_(list(case_ids)), IS_PENDING)
            .execution_options(populate_existing=True)
        )
    )


def _open(work: Work, case_ids: Iterable[UUID]) -> list[Task]:
    return list(
        work.session.scalars(
            select(Task)
            .where(Task.case_id.in_(list(case_ids)), IS_OPEN)
        )
    )


def _by_case(rows: Iterable[Row]) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.case_id].append(row)
    return found


@verb
def _give_up(work: Work, case_id: UUID) -> None:
    """Leave what is due to a process owner; timers that come due later go on."""
    case = lock_case(work, case_id)
    given_up = [timer for timer in _pending(work, [case_id]) if timer.attempts > MOST_ATTEMPTS]
    if case.status not in RUNNING:
        _cancel(case, given_up)
    elif given_up:
        log.error("timers of case %s are given up: an incident", case_id)
        open_incident(work, case, FlowFailed(BROKE_DOWN, element=given_up[0].element))


def _later(by: Acting) -> datetime:
    return by.installation.clock.now() + RETRY


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
    case = lock_case(work, timer.case_id)
    work.session.flush()
    work.session.refresh(timer)
    if timer.status != TimerStatus.PENDING:
        return False
    if case.status not in RUNNING:
        _cancel(case, [timer])
        return False
    work.audit("fire_now", child_id=case.child_id, about=f"case:{case.id}")
    work.event(case, "timer_woken", element=timer.element, due=timer.due_at.isoformat(),
               reason=reason)
    _fire(CaseWorld(work, case), timer)
    return True


def _fire(world: CaseWorld, timer: Timer) -> None:
    timer.status, timer.ended_at = TimerStatus.FIRED, world.now
    step(world, {"fire": str(timer.token)}, f"timer:{timer.id}")
