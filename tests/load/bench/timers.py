"""Many timers due at once: how many a second, and each exactly once, on both stores.

`python tests/load/bench/timers.py [TIMERS] [WORKERS] [FLOW]`, FLOW `plain` (a timer and an end) or
`step` (an action and a task after it). The workers are of PostgreSQL; on SQLite there is one
thread.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench_stores import database, on_disk, postgres
from council import new_council
from diagrams import diagram, flow, waiting
from figures import Figure, median, show, show_json
from floor import postgres_floor, sqlite_floor
from lives import ROOT
from many_cases import copy_case
from plain_domain import ANN, CHILD, PlainDomain
from postgres import Postgres
from sqlalchemy import func, select, text

from engine.background import Embedded
from engine.background.distributed import Distributed
from engine.cases import open_case
from engine.clock import FixedClock
from engine.releases import load_folder
from engine.store.database import Database
from engine.store.models import Event, Timer
from engine.work import Installation

LATER = datetime(2026, 5, 1, 9, tzinfo=UTC)
TIMERS, FLOORS = 4_000, 200
GOAL = 500


def plain() -> dict[str, bytes]:
    """Wait for a date, and end."""
    body = (
        '<bpmn:startEvent id="begun"/>'
        '<bpmn:intermediateCatchEvent id="wait"><bpmn:timerEventDefinition id="t">'
        "<bpmn:timeDate>days_after(placement_start, 10)</bpmn:timeDate>"
        '</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent><bpmn:endEvent id="done"/>'
        + flow("begun", "wait") + flow("wait", "done")
    )
    lanes = {"social_worker": ["begun", "wait", "done"]}
    return {"waiting.bpmn": diagram("waiting", lanes, body)}


FLOWS = {"plain": plain, "step": waiting}


@dataclass(frozen=True)
class Fired:
    rate: float
    """Timers a second, from the first that fired to the last."""
    processor: float
    """Milliseconds of a processor for a timer, all processes together."""
    once: bool

    def told(self, name: str, store: str, floor: float) -> Iterator[Figure]:
        """The time for a timer as a multiple of one bare transaction, alone on the machine."""
        ratio = 1000 / self.rate / floor
        yield Figure(name, store, self.rate, "timers/s", floor, ratio, f">= {GOAL}/s, each once",
                     self.rate >= GOAL and self.once)
        yield Figure(f"{name}: of a processor", store, self.processor, "ms a timer", floor,
                     self.processor / floor, "", None)


def figures(timers: int = TIMERS, workers: int = 2, shape: str = "plain") -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(dir=on_disk()) as folder:
        floor = median(sqlite_floor(Path(folder) / "floor.db"), FLOORS)
        fired = by_one_thread(f"sqlite:///{folder}/timers.db", timers, shape)
    yield from fired.told(f"{timers:,} due timers, {shape}", "sqlite", floor)
    with postgres() as server:
        floor = median(postgres_floor(server.new_database()), FLOORS)
        fired = by_workers(server, timers, workers, shape)
    name = f"{timers:,} due timers, {workers} workers, {shape}"
    yield from fired.told(name, "postgresql", floor)


def by_one_thread(url: str, timers: int, shape: str) -> Fired:
    with _waiting(url, timers, shape) as opened:
        installation = Installation(opened, FixedClock(LATER), PlainDomain(), b"bench key")
        begun, spent = time.monotonic(), time.process_time()
        Embedded(installation, lambda message: None).one_round()
        took, spent = time.monotonic() - begun, time.process_time() - spent
        return Fired(timers / took, spent * 1000 / timers, _each_once(opened, timers))


def by_workers(server: Postgres, timers: int, workers: int, shape: str) -> Fired:
    url = server.new_database()
    with _waiting(url, timers, shape) as opened:
        analysing = opened.engine.execution_options(isolation_level="AUTOCOMMIT")
        with analysing.connect() as connection:
            connection.execute(text("ANALYZE"))
        running = [_worker(url) for _ in range(workers)]
        first, begun, spent = 0, 0.0, 0.0
        while not first:
            time.sleep(0.1)
            first, begun, spent = _fired(opened), time.monotonic(), _spent(server, running)
        while _pending(opened):
            time.sleep(0.25)
        took, spent = time.monotonic() - begun, _spent(server, running) - spent
        for worker in running:
            worker.terminate()
            worker.wait(30)
        left = timers - first
        return Fired(left / took, spent * 1000 / left, _each_once(opened, timers))


@contextmanager
def _waiting(url: str, timers: int, shape: str) -> Iterator[Database]:
    """A database with so many cases, each of which waits for a timer that is due."""
    with database(url) as opened:
        council = new_council(opened)
        load_folder(council.by(ANN), "waiting", FLOWS[shape]())
        copy_case(opened, open_case(council.by(ANN), "waiting", CHILD), timers - 1)
        yield opened


def _each_once(database: Database, timers: int) -> bool:
    return _fired(database) == _cases_fired(database) == timers


def _spent(server: Postgres, workers: "list[subprocess.Popen[bytes]]") -> float:
    """Seconds of a processor that the server and the workers have had so far."""
    postmaster = int((server.folder / "data" / "postmaster.pid").read_text().split()[0])
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            pid, fields = int(stat.parent.name), stat.read_text().rpartition(")")[2].split()
            of_ended_children = int(fields[13]) + int(fields[14]) if pid == postmaster else 0
            if pid in {postmaster, *(each.pid for each in workers)} or int(fields[1]) == postmaster:
                ticks += int(fields[11]) + int(fields[12]) + of_ended_children
    return ticks / os.sysconf("SC_CLK_TCK")


def work(url: str) -> None:
    """What each worker's process does, until it is told to stop."""
    installation = Installation(Database(url), FixedClock(LATER), PlainDomain(), b"bench key")
    worker = Distributed(installation, lambda message: None)
    signal.signal(signal.SIGTERM, lambda _number, _frame: worker.ask_to_stop())
    worker.run()


def _worker(url: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, __file__, "--work", url]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(
        str(ROOT / part) for part in ("", "tests", "tests/engine", "tests/load/bench")
    )})


def _fired(database: Database) -> int:
    return _count(database, select(func.count()).where(Event.kind == "timer_fired"))


def _cases_fired(database: Database) -> int:
    distinct = func.count(func.distinct(Event.case_id))
    return _count(database, select(distinct).where(Event.kind == "timer_fired"))


def _pending(database: Database) -> int:
    return _count(database, select(func.count()).where(Timer.status == "pending"))


def _count(database: Database, statement: object) -> int:
    with database.transaction(writing=False) as session:
        return session.scalar(statement)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        work(sys.argv[2])
    else:
        given = (int(each) if each.isdigit() else each for each in sys.argv[1:])
        show_json(show(figures(*given)))
