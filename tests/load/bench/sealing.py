"""How long rows take to seal, and `pepway audit verify` to read them, on both stores.

    PYTHONPATH=tests:tests/engine .venv/bin/python tests/load/bench/sealing.py [--rows 1000000]

`make bench` does it with fewer, and tells the time that a million would take.
"""

import argparse
import tempfile
from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from bench_stores import database, on_disk, postgres
from figures import Figure, milliseconds, show, show_json
from lives import KEY, MORNING
from plain_domain import ANN, CHILD, PlainDomain
from sqlalchemy import Table, insert

from engine.clock import FixedClock
from engine.domain import SYSTEM
from engine.seal import SEALED_TABLES, mac_of
from engine.sealer import seal_committed_rows
from engine.tampering import find_tampering
from engine.work import Acting, Installation

AT_ONCE = 10_000
ROWS = 50_000
GOAL_SECONDS = 60
GOAL_ROWS = 1_000_000


def figures(rows: int = ROWS) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(dir=on_disk()) as folder:
        yield from measure("sqlite", f"sqlite:///{Path(folder) / 'sealing.db'}", rows)
    with postgres() as server:
        yield from measure("postgresql", server.new_database(), rows)


def measure(store: str, url: str, rows: int) -> Iterator[Figure]:
    with database(url) as opened:
        by = Installation(opened, FixedClock(MORNING), PlainDomain(), KEY).acting(SYSTEM)
        load(by, rows)
        verdicts = []
        sealing = milliseconds(lambda: seal_committed_rows(by)) / 1000
        reading = milliseconds(lambda: verdicts.append(find_tampering(by))) / 1000
        [verdict] = verdicts
    assert (verdict.rows, verdict.unsealed, verdict.count) == (rows, 0, 0), verdict
    of_a_million = GOAL_ROWS / rows
    yield Figure(f"seal {rows:,} rows, as of a million", store, sealing * of_a_million, "s",
                 None, None, "", None)
    yield Figure(f"audit verify of {rows:,}, as of a million", store, reading * of_a_million, "s",
                 None, None, f"<= {GOAL_SECONDS} s", reading * of_a_million <= GOAL_SECONDS)


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


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=GOAL_ROWS)
    show_json(show(figures(asked.parse_args().rows)))


if __name__ == "__main__":
    main()
