"""The adapter for one process on SQLite: a thread that looks at our own tables."""

import fcntl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from engine.background.outbox import Message, send, take_up_messages
from engine.background.port import Background, Health
from engine.background.rounds import told_of
from engine.errors import Refused
from engine.timers import fire_due_timers
from engine.work import Installation

SECONDS_FOR_MESSAGES = 10.0
"""Of one round: where whoever takes messages is slow to answer."""


class Embedded(Background):
    """What is due is taken up, a little at a time, inside a `BEGIN IMMEDIATE`.

    No one else takes it up, so that nothing is held: where this process dies the next one goes on.
    """

    in_the_web_process = True

    def __init__(
        self,
        installation: Installation,
        deliver: Callable[[Message], None],
        before_round: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(installation, deliver, before_round)
        self._stopping = threading.Event()

    def run(self) -> None:
        while not self._stopping.is_set():
            self.one_round()
            self._stopping.wait(self.pause())

    def one_round(self) -> None:
        """Fire what is due and send what waits. A failure is logged and the next round goes on."""
        try:
            self._before_round()
            self.begin_day(lambda: self.by.installation.domain.day_begins(self.by))
            with told_of("round") as done:
                done["timers"] = fire_due_timers(self.by, self._stopping.is_set)
                self.let_programs_hear(self._stopping.is_set)
                done["messages"] = self._send_what_waits()
            self.seal()
            self.go_on(self._stopping.is_set)
            self._last_error = None
            self.outage.over()
        except Exception as failure:
            self._last_error = type(failure).__name__
            self.outage.tell("background round failed", failure)
        self._last_round_at = self.by.installation.clock.now()

    def ask_to_stop(self) -> None:
        self._stopping.set()

    def health(self) -> Health:
        running = self._thread is not None and self._thread.is_alive()
        return Health(running, self._last_round_at, self._last_error)

    def _send_what_waits(self) -> int:
        """A message that left makes room for the next of its case; how many were tried.

        Where they leave slowly the others wait for the next round: timers come first.
        """
        until, tried = time.monotonic() + SECONDS_FOR_MESSAGES, 0
        while not self._stopping.is_set() and (taken := take_up_messages(self.by)):
            for message_id in taken:
                if self._stopping.is_set():
                    return tried
                send(self.by, self.deliver, message_id)
                tried += 1
            if time.monotonic() > until:
                break
        return tried


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
