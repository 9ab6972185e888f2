"""Work that no person waits for: due timers, and messages that follow a commit.

One small port, `Background`. `Embedded` is its adapter for one process on SQLite: a thread
that polls our own tables. The tables are the truth; nothing is kept in memory.
"""

import fcntl
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, Protocol
from uuid import UUID

from sqlalchemy import select

from engine.domain import SYSTEM
from engine.errors import Refused
from engine.faults import where
from engine.store.models import Case, Outbox
from engine.timers import fire_due_timers
from engine.work import Acting, Installation, Work, query, verb

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
MOST_ATTEMPTS = 10


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the outbox; ids only."""

    id: UUID
    kind: str
    person_id: UUID | None
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Health:
    running: bool
    last_round_at: datetime | None
    last_error: str | None


class Background(Protocol):
    def enqueue(self, work: Work, kind: str, person_id: UUID | None, **data: Any) -> UUID:
        """Put a message into the outbox, in the caller's own transaction."""

    def cancel(self, work: Work, message_id: UUID) -> None:
        """Take a message back that has not left."""

    def run(self) -> None:
        """Work until `stop` is called."""

    def stop(self) -> None:
        """End after the round at hand."""

    def health(self) -> Health:
        """How it goes."""


class Embedded:
    """The adapter for one process: a thread that polls, and claims inside the transaction."""

    def __init__(
        self,
        installation: Installation,
        deliver: Callable[[Message], None],
        before_round: Callable[[], None] = lambda: None,
    ) -> None:
        self._by = Acting(installation, SYSTEM)
        self._deliver = deliver
        self._before_round = before_round
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._last_round_at: datetime | None = None
        self._last_error: str | None = None
        self._day: date | None = None
        """The day in London that has begun."""

    def enqueue(self, work: Work, kind: str, person_id: UUID | None, **data: Any) -> UUID:
        return work.tell(kind, person_id, **data)

    def cancel(self, work: Work, message_id: UUID) -> None:
        row = work.session.get(Outbox, message_id)
        if row is not None and row.sent_at is None:
            work.session.delete(row)

    def start(self) -> None:
        self._thread = threading.Thread(target=self.run, name="pepway-background", daemon=True)
        self._thread.start()

    def run(self) -> None:
        while not self._stopping.is_set():
            self.one_round()
            self._stopping.wait(POLL_SECONDS)

    def one_round(self) -> None:
        """Fire what is due and send what waits. A failure is logged and the next round goes on."""
        try:
            self._before_round()
            self._begin_day()
            fire_due_timers(self._by)
            for message in waiting_messages(self._by):
                self._send(message)
            self._last_error = None
        except Exception as failure:
            self._last_error = type(failure).__name__
            log.error("background round failed\n%s", where(failure))
        self._last_round_at = self._by.installation.clock.now()

    def _begin_day(self) -> None:
        """What follows from the calendar alone, before the timers of the day."""
        if self._day != self._by.today:
            self._by.installation.domain.day_begins(self._by)
            self._day = self._by.today

    def stop(self) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def health(self) -> Health:
        running = self._thread is not None and self._thread.is_alive()
        return Health(running, self._last_round_at, self._last_error)

    def _send(self, message: Message) -> None:
        if not still_waits(self._by, message.id):
            return  # taken back since this round began
        try:
            self._deliver(message)
        except Exception as fault:
            log.error("message %s was not delivered\n%s", message.id, where(fault))
            note_attempt(self._by, message.id, sent=False)
        else:
            note_attempt(self._by, message.id, sent=True)


@query
def waiting_messages(work: Work) -> list[Message]:
    rows = work.session.scalars(
        select(Outbox)
        .where(Outbox.sent_at.is_(None), Outbox.attempts < MOST_ATTEMPTS)
        .order_by(Outbox.created_at)
        .limit(100)
    )
    return [Message(row.id, row.kind, row.person_id, row.data) for row in rows]


@query
def still_waits(work: Work, message_id: UUID) -> bool:
    row = work.session.get(Outbox, message_id)
    return row is not None and row.sent_at is None


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


@verb
def note_attempt(work: Work, message_id: UUID, *, sent: bool) -> None:
    row = work.session.get(Outbox, message_id)
    if row is not None:
        row.attempts += 1
        row.sent_at = work.now if sent else None


class OnlyOne:
    """Holds a SQLite file for one running Pepway; a second one is refused with a sentence.

    The file is the same by whichever link it is named.
    """

    def __init__(self, database_file: Path) -> None:
        file = database_file.resolve()
        self._path = file.with_name(f"{file.name}.lock")
        self._file: IO[str] | None = None

    def take(self) -> None:
        """Raises `Refused` where another process holds it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._path.open("w")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as held:
            self.give_back()
            msg = (
                "Pepway is already running on this database file. "
                "Stop that one first, or set PEPWAY_DATABASE_URL to another file."
            )
            raise Refused(msg) from held

    def give_back(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
