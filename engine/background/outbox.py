"""The outbox: messages written in an action's own transaction, sent once it has committed.

A message leaves at least once, never before the commit; within one case in the order in which
they were written. Twice only where the process dies, or the connection is cut, between the yes of
whoever takes it and our note of it: the log says which. One that fails is tried again, later each
time, and given up in the end. Each attempt is counted before it is made.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, update
from sqlalchemy.orm import aliased

from engine.due import HELD
from engine.faults import where
from engine.store.models import Case, Outbox
from engine.watchdog import TookTooLong, watched
from engine.work import Acting, Work, query, verb

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 12
FIRST_WAIT = timedelta(seconds=30)
"""After a first failure; doubled after each further one, so that the last try is 17 hours later."""
LONGEST_WAIT = FIRST_WAIT * 2**MOST_ATTEMPTS
LONGEST_DELIVERY = 30.0
"""Seconds. A job of `MESSAGES_AT_ONCE` ends before anyone else takes up its messages."""
MESSAGES_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class Message:
    """One message; ids only. Its `id` is the same each time that it is delivered."""

    id: UUID
    kind: str
    person_id: UUID | None
    data: dict[str, Any]


def send(
    by: Acting, deliver: Callable[[Message], None], message_id: UUID, *, held: bool = False
) -> None:
    """Deliver a message that was taken up, unless it was taken back meanwhile.

    `held`: and only for as long as it is held for us, for then another may be at it.
    """
    message = _to_be_sent(by, message_id, held=held)
    if message is None:
        return
    try:
        with watched(LONGEST_DELIVERY):
            deliver(message)
    except (Exception, TookTooLong) as fault:
        log.error("message %s was not delivered\n%s", message.id, where(fault))
        _note(by, message.id, sent=False)
    else:
        _note(by, message.id, sent=True)


def send_in_doubt(by: Acting, deliver: Callable[[Message], None], message_id: UUID) -> None:
    """As `send`, for one that was taken up before: counted first, and given up in the end."""
    if take_up_message(by, message_id, until=by.installation.clock.now() + HELD):
        send(by, deliver, message_id, held=True)


@verb
def take_up_messages(work: Work) -> list[UUID]:
    """Messages that have not been tried yet, in order; where there are none, one that has."""
    fresh = work.session.scalars(
        waiting(work.now, Outbox.attempts == 0, most=MESSAGES_AT_ONCE)
    ).all()
    if fresh:
        count_as_taken_up(work, fresh)
        return list(fresh)
    for message_id in work.session.scalars(waiting(work.now)).all():
        if take_up_message(work, message_id):
            return [message_id]
    return []


@verb
def take_up_message(work: Work, message_id: UUID, until: datetime | None = None) -> bool:
    """Count one more attempt at a message that was tried before; False where none is left."""
    attempts = count_as_taken_up(work, [message_id], until).get(message_id)
    if attempts is None:
        return False
    if attempts > MOST_ATTEMPTS:
        log.error("message %s is given up after %s attempts", message_id, MOST_ATTEMPTS)
        return False
    log.warning("message %s is tried again; whoever gets it may have it already", message_id)
    return True


def count_as_taken_up(
    work: Work, message_ids: Sequence[UUID], until: datetime | None = None
) -> dict[UUID, int]:
    """Of those that have not left: the number of this attempt."""
    counted = work.session.execute(
        update(Outbox)
        .where(Outbox.id.in_(message_ids), _unsent(Outbox))
        .values(attempts=Outbox.attempts + 1, held_until=until)
        .returning(Outbox.id, Outbox.attempts)
        .execution_options(synchronize_session=False)
    )
    return {message_id: attempts for message_id, attempts in counted}


def waiting(now: datetime, *but: ColumnElement[bool], most: int = 100) -> Select[UUID]:
    """What may leave now, oldest first: of each case the first message only."""
    return (
        select(Outbox.id)
        .where(_unsent(Outbox), _is_free(now), ~_an_earlier_one_waits(), *but)
        .order_by(Outbox.seq)
        .limit(most)
    )


@query
def _to_be_sent(work: Work, message_id: UUID, *, held: bool) -> Message | None:
    ours = [Outbox.held_until > work.now] if held else []
    row = work.session.scalar(
        select(Outbox).where(Outbox.id == message_id, _unsent(Outbox), *ours)
    )
    return None if row is None else Message(row.id, row.kind, row.person_id, row.data)


@verb
def _note(work: Work, message_id: UUID, *, sent: bool) -> None:
    row = _row(work, message_id)
    if row is None:
        return
    if sent:
        row.sent_at = work.now
        return
    row.held_until = work.now + FIRST_WAIT * 2 ** (row.attempts - 1)
    if row.attempts >= MOST_ATTEMPTS:
        row.attempts = MOST_ATTEMPTS + 1
        log.error("message %s is given up after %s attempts", message_id, MOST_ATTEMPTS)


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
    return and_(row.sent_at.is_(None), row.attempts <= MOST_ATTEMPTS)


def _is_free(now: datetime) -> ColumnElement[bool]:
    """A hold for longer than any that is given out is from before the clock was put back."""
    return or_(
        Outbox.held_until.is_(None),
        Outbox.held_until <= now,
        Outbox.held_until > now + LONGEST_WAIT,
    )


def _an_earlier_one_waits() -> ColumnElement[bool]:
    earlier = aliased(Outbox)
    return exists().where(
        earlier.case_id == Outbox.case_id, earlier.seq < Outbox.seq, _unsent(earlier)
    )
