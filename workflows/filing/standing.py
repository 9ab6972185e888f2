"""How each signed version stands with the case system, as people read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from engine.store.models import Case, Outbox
from engine.work import LONDON, Work, query
from workflows.calendar import working_days
from workflows.days import long_date, moment_in_words, time_in_words
from workflows.filing.table import PlanFiling
from workflows.sight.standing import not_set_apart

MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class Filing:
    id: UUID
    reference: str
    """Of the case."""
    version: int
    written_at: datetime
    in_words: str
    failure: str
    """Why it did not arrive at the last try."""
    received: bool
    by_hand: bool
    is_late: bool
    """Not received for more than a working day."""


@query
def filings_of(work: Work, case_id: UUID) -> list[Filing]:
    """The newest version first."""
    return _told(work, _FILINGS.where(PlanFiling.case_id == case_id)
                 .order_by(PlanFiling.version.desc()))


@query
def not_received(work: Work) -> list[Filing]:
    """Of the whole council, without anything of a child; the oldest first. Which records are
    restricted shows nowhere here, so those that go by hand are not told."""
    with work.for_the_council("an administrator sees which plan has not arrived, not what it says"):
        return _told(work, _FILINGS.where(PlanFiling.received_at.is_(None), ~PlanFiling.by_hand,
                                          *not_set_apart(work, PlanFiling.child_id))
                     .order_by(PlanFiling.written_at, PlanFiling.id).limit(MOST_LISTED))


@query
def late_ones(work: Work) -> int:
    return sum(each.is_late for each in not_received(work))


@dataclass(frozen=True, slots=True)
class Waiting:
    """Plans that have not arrived, but for those that go by hand."""

    count: int
    oldest: float
    """Seconds since the first of these was signed."""
    given_up: int
    """Of these, those that are not tried again by themselves."""


@query
def what_waits(work: Work) -> Waiting:
    count, first, given_up = work.session.execute(
        select(func.count(), func.min(PlanFiling.written_at),
               func.count(Outbox.id).filter(Outbox.given_up_at.is_not(None)))
        .select_from(PlanFiling).outerjoin(Outbox, Outbox.id == PlanFiling.id)
        .where(PlanFiling.received_at.is_(None), ~PlanFiling.by_hand)
    ).one()
    oldest = max((work.now - first).total_seconds(), 0.0) if count else 0.0
    return Waiting(count, oldest, given_up)


_FILINGS = (
    select(PlanFiling, Case.reference, Outbox)
    .join(Case, Case.id == PlanFiling.case_id)
    .outerjoin(Outbox, Outbox.id == PlanFiling.id)
)


def _told(work: Work, statement: Select[PlanFiling, str, Any]) -> list[Filing]:
    return [
        Filing(row.id, reference, row.version, row.written_at, _in_words(work, row, message),
               _failure(row, message),
               row.received_at is not None, row.by_hand, _is_late(work, row))
        for row, reference, message in work.session.execute(statement)
    ]


def _in_words(work: Work, row: PlanFiling, message: Outbox | None) -> str:
    if row.received_at is not None:
        on = long_date(row.received_at.astimezone(LONDON).date())
        called = f", reference {row.reference}" if row.reference else ""
        return f"Filed in the case system on {on}{called}"
    if row.by_hand:
        return ("Not sent to the case system, because the record is restricted: it must be handed "
                "over by hand")
    if message is None:
        return "Not yet received by the case system: sending is paused"
    if message.given_up_at is not None:
        return f"Not received by the case system: given up after {_times(message)}"
    if message.failure is None or message.held_until is None:
        return "On its way to the case system"
    return (f"Not yet received by the case system: tried {_times(message)}, "
            f"next {_when(work, message.held_until)}")


def _failure(row: PlanFiling, message: Outbox | None) -> str:
    return "" if row.received_at or message is None else message.failure or ""


def _times(message: Outbox) -> str:
    return "once" if message.attempts == 1 else f"{message.attempts} times"


def _when(work: Work, moment: datetime) -> str:
    is_today = moment.astimezone(LONDON).date() == work.today
    return f"at {time_in_words(moment)}" if is_today else f"on {moment_in_words(moment)}"


def _is_late(work: Work, row: PlanFiling) -> bool:
    if row.received_at is not None or row.by_hand:
        return False
    written = row.written_at.astimezone(LONDON).date()
    return work.today > working_days(None, written, 1)


def sentences(filings: Sequence[Filing]) -> list[tuple[str, str]]:
    return [(f"Version {each.version} of the plan", f"{each.in_words}.") for each in filings]
