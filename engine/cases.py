"""Cases: opened, closed, put right."""

import secrets
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Select, select

from engine.advance import (
    CaseWorld,
    cancel_everything_open,
    lock_case,
    recalculate,
    start_flow,
    step,
)
from engine.consistency import FOUND, holds_together
from engine.due import trust_again
from engine.errors import AnswersInvalid, CaseClosed
from engine.recalculation import (
    AT_RETRY,
    let_dates_follow,
    open_by_the_calendar,
)
from engine.releases import live_release
from engine.store.base import new_id
from engine.store.models import IS_RUNNING, RUNNING, Case, CaseStatus
from engine.work import Work, verb

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without letters and digits that are mistaken for each other on the telephone."""


@verb
def open_case(
    work: Work, procedure: str, child_id: UUID, *, previous_id: UUID | None = None
) -> UUID:
    """Start a case on the live release. Raises `NotFound` where no release is live."""
    case = new_case(work, procedure, child_id, previous_id=previous_id)
    start_flow(work, case)
    return case.id


def new_case(
    work: Work,
    procedure: str,
    child_id: UUID,
    *,
    previous_id: UUID | None = None,
    case_id: UUID | None = None,
) -> Case:
    """A case that has not begun: the domain hangs its own rows on it, then `start_flow`."""
    open_by_the_calendar(work)
    case = Case(
        id=case_id or new_id(),
        reference=new_reference(),
        procedure=procedure,
        release_id=live_release(work, procedure).id,
        child_id=child_id,
        previous_id=previous_id,
        status=CaseStatus.OPEN,
        state=b"",
        opened_at=work.now,
        moved_at=work.now,
    )
    work.session.add(case)
    work.session.flush()
    work.event(case, "case_opened", procedure=procedure, release=case.release_id)
    work.audit("open_case", child_id=child_id, about=f"case:{case.id}")
    return case


@verb
def close_case(work: Work, case_id: UUID, reason: str) -> None:
    """Stop a case before its end: open tasks and timers are cancelled, the record stays."""
    if not reason.strip():
        raise AnswersInvalid({"reason": "Enter why this case is closed"})
    case = lock_case(work, case_id)
    if case.status in (CaseStatus.CLOSED, CaseStatus.ENDED):
        raise CaseClosed
    cancel_everything_open(work, case)
    case.status, case.ended_at = CaseStatus.CLOSED, work.now
    work.event(case, "case_closed", reason=reason)
    work.audit("close_case", child_id=case.child_id, about=f"case:{case.id}")
    work.domain.case_ended(work, case)


@verb
def facts_changed(work: Work, child_id: UUID, reason: str) -> None:
    """A fact about this child changed: dates of its running cases are worked out anew."""
    for case_id in work.session.scalars(_running(child_id)).all():
        case = lock_case(work, case_id)
        if case.status in RUNNING:
            recalculate(work, case, reason)


@verb
def retry_incident(work: Work, case_id: UUID) -> bool:
    """Try again what failed, in order; True where the case runs again, or did so already.

    Timers that were given up are left to the background, which they may be the death of. Dates
    follow what has changed meanwhile. Raises `CaseClosed`.
    """
    case = lock_case(work, case_id)
    if case.status == CaseStatus.CLOSED:
        raise CaseClosed
    if case.incident is None:
        return True
    work.event(case, "incident_retried")
    work.audit("retry_incident", child_id=case.child_id, about=f"case:{case.id}")
    if FOUND in case.incident:
        return not holds_together(work, case)
    case.status = CaseStatus.OPEN
    trust_again(work, case.id)
    for _ in case.incident["pending"]:
        if case.status in RUNNING:
            _retry_first(work, case)
    if case.status in RUNNING:
        let_dates_follow(work, case, AT_RETRY)
    if case.status == CaseStatus.INCIDENT:
        return False
    case.incident = None
    return True


def _retry_first(work: Work, case: Case) -> None:
    """The first of the moves that failed; one that fails again becomes the last of them."""
    incident = dict(case.incident or {})
    move, *others = incident["pending"]
    case.incident = {**incident, "pending": others}
    step(CaseWorld(work, case), move, AT_RETRY)


def newest_cases(work: Work, children: Collection[UUID]) -> dict[UUID, Case]:
    """Of each of these children that has any."""
    rows = work.session.scalars(
        select(Case).where(Case.child_id.in_(children)).order_by(Case.opened_at, Case.id)
    )
    return {case.child_id: case for case in rows}


def new_reference() -> str:
    """Random and telephone-proof; says nothing about the child or how many there are."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def _running(child_id: UUID) -> Select[UUID]:
    """In an order that is the same for all who hold several: a new case may wait for an old one."""
    return (
        select(Case.id)
        .where(IS_RUNNING, Case.child_id == child_id)
        .order_by(Case.opened_at.desc(), Case.id.desc())
    )
