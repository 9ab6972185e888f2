"""The outbox: messages written in an action's own transaction, sent once it has committed.

A message leaves at least once, never before the commit; within one case in the order in which
they were written. Twice only where the process dies, or the connection is cut, between the yes of
whoever takes it and our note of it: the log says which. One that fails is tried again, later each
time, and given up in the end, also where it is the death of whoever sends it; one that is refused
for good is given up at once. Each attempt is counted before it is made. What was given up stays,
with its day and the reason, for a person to send again.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, update
from sqlalchemy.orm import aliased

from engine.due import HELD
from engine.errors import NotFound
from engine.faults import kinds, where
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
MOST_LISTED = 200
LONGEST_FAILURE = 200
NOT_HEARD_OF = "Pepway stopped while it sent the message"
TAKEN_BACK = "Taken back before it left"
"""The failure of a message that must never leave: nobody can send it again."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message; ids only. Its `id` is the same each time that it is delivered."""

    id: UUID
    kind: str
    person_id: UUID | None
    data: dict[str, Any]
    case_id: UUID | None = None


class NotDelivered(Exception):
    """Whoever should take a message does not for now: it is tried again.

    `reason` is read by an administrator and kept: it holds no address and nothing of a child.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RefusedForGood(NotDelivered):
    """Trying again would not help: the message is given up at once."""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message that has failed: given up, or to be tried again at `again_at`."""

    id: UUID
    kind: str
    person_id: UUID | None
    reference: str | None
    """Of its case."""
    attempts: int
    failure: str
    written_at: datetime
    again_at: datetime | None
    taken_back: bool


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
    except RefusedForGood as refused:
        _note(by, message.id, sent=False, failure=refused.reason, for_good=True)
    except NotDelivered as fault:
        log.warning("message %s was not delivered: %s", message.id, fault.reason)
        _note(by, message.id, sent=False, failure=fault.reason)
    except (Exception, TookTooLong) as fault:
        log.error("message %s was not delivered\n%s", message.id, where(fault))
        _note(by, message.id, sent=False, failure=kinds(fault))
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
    row = work.session.scalar(
        select(Outbox).where(Outbox.id == message_id, _unsent(Outbox)).with_for_update()
    )
    if row is None:
        return False
    if row.attempts >= MOST_ATTEMPTS:
        _give_up(work, row, NOT_HEARD_OF)
        return False
    row.attempts, row.held_until = row.attempts + 1, until
    log.warning("message %s is tried again; whoever gets it may have it already", message_id)
    return True


def count_as_taken_up(
    work: Work, message_ids: Sequence[UUID], until: datetime | None = None
) -> None:
    """Count one more attempt at those that have not left."""
    work.session.execute(
        update(Outbox)
        .where(Outbox.id.in_(message_ids), _unsent(Outbox))
        .values(attempts=Outbox.attempts + 1, held_until=until)
        .execution_options(synchronize_session=False)
    )


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
    if row is None:
        return None
    return Message(row.id, row.kind, row.person_id, row.data, row.case_id)


@verb
def _note(
    work: Work, message_id: UUID, *, sent: bool, failure: str = "", for_good: bool = False
) -> None:
    row = _row(work, message_id)
    if row is None:
        return
    if sent:
        row.sent_at = work.now
    if sent or row.given_up_at is not None:
        return
    if for_good or row.attempts >= MOST_ATTEMPTS:
        _give_up(work, row, failure)
        return
    row.failure = failure[:LONGEST_FAILURE]
    row.held_until = work.now + FIRST_WAIT * 2 ** (row.attempts - 1)


def _give_up(work: Work, row: Outbox, failure: str) -> None:
    """From here on only a person sends it again."""
    row.given_up_at, row.failure = work.now, failure[:LONGEST_FAILURE]
    log.error("message %s is given up after attempt %s: %s", row.id, row.attempts, row.failure)
    work.domain.message_given_up(work, row.kind, row.id)


@query
def undelivered(work: Work) -> list[Undelivered]:
    """Messages that were given up or taken back, and those that failed and are tried again;
    newest first."""
    rows = work.session.execute(
        select(Outbox, Case.reference)
        .outerjoin(Case, Case.id == Outbox.case_id)
        .where(Outbox.sent_at.is_(None), Outbox.failure.is_not(None))
        .order_by(Outbox.seq.desc())
        .limit(MOST_LISTED)
    )
    return [_undelivered(row, reference) for row, reference in rows]


@verb
def send_again(work: Work, message_id: UUID) -> None:
    """Let a message that was given up be tried anew, as a new one; its id stays.

    What is not given up any more, or was taken back, is left as it is. Raises `NotFound`.
    """
    row = _row(work, message_id)
    if row is None:
        raise NotFound
    if row.sent_at is None and row.given_up_at is not None and row.failure != TAKEN_BACK:
        row.attempts, row.held_until, row.given_up_at, row.failure = 0, None, None, None
        work.audit("send_message_again", about=f"message:{message_id}")


@verb
def take_back(work: Work, message_id: UUID) -> None:
    """Remove a message that has not left."""
    row = _row(work, message_id)
    if row is not None and row.sent_at is None:
        work.session.delete(row)


@verb
def take_back_messages(work: Work, child_id: UUID, but: Collection[UUID] = ()) -> int:
    """Every message about a child that has not left never does, but those of these ids; how many
    there were. An administrator sees that they were taken back."""
    work.session.flush()
    unsent = work.session.scalars(
        select(Outbox)
        .join(Case, Case.id == Outbox.case_id)
        .where(Case.child_id == child_id, Outbox.sent_at.is_(None), Outbox.id.not_in(but))
    ).all()
    for row in unsent:
        row.given_up_at, row.failure = work.now, TAKEN_BACK
    return len(unsent)


def _row(work: Work, message_id: UUID) -> Outbox | None:
    return work.session.scalar(select(Outbox).where(Outbox.id == message_id))


def _undelivered(row: Outbox, reference: str | None) -> Undelivered:
    return Undelivered(
        row.id, row.kind, row.person_id, reference, row.attempts, row.failure or "",
        row.created_at, None if row.given_up_at else row.held_until, row.failure == TAKEN_BACK,
    )


def _unsent(row: type[Outbox]) -> ColumnElement[bool]:
    return and_(row.sent_at.is_(None), row.given_up_at.is_(None))


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
