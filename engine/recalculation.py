"""Dates of running cases that follow a changed calendar.

There may be thousands of them. So the action that changes the calendar writes down that it is
owed, and the background makes good: a case at a time, each in a transaction of its own that also
notes how far it has come. Nothing is lost where that dies, and a date that has moved already does
not move again. A case that fires a timer in between follows before it does.
"""

import logging
from collections.abc import Callable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from engine.advance import UNEXPECTED, lock_case, open_incident, recalculate
from engine.domain import Actor
from engine.due import MOST_ATTEMPTS
from engine.errors import EngineError, FlowFailed
from engine.faults import where
from engine.store.models import IS_RUNNING, RUNNING, Case, CaseStatus, Recalculation
from engine.store.turns import CALENDAR, share_turn, take_turn
from engine.watchdog import TookTooLong, watched
from engine.work import Acting, Work, query, verb

log = logging.getLogger(__name__)

CASES_IN_A_ROW = 50
"""Then timers and messages have their turn."""
BROKE_DOWN = (
    f"Pepway broke down or hung {MOST_ATTEMPTS} times while it worked out the dates of this case "
    "anew. Ask whoever runs Pepway to read its log, then try again."
)
AT_RETRY = "incident retried"


@verb
def calendar_changed(work: Work, reason: str) -> None:
    """Closures or term dates changed: the dates of every running case are worked out anew, soon.

    Waits for cases that are just being opened by the calendar as it was, which no one else can see.
    """
    take_turn(work.session.connection(), CALENDAR)
    work.append(Recalculation, {
        "reason": reason, "asked_by": work.actor.id, "asked_at": work.now, "passed_over": [],
    })


def open_by_the_calendar(work: Work) -> None:
    """No calendar changes between here and the end of this transaction."""
    share_turn(work.session.connection(), CALENDAR)


def make_good(by: Acting, stopping: Callable[[], bool] = lambda: False) -> bool:
    """Work out the dates of the next cases anew; whether more cases may have to follow."""
    owed_id = _take_up(by)
    if owed_id is None:
        return False
    try:
        for _ in range(CASES_IN_A_ROW):
            if stopping() or not _next_follows(by, owed_id):
                break
    except TookTooLong:
        log.error("dates of the case after %s took too long", owed_id)
    except Exception:
        _heard_of(by, owed_id)
        raise
    return True


@query
def what_is_owed(work: Work) -> list[Recalculation]:
    return list(work.session.scalars(select(Recalculation).order_by(Recalculation.asked_at)))


def follow_what_is_owed(work: Work, case: Case, owed: Sequence[Recalculation]) -> bool:
    """Before something happens by a date: let it be the right one; whether there was any doubt.

    Whatever is owed is followed at once, for the reason that came last. The dates of a case with an
    incident may be behind: what failed may have changed what they are told from.
    """
    reasons = [each.reason for each in owed if _is_to_follow(each, case)]
    if not reasons and case.status == CaseStatus.INCIDENT:
        reasons = [AT_RETRY]
    if reasons:
        let_dates_follow(work, case, reasons[-1])
    return bool(reasons)


def let_dates_follow(work: Work, case: Case, reason: str) -> None:
    """Where a date cannot be worked out, the case becomes an incident, and others go on."""
    try:
        with work.attempt():
            recalculate(work, case, reason)
    except SQLAlchemyError:
        raise
    except Exception as fault:
        failure = _failure(fault)
        if failure.message == UNEXPECTED:
            log.error("dates of case %s could not follow\n%s", case.id, where(fault))
        if case.status != CaseStatus.INCIDENT:
            open_incident(work, case, failure)


def _failure(fault: Exception) -> FlowFailed:
    if isinstance(fault, FlowFailed):
        return fault
    return FlowFailed(fault.message if isinstance(fault, EngineError) else UNEXPECTED)


def _is_to_follow(owed: Recalculation, case: Case) -> bool:
    return owed.done_to is None or case.id > owed.done_to or str(case.id) in owed.passed_over


@verb
def _take_up(work: Work) -> UUID | None:
    """The oldest that is owed, counted as taken up."""
    owed = work.session.scalar(
        select(Recalculation)
        .order_by(Recalculation.asked_at, Recalculation.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if owed is None:
        return None
    owed.attempts += 1
    return owed.id


@verb
def _heard_of(work: Work, owed_id: UUID) -> None:
    owed = work.session.get(Recalculation, owed_id)
    if owed is not None:
        owed.attempts = 0


@verb
def _next_follows(work: Work, owed_id: UUID) -> bool:
    """The next case, held by this transaction, and how far it has come; False at the end."""
    owed = work.session.scalar(
        select(Recalculation)
        .where(Recalculation.id == owed_id)
        .with_for_update(skip_locked=True)
    )
    if owed is None:  # done, or with another worker
        return False
    case_id = _next_case(work, owed)
    if case_id is not None:
        owed.done_to = case_id
        case = work.session.scalar(
            select(Case).where(Case.id == case_id).with_for_update(skip_locked=True)
        )
        if case is None:
            owed.passed_over = [*owed.passed_over, str(case_id)]
            return True
    elif owed.passed_over:
        case = lock_case(work, UUID(owed.passed_over[0]))
        owed.passed_over = owed.passed_over[1:]
    else:
        work.session.delete(owed)
        return False
    _follow(work, case, owed)
    owed.attempts = 0
    return True


def _follow(work: Work, case: Case, owed: Recalculation) -> None:
    if case.status not in RUNNING:
        return
    if owed.attempts > MOST_ATTEMPTS:
        log.error("dates of case %s are given up: an incident", case.id)
        open_incident(work, case, FlowFailed(BROKE_DOWN))
        return
    with watched():
        as_asked = Work(work.installation, Actor(owed.asked_by, "", frozenset()), work.session,
                        work.now)
        let_dates_follow(as_asked, case, owed.reason)


def _next_case(work: Work, owed: Recalculation) -> UUID | None:
    behind = [Case.id > owed.done_to] if owed.done_to else []
    return work.session.scalar(
        select(Case.id).where(IS_RUNNING, *behind).order_by(Case.id).limit(1)
    )
