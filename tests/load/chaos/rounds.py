"""The background thread of one process on SQLite, killed at every point of a round.

What the process had in hand is done by the next one: each timer that was due has fired once, every
message has left, and twice only that which had left and was not noted yet.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from chaos_council import MORNING, ChaosCouncil
from chaos_stores import SqliteStore
from forks import settings
from oracle import wrong_with
from points import KILLED, Figures
from sqlalchemy import func, select
from standing import row_counts

from engine.store.database import Database
from engine.store.models import Outbox, Timer, TimerStatus

LATER = MORNING + timedelta(days=9)
"""When reminders of all cases are due."""
CASES = 2


@dataclass
class Rounds:
    """A council in which much is due, and a process that can make a round of it."""

    store: SqliteStore
    left: Path
    launcher: "subprocess.Popen[str]"
    fault: str | None = None
    """Planted into the round that is killed, and into the next."""
    figures: Figures = field(default_factory=Figures)
    points: int = 0
    left_not_noted: frozenset[int] = frozenset()
    """Points at which a message has left and is not noted."""
    _rows: dict[str, int] = field(default_factory=dict)
    """Of each table after a round that nobody cut off."""

    def made(self) -> dict[str, Any]:
        """What a round is made of that nobody cuts off."""
        self._put_back()
        made = self._round()
        assert made["error"] is None
        return made

    def count(self) -> None:
        """Points of a round; nothing may be wrong after it."""
        made = self.made()
        self.points = made["points"]
        self.left_not_noted = frozenset(made["left_not_noted"])
        self._rows = row_counts(self.store.url)
        assert self.left_not_noted
        assert self.wrong(twice=0) == []

    def kill_at(self, point: int) -> list[str]:
        """Die at the point; the next process makes its round; everything is done, and once."""
        self._put_back()
        if self._round(kill_at=point)["ended"] != KILLED:
            found = ["half done: the process has not died where it should"]
        else:
            self.figures.killed += 1
            self._round()
            found = self.wrong(twice=int(point in self.left_not_noted))
        self.figures.acknowledged += len(self.left.read_text().split())
        found = [f"sqlite, a round of the background, killed at point {point}: {each}"
                 for each in found]
        self.figures.wrong += found
        return found

    def wrong(self, *, twice: int) -> list[str]:
        return [*wrong_with(self.store.url), *self._still_to_do(), *self._messages(twice)]

    def _still_to_do(self) -> Iterator[str]:
        database = Database(self.store.url)
        with database.transaction(writing=False) as session:
            pending = session.scalar(select(func.count()).where(
                Timer.status == TimerStatus.PENDING, Timer.due_at <= LATER
            ))
        database.engine.dispose()
        if pending:
            yield f"lost: {pending} timers that were due have not fired"
        found = row_counts(self.store.url)
        if found != self._rows:
            other = {name: f"{found[name]} of {count}" for name, count in self._rows.items()
                     if found[name] != count}
            yield f"half done: other rows than after a round that was not cut off: {other}"

    def _messages(self, twice: int) -> Iterator[str]:
        left = Counter(self.left.read_text().split())
        database = Database(self.store.url)
        with database.transaction(writing=False) as session:
            noted = {str(row.id): row.sent_at for row in session.scalars(select(Outbox))}
        database.engine.dispose()
        for message, sent_at in noted.items():
            if sent_at is None:
                yield f"lost: message {message} still waits"
            if message not in left:
                yield f"lost: message {message} has never left"
        again = sum(left.values()) - len(left)
        if again > twice:
            yield f"doubled: {again} messages have left twice, of which {twice} may"

    def _put_back(self) -> None:
        self.store.put_back()
        self.left.write_text("")

    def _round(self, **plan: Any) -> dict[str, Any]:
        assert self.launcher.stdin is not None
        assert self.launcher.stdout is not None
        self.launcher.stdin.write(json.dumps({**plan, "fault": self.fault}) + "\n")
        self.launcher.stdin.flush()
        said: dict[str, Any] = json.loads(self.launcher.stdout.readline())
        return said


@contextmanager
def rounds(folder: Path) -> Iterator[Rounds]:
    store = SqliteStore(folder)
    council = ChaosCouncil(store.url)
    for number in range(CASES):
        council.start_case(f"Testerby {number}")
    council.close()
    store.keep()
    left = folder / "left"
    with (folder / "rounds.log").open("ab") as log:
        launcher = _launched(store.url, LATER, left, log)
    try:
        made = Rounds(store, left, launcher)
        made.count()
        yield made
    finally:
        assert launcher.stdin is not None
        assert launcher.stdout is not None
        launcher.stdin.close()
        launcher.wait(30)
        launcher.stdout.close()


def _launched(url: str, moment: datetime, left: Path, log: Any) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("rounds_launcher.py")), url,
         moment.isoformat(), str(left)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, env=settings(url),
    )
