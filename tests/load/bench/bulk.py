"""Millions of rows into a new database: indices and constraints step aside and come back after.

PostgreSQL takes them by COPY, SQLite by `executemany` in one transaction.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Protocol

import psycopg
from psycopg import sql
from stamping import Written

COPIED = Written("\t", "\n", "\\N",
                 (("\\", "\\\\"), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")))
BOUND = Written("\x1f", "\x1e", "\x00")
HEXADECIMAL = "\\x"

Say = Callable[[str], None]


class Bulk(Protocol):
    written: Written

    def take(self, table: str, columns: Sequence[str], rows: str) -> None:
        """Rows as the text that `written` makes of them."""


class PostgresBulk:
    written = COPIED

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def take(self, table: str, columns: Sequence[str], rows: str) -> None:
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(rows)


class SqliteBulk:
    written = BOUND

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def take(self, table: str, columns: Sequence[str], rows: str) -> None:
        named, marks = ", ".join(f'"{each}"' for each in columns), ", ".join("?" * len(columns))
        self._connection.executemany(
            f'INSERT INTO "{table}" ({named}) VALUES ({marks})',  # noqa: S608 (our own names)
            (_values(row) for row in rows.split(BOUND.row)[:-1]),
        )


@contextmanager
def postgres_bulk(url: str, say: Say) -> Iterator[PostgresBulk]:
    """One transaction for all rows; then the indices, the numbers to come, and VACUUM ANALYZE."""
    with psycopg.connect(url) as connection:
        connection.execute("SET maintenance_work_mem = '512MB'")
        connection.execute("SET session_replication_role = replica")  # no foreign key is checked
        tables = [name for name, in connection.execute(_TABLES)]
        connection.execute(sql.SQL("TRUNCATE {}").format(
            sql.SQL(", ").join(map(sql.Identifier, tables))
        ))
        aside = _set_aside(connection)
        yield PostgresBulk(connection)
        for number, statement in enumerate(aside, 1):
            say(f"index {number} of {len(aside)}")
            connection.execute(statement)
        for table, column in connection.execute(_NUMBERED).fetchall():
            connection.execute(
                sql.SQL("SELECT setval(pg_get_serial_sequence({}, {}), max({}))  FROM {}").format(
                    sql.Literal(table), sql.Literal(column), sql.Identifier(column),
                    sql.Identifier(table),
                )
            )
    say("vacuum")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


@contextmanager
def sqlite_bulk(file: str, say: Say) -> Iterator[SqliteBulk]:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF",
                       "cache_size=-600000", "temp_store=MEMORY", "locking_mode=EXCLUSIVE"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")
        indices = connection.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
        ).fetchall()
        for name, _ in indices:
            connection.execute(f'DROP INDEX "{name}"')
        yield SqliteBulk(connection)
        for number, (_, statement) in enumerate(indices, 1):
            say(f"index {number} of {len(indices)}")
            connection.execute(statement)
        connection.execute("COMMIT")


def _values(row: str) -> list[str | bytes | None]:
    return [
        None if cell == BOUND.nothing
        else bytes.fromhex(cell[2:]) if cell.startswith(HEXADECIMAL) else cell
        for cell in row.split(BOUND.cell)
    ]


_TABLES = """
SELECT tablename FROM pg_tables WHERE schemaname = 'public'
AND tablename <> 'alembic_version' AND tablename NOT LIKE 'procrastinate%'
"""
_NUMBERED = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = 'public' AND column_name = 'seq' AND table_name <> 'sealed_batch'
"""
_PLAIN_INDICES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
JOIN pg_class ON pg_class.oid = indrelid
WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'procrastinate%'
AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""
_UNREFERENCED_KEYS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(own.oid) FROM pg_constraint AS own
JOIN pg_class ON pg_class.oid = conrelid
WHERE relnamespace = 'public'::regnamespace AND contype IN ('p', 'u')
AND relname NOT LIKE 'procrastinate%' AND relname <> 'alembic_version'
AND NOT EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND confrelid = own.conrelid)
"""


def _set_aside(connection: psycopg.Connection) -> list[str]:
    """Drop the indices, and the keys to which no other table refers; tells what brings them back.

    The names come quoted from the database itself.
    """
    back = []
    for name, definition in connection.execute(_PLAIN_INDICES).fetchall():
        connection.execute(f"DROP INDEX {name}")  # type: ignore[arg-type]
        back.append(definition)
    for table, name, definition in connection.execute(_UNREFERENCED_KEYS).fetchall():
        connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')  # type: ignore[arg-type]
        back.append(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
    return back
