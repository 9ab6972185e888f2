"""The outbox: messages written in an action's own transaction, sent once it has committed.

A message leaves at least once, never before the commit; within one case in the order in which
they were written. One that fails is tried again, later each time, and given up in the end.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from engine.faults import where
from engine.store.models import Case, Outbox
from engine.work import Acting, Work, query, verb

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 12
FIRST_WAIT = timedelta(seconds=30)
"""After a first failure; doubled after each further one, so that the last try is 17 hours later."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message; ids only. Its `id` is the same each time that it is delivered."""

    id: UUID
    kind: str
    person_id: UUID | None
    data: dict[str, Any]


def send(by: Acting, deliver: Callable[[Message], None], message_id: UUID) -> bool:
    """Deliver one message, unless it was taken back or sent meanwhile; whether it left."""
    message = _to_be_sent(by, message_id)
    if message is None:
        return False
    try:
        deliver(message)
    except Exception as fault:
        log.error("message %s was not delivered\n%s", message.id, where(fault))
        note_attempt(by, message.id, sent=False)
        return False
    note_attempt(by, message.id, sent=True)
    return True


@query
def waiting_messages(work: Work) -> list[UUID]:
    """What may leave now, oldest first: of each case the first message only."""
    return list(work.session.scalars(waiting(work.now)))


def waiting(now: datetime) -> Select[UUID]:
    return (
        select(Outbox.id)
        .where(_unsent(Outbox), _is_free(now), ~_an_earlier_one_waits())
        .order_by(Outbox.seq)
        .limit(100)
    )


@query
def _to_be_sent(work: Work, message_id: UUID) -> Message | None:
    row = work.session.scalar(select(Outbox).where(Outbox.id == message_id, _unsent(Outbox)))
    return None if row is None else Message(row.id, row.kind, row.person_id, row.data)


@verb
def note_attempt(work: Work, message_id: UUID, *, sent: bool) -> None:
    row = _row(work, message_id)
    if row is None:
        return
    row.attempts += 1
    if sent:
        row.sent_at = work.now
        return
    row.held_until = work.now + FIRST_WAIT * 2 ** (row.attempts - 1)
    if row.attempts >= MOST_ATTEMPTS:
        log.error("message %s is given up after %s attempts", message_id, row.attempts)


@verb
def take_back(work: Work, message_id: UUID) -> None:
    """Remove a message that has not left."""
    row = _row(work, message_id)
    if row is not None and row.sent_at is None:
        work.session.delete(row)


@verb
def take_back_messages(work: Work, child_id: UUID) -> int:
    """Remove every message about a child that has not left; how many there were."""
    work.session.flush()
    unsent = work.session.scalars(
        select(Outbox)
        .join(Case, Case.id == Outbox.case_id)
        .where(Case.child_id == child_id, Outbox.sent_at.is_(None))
    ).all()
    for row in unsent:
        work.session.delete(row)
    return len(unsent)


def _row(work: Work, message_id: UUID) -> Outbox | None:
    return work.session.scalar(select(Outbox).where(Outbox.id == message_id))


def _unsent(row: type[Outbox]) -> ColumnElement[bool]:
    return and_(row.sent_at.is_(None), row.attempts < MOST_ATTEMPTS)


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(Outbox.held_until.is_(None), Outbox.held_until <= now)


def _an_earlier_one_waits() -> ColumnElement[bool]:
    earlier = aliased(Outbox)
    return exists().where(
        earlier.case_id == Outbox.case_id, earlier.seq < Outbox.seq, _unsent(earlier)
    )
