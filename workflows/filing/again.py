"""Plans that have not arrived are sent again, held back, and let go."""

from uuid import UUID

from sqlalchemy import delete, select

from engine.background.outbox import take_back
from engine.errors import NotFound, Refused
from engine.store.models import Outbox
from engine.work import Work, verb
from workflows.filing.signed import MESSAGE
from workflows.filing.table import PlanFiling, held_filing, must_stay, the_case_system


class Paused(Refused):
    """Nothing is sent to the case system for now: an administrator has paused it."""


class ByHandOnly(Refused):
    """The record is restricted, so the plan does not leave by itself. Hand it over by hand."""


@verb
def file_again(work: Work, filing_id: UUID) -> None:
    """At once, as a new message under the same key. What has arrived is left as it is.

    Raises `NotFound`, `Paused`, and `ByHandOnly` while the record is restricted.
    """
    row, system = held_filing(work, filing_id), the_case_system(work)
    if row is None or system is None:
        raise NotFound
    if row.received_at is not None:
        return
    if must_stay(work, row.child_id):
        raise ByHandOnly
    if system.paused_at is not None:
        raise Paused
    row.by_hand = False
    _send_anew(work, row.id)
    work.audit("file_plan_again", child_id=row.child_id, about=f"plan_filing:{row.id}")


@verb
def version_to_file_again(work: Work, child_id: UUID, number: int) -> UUID:
    """As `file_again`; the case that the version belongs to."""
    row = work.session.scalar(select(PlanFiling).where(
        PlanFiling.child_id == child_id, PlanFiling.version == number))
    if row is None:
        raise NotFound
    file_again(work, row.id)
    return row.case_id


def hold_back(work: Work) -> None:
    """What waits leaves no more; see `let_go`."""
    for filing_id in _not_received(work):
        take_back(work, filing_id)


def let_go(work: Work) -> None:
    for filing_id in _not_received(work):
        _send_anew(work, filing_id)


def _not_received(work: Work) -> list[UUID]:
    return list(work.session.scalars(
        select(PlanFiling.id).where(PlanFiling.received_at.is_(None), ~PlanFiling.by_hand)
        .order_by(PlanFiling.written_at, PlanFiling.id)))


def _send_anew(work: Work, filing_id: UUID) -> None:
    work.session.execute(delete(Outbox).where(Outbox.id == filing_id))
    work.tell(MESSAGE, None, message_id=filing_id)
