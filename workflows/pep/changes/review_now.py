"""A review of the plan is wanted now, and not only before the statutory review."""

from uuid import UUID

from sqlalchemy import select

from engine.store.models import Case, Task, Timer, TimerStatus
from engine.timers import fire_now
from engine.work import Work, verb
from workflows.pep.actions import REVIEW_PROCEDURE
from workflows.pep.changes.command import needs_reason, note, refuse, running_case


@verb
def start_review_now(work: Work, case_id: UUID, *, why: str, reason: str) -> UUID:
    """Wake a review that waits for its date; one that is under way takes the request in.

    `why` is `not_on_track` (S29), `school_move`, `young_person`, `carer` or `reviewing_officer`.
    """
    case = running_case(work, case_id)
    refuse([needs_reason(reason)])
    timer = waits_for(work, case)
    kind = "review_asked_for" if timer else "review_request_joined"
    note(work, case, kind, "start_review_now", why=why, reason=reason)
    if timer is not None:
        fire_now(work, timer.id, reason)
    return case.id


def waits_for(work: Work, case: Case) -> Timer | None:
    """The timer that a review stands at before anyone has anything to do; None once it began."""
    begun = work.session.scalar(select(Task.id).where(Task.case_id == case.id).limit(1))
    if case.procedure != REVIEW_PROCEDURE or begun is not None:
        return None
    return work.session.scalar(
        select(Timer)
        .where(Timer.case_id == case.id, Timer.status == TimerStatus.PENDING)
        .order_by(Timer.due_at)
        .limit(1)
    )
