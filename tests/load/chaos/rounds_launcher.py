"""One round of the embedded background work, in a process that dies at a point of it.

`python rounds_launcher.py DATABASE_URL MOMENT LEFT`. It reads commands, one JSON object a line, and
answers each with one: it forks, makes a round in a thread as `pepway serve` does, and says how that
ended. Points are before and after each statement, each commit and each message that leaves; `LEFT`
is a file that has, on disk, a line for each message that has left.
"""

import json
import os
import sys
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import faults
from failpoints import Watch, listen
from oracle import AUDIT_KEY

from engine import consistency
from engine.background import Embedded, Message
from engine.clock import FixedClock
from engine.store.database import Database
from engine.work import Installation
from workflows.figures import following
from workflows.pep.domain import PepDomain


class Noting(Watch):
    """Knows too at which points a message has left and is not noted yet."""

    def __init__(self, kill_at: int | None) -> None:
        super().__init__("sqlite", kill_at, None)
        self.left_not_noted: list[int] = []
        self.committed: list[int] = []
        """Points straight after a commit."""
        self.is_left = False

    def point(self, *details: Any, **named: Any) -> None:
        super().point(*details, **named)
        if self.is_left:
            self.left_not_noted.append(self.points)


def main(url: str, moment: str, left: str) -> None:
    for each in (following, consistency):
        each.SECONDS_IN_A_ROW = float("inf")  # else a busy machine leaves some for the next round
    clock = FixedClock(datetime.fromisoformat(moment))
    installation = Installation(Database(url), clock, PepDomain(), AUDIT_KEY.encode())
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            made = _round(installation, Path(left), **json.loads(line))
            os.write(writing, json.dumps(made).encode())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as told:
            said = told.read()
        _, status = os.waitpid(child, 0)
        counted = json.loads(said) if said else {}
        sys.stdout.write(json.dumps({**counted, "ended": os.waitstatus_to_exitcode(status)}) + "\n")
        sys.stdout.flush()


def _round(
    installation: Installation, left: Path, kill_at: int | None = None, fault: str | None = None
) -> dict[str, Any]:
    if fault:
        faults.FAULTS[fault].plant()
    seen, engine = Noting(kill_at), installation.database.engine
    commit = engine.dialect.do_commit

    def commit_what_was_noted(connection: Any) -> None:
        commit(connection)
        seen.is_left = False
        seen.committed.append(seen.points + 1)

    engine.dialect.do_commit = commit_what_was_noted  # type: ignore[method-assign]
    listen(engine, seen)

    def deliver(message: Message) -> None:
        seen.point()
        with left.open("a") as file:
            file.write(f"{message.id}\n")
            file.flush()
            os.fsync(file.fileno())
        seen.is_left = True
        seen.point()

    background = Embedded(installation, deliver)

    def in_its_thread() -> None:
        seen.begin("POST")
        background.one_round()

    thread = threading.Thread(target=in_its_thread)
    thread.start()
    thread.join()
    return {"points": seen.points, "left_not_noted": seen.left_not_noted,
            "committed": seen.committed, "error": background.health().last_error}


if __name__ == "__main__":
    main(*sys.argv[1:])
