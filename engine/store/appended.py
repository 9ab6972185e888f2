"""New rows that wait for the end of their action, and attempts that can be taken back.

An action appends a dozen rows to a few tables. Sent one by one, as the unit of work does, they
cost more than all the rest of it. Rows appended here are sent together, on PostgreSQL in one
statement, before anything is read in their transaction or it commits: whoever reads can tell no
difference.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table, Update, event, insert
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker

from engine.store.base import Base

_WAITING, _ATTEMPTS = "appended", "attempts"


def append(session: Session, row: Base) -> None:
    """Insert the row with the others of its action. `row` itself stays outside the session."""
    _waiting(session).append(row)


def write_everything(session: Session) -> None:
    """Send what was changed and what was appended so far."""
    session.flush()
    _write(session)


def change(session: Session, statement: Update, rows: Sequence[dict[str, Any]]) -> None:
    """Send one statement for many rows, past the unit of work; an attempt takes it back too.

    The session must not hold these rows: what it holds would not change.
    """
    if rows:
        _set_savepoints(session)
        session.connection().execute(statement, rows)


@contextmanager
def attempt(session: Session) -> Iterator["Attempt"]:
    """Do something that may fail: then what it did is taken back, and nothing before it."""
    session.flush()
    attempts = session.info.setdefault(_ATTEMPTS, [])
    this = Attempt(session)
    attempts.append(this)
    try:
        yield this
        this.keep()
    except BaseException:
        this.take_back()
        raise
    finally:
        attempts.remove(this)


def append_together(sessions: "sessionmaker[Session]") -> None:
    """Let every session of this maker write what was appended before it reads or commits."""
    event.listen(sessions, "do_orm_execute", lambda state: _write(state.session))
    event.listen(sessions, "before_flush", lambda session, *_: _set_savepoints(session))
    event.listen(sessions, "before_commit", _write)


class Attempt:
    """Sets its savepoint only before the first row is sent: most attempts append and send none."""

    def __init__(self, session: Session) -> None:
        self._session, self._before = session, len(_waiting(session))
        self._savepoint: SessionTransaction | None = None

    def has_changed(self, *but: type[Base]) -> bool:
        """Whether anything was changed or appended, new rows of these tables left out."""
        session = self._session
        return bool(
            self._savepoint or session.dirty or session.new or session.deleted
            or any(not isinstance(row, but) for row in _waiting(session)[self._before:])
        )

    def set_savepoint(self) -> None:
        if self._savepoint is None:
            waiting = _waiting(self._session)
            earlier, waiting[:] = waiting[:self._before], waiting[self._before:]
            self._before = 0
            _send(self._session, earlier)
            self._savepoint = self._session.begin_nested()

    def keep(self) -> None:
        if self._savepoint is not None:
            self._savepoint.commit()

    def take_back(self) -> None:
        del _waiting(self._session)[self._before:]
        if self._savepoint is not None:
            self._savepoint.rollback()
            return
        for row in list(self._session.new):
            self._session.expunge(row)
        for row in list(self._session.deleted):
            self._session.add(row)
        for row in list(self._session.dirty):
            self._session.expire(row)


def _waiting(session: Session) -> list[Base]:
    found: list[Base] = session.info.setdefault(_WAITING, [])
    return found


def _set_savepoints(session: Session) -> None:
    for each in session.info.get(_ATTEMPTS, ()):
        each.set_savepoint()


def _write(session: Session) -> None:
    if _waiting(session):
        session.flush()
        _set_savepoints(session)
        waiting = _waiting(session)
        rows, waiting[:] = waiting[:], []
        _send(session, rows)


def _send(session: Session, rows: Sequence[Base]) -> None:
    if not rows:
        return
    connection, found = session.connection(), _by_table(rows)
    if connection.dialect.name == "postgresql":
        _in_one_statement(connection, found)
    else:
        for table, values in found.items():
            connection.execute(insert(table), values)


def _by_table(rows: Sequence[Base]) -> dict[Table, list[dict[str, Any]]]:
    found: dict[Table, list[dict[str, Any]]] = {}
    for row in rows:
        table: Any = row.__table__
        given = vars(row)
        found.setdefault(table, []).append(
            {key: given[key] if key in given else _value(default)
             for key, default in _columns(table)}
        )
    return found


def _value(default: Any) -> Any:
    return default(None) if callable(default) else default


@lru_cache
def _columns(table: Table) -> tuple[tuple[str, Any], ...]:
    """Each column that a row brings, with what it is by default; a function makes it anew.

    A number that the database counts up is left to it.
    """
    return tuple(
        (column.key, getattr(column.default, "arg", None))
        for column in table.columns
        if column is not table.autoincrement_column
    )


def _in_one_statement(
    connection: Connection, found: dict[Table, list[dict[str, Any]]]
) -> None:
    """Each table's rows travel as one JSON array, which PostgreSQL turns into rows again."""
    connection.exec_driver_sql(
        _statement(tuple(found)),
        tuple(json.dumps(rows, default=str) for rows in found.values()),
    )


@lru_cache
def _statement(tables: tuple[Table, ...]) -> str:
    """All tables but the last as parts of a WITH; foreign keys are checked at its end."""
    inserts = []
    for table in tables:
        columns = ", ".join(f'"{key}"' for key, _ in _columns(table))
        inserts.append(
            f'INSERT INTO "{table.name}" ({columns}) SELECT {columns} '  # noqa: S608 (our own names)
            f'FROM json_populate_recordset(NULL::"{table.name}", %s::json)'
        )
    *before, last = inserts
    parts = ", ".join(f"part_{number} AS ({part})" for number, part in enumerate(before))
    return f"WITH {parts} {last}" if parts else last
