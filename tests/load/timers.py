"""Many timers due at once, some workers: how many a second, and each exactly once.

`python tests/load/timers.py [TIMERS] [WORKERS] [FLOW]`, FLOW `plain` (a timer and an end) or `step`
(an action and a task after it). One JSON object, as `make bench` writes them.
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from council import new_council
from diagrams import diagram, flow, waiting
from floor import postgres_floor
from many_cases import copy_case
from plain_domain import ANN, CHILD, PlainDomain
from postgres import Postgres
from sqlalchemy import func, select, text

from engine.background.distributed import Distributed
from engine.cases import open_case
from engine.clock import FixedClock
from engine.releases import load_folder
from engine.store.database import Database
from engine.store.models import Event, Timer
from engine.store.schema import migrate
from engine.work import Installation

ROOT = Path(__file__).parents[2]
LATER = datetime(2026, 5, 1, 9, tzinfo=UTC)
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


def main(timers: int = 10_000, workers: int = 2, shape: str = "plain") -> None:
    server = Postgres(durable=True, inside=_on_disk())
    server.start()
    try:
        once = postgres_floor(server.new_database())
        floor = statistics.median(_milliseconds(once, number) for number in range(300))
        rate, each_once = measure(server.new_database(), timers, workers, shape)
        show(f"{timers} due timers, {workers} workers, {shape}", floor, rate, each_once)
    finally:
        server.stop()


def measure(url: str, timers: int, workers: int, shape: str) -> tuple[float, bool]:
    """Timers a second from the first that fired to the last; and whether each fired once."""
    database = Database(url)
    migrate(database)
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
    once = _fired(database) == _cases_fired(database) == timers
    database.engine.dispose()
    return rate, once


def show(name: str, floor: float, rate: float, once: bool) -> None:
    """`ratio`: the time for a timer as a multiple of one bare transaction, alone on the machine."""
    sys.stdout.write(json.dumps({
        "name": name, "store": "postgresql", "value": round(rate, 1), "unit": "timers/s",
        "floor": round(floor, 2), "ratio": round(1000 / rate / floor, 1),
        "goal": f">= {GOAL}/s, each once", "met": rate >= GOAL and once, "once": once,
    }) + "\n")


def _milliseconds(once: Callable[[int], None], number: int) -> float:
    begun = time.perf_counter()
    once(number)
    return (time.perf_counter() - begun) * 1000


def work(url: str) -> None:
    """What each worker's process does, until it is told to stop."""
    installation = Installation(Database(url), FixedClock(LATER), PlainDomain(), b"bench key")
    worker = Distributed(installation, lambda message: None)
    signal.signal(signal.SIGTERM, lambda _number, _frame: worker.ask_to_stop())
    worker.run()


def _worker(url: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, __file__, "--work", url]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(
        str(ROOT / part) for part in ("", "tests", "tests/engine")
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


def _on_disk() -> Path:
    folder = ROOT / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        work(sys.argv[2])
    else:
        main(*(int(each) if each.isdigit() else each for each in sys.argv[1:]))
