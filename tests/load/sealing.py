"""How long a million rows take to seal, and `pepway audit verify` to read them, on both stores.

    PYTHONPATH=tests:tests/engine .venv/bin/python tests/load/sealing.py [--rows 1000000]

A JSON object a line for each figure. Beside it stand the seconds in which this process had a
processor, and the machine's noise: the slowest of five runs of the same arithmetic over the
fastest.
"""

import argparse
import hashlib
import hmac
import json
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from bench import KEY, MORNING, _on_disk, _postgres
from plain_domain import ANN, CHILD, PlainDomain
from sqlalchemy import Table, insert

from engine.clock import FixedClock
from engine.domain import SYSTEM
from engine.seal import SEALED_TABLES, mac_of
from engine.sealer import seal_committed_rows
from engine.store.database import Database
from engine.store.schema import migrate
from engine.tampering import find_tampering
from engine.work import Acting, Installation

AT_ONCE = 10_000
GOAL_SECONDS = 60
GOAL_ROWS = 1_000_000


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=GOAL_ROWS)
    rows = asked.parse_args().rows
    with tempfile.TemporaryDirectory(dir=_on_disk()) as folder:
        measure("sqlite", f"sqlite:///{Path(folder) / 'sealing.db'}", rows)
    with _postgres() as server:
        measure("postgresql", server.new_database(), rows)


def measure(store: str, url: str, rows: int) -> None:
    database = Database(url)
    migrate(database)
    by = Installation(database, FixedClock(MORNING), PlainDomain(), KEY).acting(SYSTEM)
    load(by, rows)
    with shown("seal", store, rows):
        sealed = seal_committed_rows(by)
    with shown("audit verify", store, rows):
        verdict = find_tampering(by)
    assert (sealed, verdict.rows, verdict.count) == (rows, rows, 0), verdict
    database.engine.dispose()


def load(by: Acting, rows: int) -> None:
    """Half events, half audit rows, each with its MAC, as a council's years would leave them."""
    for name, table in SEALED_TABLES.items():
        for start in range(0, rows // 2, AT_ONCE):
            count = min(AT_ONCE, rows // 2 - start)
            with by.begin() as work:
                work.session.connection().execute(
                    insert(table), [made(name, table, start + number) for number in range(count)]
                )


def made(name: str, table: Table, number: int) -> dict[str, object]:
    of_each = {
        "id": uuid4(), "case_id": None, "child_id": CHILD, "task_id": UUID(int=number),
        "kind": "task_completed", "element": "write_the_plan", "actor_id": ANN.id,
        "action": "see_case", "about": f"case:{UUID(int=number)}", "reason": "social_worker",
        "at": (MORNING + timedelta(seconds=number)).astimezone(UTC),
        "data": {"due": "2026-04-10", "element": "write_the_plan"} if number % 2 else {},
        "seen_once": None,
    }
    row = {key: of_each[key] for key in (column.key for column in table.columns)
           if key in of_each}
    return {**row, "mac": mac_of(KEY, name, row)}


@contextmanager
def shown(name: str, store: str, rows: int) -> Iterator[None]:
    began, worked = time.perf_counter(), time.process_time()
    yield
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    goal = GOAL_SECONDS if name == "audit verify" else None
    print(json.dumps({  # noqa: T201
        "name": name, "store": store, "value": round(seconds, 1), "unit": "s", "rows": rows,
        "goal": goal and f"<= {goal} s for {GOAL_ROWS:,} rows",
        "met": goal and seconds / rows <= goal / GOAL_ROWS,
        "own_processor_seconds": round(worked, 1), "noise": round(noise(), 2),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "on": datetime.now(UTC).isoformat(timespec="seconds"),
    }), flush=True)


def noise() -> float:
    took = []
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(100_000):
            hmac.digest(KEY, b"the same arithmetic each time", hashlib.sha256)
        took.append(time.perf_counter() - began)
    return max(took) / min(took)


if __name__ == "__main__":
    main()
