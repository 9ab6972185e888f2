"""The port: what Pepway asks of whatever does its background work."""

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from engine.background.outage import Outage
from engine.background.outbox import Message, take_back
from engine.consistency import look_over_some
from engine.domain import SYSTEM
from engine.due import next_due
from engine.migration.batch import carry_on
from engine.recalculation import make_good
from engine.sealer import seal_committed_rows
from engine.store.models import Case
from engine.work import Acting, Installation, Work

POLL_SECONDS = 1.0
STOP_SECONDS = 30.0
SEAL_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Health:
    running: bool
    """Someone does the work: this process, or on several machines any worker."""
    last_round_at: datetime | None
    last_error: str | None


class Background(ABC):
    """Due timers and messages, worked on until `stop` is called.

    `deliver` hands one message to the world; it may be called again with the same message where
    a process died meanwhile, so whoever receives it knows doubles by the message's id. It must
    not take longer than half a minute. Where it raises, it is tried again later, unless it raises
    `RefusedForGood`.
    `before_round` is called at each look at the tables.
    """

    in_the_web_process: ClassVar[bool]
    """Whether a web process that has stopped doing it is broken."""

    def __init__(
        self,
        installation: Installation,
        deliver: Callable[[Message], None],
        before_round: Callable[[], None] = lambda: None,
    ) -> None:
        self.by = Acting(installation, SYSTEM)
        self.deliver = deliver
        self._before_round = before_round
        self._thread: threading.Thread | None = None
        self._last_round_at: datetime | None = None
        self._last_error: str | None = None
        self._day: date | None = None
        """The day in London that has begun."""
        self._seal_after = 0.0
        self._unfinished: set[str] = set()
        """Long work of which more waits."""
        self.outage = Outage()

    def enqueue(
        self, work: Work, kind: str, person_id: UUID | None, case: Case | None = None, **data: Any
    ) -> UUID:
        """Put a message into the outbox, in the caller's own transaction."""
        return work.tell(kind, person_id, case, **data)

    def cancel(self, work: Work, message_id: UUID) -> None:
        """Take a message back that has not left."""
        take_back(work, message_id)

    @abstractmethod
    def run(self) -> None:
        """Work until `stop` is called."""

    @abstractmethod
    def one_round(self) -> None:
        """Do what is due now, and return."""

    @abstractmethod
    def ask_to_stop(self) -> None:
        """Take nothing new; may be called from any thread and from a signal's handler."""

    @abstractmethod
    def health(self) -> Health:
        """How it goes."""

    def start(self) -> None:
        """Work in a thread of its own."""
        self._thread = threading.Thread(target=self.run, name="pepway-background", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the work at hand."""
        self.ask_to_stop()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def begin_day(self, begin: Callable[[], None]) -> None:
        """Once on each day in London, before the timers of the day; again where it failed."""
        today = self.by.today
        if self._day != today:
            begin()
            self._day = today

    def seal(self) -> None:
        """Chain what has been committed (design decision 13): soon, and not at each look."""
        if time.monotonic() >= self._seal_after:
            seal_committed_rows(self.by)
            self._seal_after = time.monotonic() + SEAL_SECONDS

    def let_programs_hear(self, stopping: Callable[[], bool]) -> None:
        """Write the next messages to programs that are told of events."""
        self.by.installation.domain.let_programs_hear(self.by, stopping)

    def go_on(self, stopping: Callable[[], bool]) -> None:
        """A little of each work that is longer than a round, in the order in which others wait for
        it. What fails stops those after it, and is as far as it was."""
        domain = self.by.installation.domain
        for name, some_of_it in (
            ("dates that follow a changed calendar", make_good),
            ("cases that a process owner moves to another release", carry_on),
            ("what a person has left to the background", domain.carry_on),
            ("counts of what has happened and is in the chain", domain.figures_follow),
            ("whether all fits together, each day", look_over_some),
        ):
            self._unfinished.discard(name)
            if some_of_it(self.by, stopping):
                self._unfinished.add(name)

    def pause(self) -> float:
        """Seconds until the tables are worth another look: the next timer, or the next poll."""
        if self._unfinished:
            return 0.0
        try:
            due = next_due(self.by)
        except Exception as failure:
            self.outage.tell("the tables could not be read", failure)
            return POLL_SECONDS
        if due is None:
            return POLL_SECONDS
        return min(POLL_SECONDS, (due - self.by.installation.clock.now()).total_seconds())
