"""Many timers due at once, some workers: how many a second, and each exactly once.

`python tests/load/timers.py [TIMERS] [WORKERS] [FLOW]`, FLOW `plain` (a timer and an end) or `step`
(an action and a task after it).
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from bench_stores import database, postgres
from council import new_council
from diagrams import diagram, flow, waiting
from figures import Figure, median, show, show_json
from floor import postgres_floor
from lives import ROOT
from many_cases import copy_case
from plain_domain import ANN, CHILD, PlainDomain
from sqlalchemy import func, select, text

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


def figures(timers: int = TIMERS, workers: int = 2, shape: str = "plain") -> Iterator[Figure]:
    """`ratio`: the time for a timer as a multiple of one bare transaction, alone on the machine."""
    with postgres() as server:
        floor = median(postgres_floor(server.new_database()), FLOORS)
        rate, each_once = measure(server.new_database(), timers, workers, shape)
    yield Figure(f"{timers:,} due timers, {workers} workers, {shape}", "postgresql", rate,
                 "timers/s", floor, 1000 / rate / floor, f">= {GOAL}/s, each once",
                 rate >= GOAL and each_once)


def measure(url: str, timers: int, workers: int, shape: str) -> tuple[float, bool]:
    """Timers a second from the first that fired to the last; and whether each fired once."""
    with database(url) as opened:
        return _measure(opened, url, timers, workers, shape)


def _measure(
    database: Database, url: str, timers: int, workers: int, shape: str
) -> tuple[float, bool]:
    council = new_council(database)
    load_folder(council.by(ANN), "waiting", FLOWS[shape]())
    copy_case(database, open_case(council.by(ANN), "waiting", CHILD), timers - 1)
    with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("ANALYZE"))
    running = [_worker(url) for _ in range(workers)]
    first, begun = 0, 0.0
    while not first:
        time.sleep(0.1)
        first, begun = _fired(database), time.monotonic()
    while _pending(database):
        time.sleep(0.25)
    rate = (timers - first) / (time.monotonic() - begun)
    for worker in running:
        worker.terminate()
        worker.wait(30)
    return rate, _fired(database) == _cases_fired(database) == timers


def work(url: str) -> None:
    """What each worker's process does, until it is told to stop."""
    installation = Installation(Database(url), FixedClock(LATER), PlainDomain(), b"bench key")
    worker = Distributed(installation, lambda message: None)
    signal.signal(signal.SIGTERM, lambda _number, _frame: worker.ask_to_stop())
    worker.run()


def _worker(url: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, __file__, "--work", url]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(
        str(ROOT / part) for part in ("", "tests", "tests/engine", "tests/load")
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
