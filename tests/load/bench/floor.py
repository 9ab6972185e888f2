"""The floor of one store: a bare transaction by the raw driver that does what any save must.

Update a row of 4 KB, insert a row of history, commit. What Pepway takes is told as a multiple.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import psycopg

STATE = "s" * 4096
TABLES = (
    "CREATE TABLE floor_state (id INTEGER PRIMARY KEY, state TEXT)",
    "CREATE TABLE floor_history (id INTEGER PRIMARY KEY, what TEXT)",
)
CHANGE = "UPDATE floor_state SET state = {} WHERE id = 1"
NOTE = "INSERT INTO floor_history (id, what) VALUES ({}, {})"


def sqlite_floor(file: Path) -> Callable[[int], None]:
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    for table in TABLES:
        connection.execute(table)
    connection.execute("INSERT INTO floor_state VALUES (1, '')")

    def once(number: int) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(CHANGE.format("?"), (STATE,))
        connection.execute(NOTE.format("?", "?"), (number, "changed"))
        connection.execute("COMMIT")

    return once


def postgres_floor(url: str) -> Callable[[int], None]:
    connection = psycopg.connect(url)
    for table in TABLES:
        connection.execute(table)
    connection.execute("INSERT INTO floor_state VALUES (1, '')")
    connection.commit()

    def once(number: int) -> None:
        connection.execute(CHANGE.format("%s"), (STATE,))
        connection.execute(NOTE.format("%s", "%s"), (number, "changed"))
        connection.commit()

    return once
