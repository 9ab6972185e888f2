"""Who says that a plan which was passed on has reached them: a stronger sign than a look at it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, select

from engine.advance import lock_case
from engine.domain import SYSTEM
from engine.errors import NotFound
from engine.store.models import Event
from engine.work import Work, query, verb
from workflows.pep.plan import RecordVersion
from workflows.resources import must_be_allowed

RECEIVED, PASS_ON = "plan_received", "pass_plan_on"

_Passed = Row[UUID, int, datetime | None]


@query
def to_be_received(work: Work, child_id: UUID) -> int | None:
    """The version that was passed on last, for whoever has not said yet that they have it; for
    whoever passed it on themselves, and before the first, None."""
    passed = _passed(work, child_id)
    if passed is None or work.actor.id in passed_on_by(work, passed.case_id, passed.passed_at):
        return None
    has_said = work.actor.id in received(work, passed.case_id, passed.number)
    return None if has_said else passed.number


@verb
def say_received(work: Work, child_id: UUID, number: int) -> None:
    """The actor has this version; said twice, once. Raises `NotFound` where they may not, and for
    a version that was not passed on."""
    must_be_allowed(work, "say_received", child_id)
    passed = _passed(work, child_id, number)
    if passed is None:
        raise NotFound
    case = lock_case(work, passed.case_id)
    if work.actor.id not in received(work, case.id, number):
        work.event(case, RECEIVED, version=number)
        work.audit("say_received", child_id=child_id, about=f"case:{case.id}", version=number)


def received(work: Work, case_id: UUID, number: int) -> Mapping[UUID, datetime]:
    """Who has said so of this version, and when."""
    rows = work.session.scalars(
        select(Event).where(Event.case_id == case_id, Event.kind == RECEIVED)
    )
    return {row.actor_id: row.at for row in rows if row.data["version"] == number}


def passed_on_by(work: Work, case_id: UUID, passed_at: datetime | None) -> set[UUID]:
    """Whose own step passed it on; nobody's where the calendar did."""
    rows = work.session.scalars(select(Event).where(
        Event.case_id == case_id, Event.kind == "action_performed", Event.at == passed_at,
        Event.actor_id != SYSTEM.id,
    ))
    return {row.actor_id for row in rows if row.data["action"] == PASS_ON}


def _passed(work: Work, child_id: UUID, number: int | None = None) -> _Passed | None:
    """Case, number and moment of this version, or of the one that was passed on last."""
    this = [RecordVersion.number == number] if number is not None else []
    return work.session.execute(
        select(RecordVersion.case_id, RecordVersion.number, RecordVersion.passed_at)
        .where(RecordVersion.child_id == child_id, RecordVersion.passed_at.is_not(None), *this)
        .order_by(RecordVersion.number.desc())
        .limit(1)
    ).one_or_none()
