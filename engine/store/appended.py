"""New rows that wait for the end of their action, and attempts that can be taken back.

An action appends a dozen rows to a few tables. Sent one by one, as the unit of work does, they
cost more than all the rest of it. Rows appended here are sent together, on PostgreSQL in one
statement, before anything is read in their transaction or it commits: whoever reads can tell no
difference.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table, Update, event, inspect
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker

from engine.store.base import Base

_WAITING, _ATTEMPTS = "appended", "attempts"

Row = tuple[type[Base], Mapping[str, Any]]
"""A table, and what its new row holds by column; what is not given is as the column's default."""


def append(session: Session, table: type[Base], values: Mapping[str, Any]) -> None:
    """Insert a row with the others of its action."""
    _waiting(session).append((table, values))


def write_everything(session: Session) -> None:
    """Send what was changed and what was appended so far."""
    session.flush()
    _write(session)


def change(session: Session, statement: Update, rows: Sequence[dict[str, Any]]) -> None:
    """Send one statement for many rows, past the unit of work; an attempt takes it back too.

    The session must not hold these rows: what it holds would not change.
    """
    if rows:
        session.flush()
        _set_savepoints(session)
        session.connection().execute(statement, rows)


@contextmanager
def attempt(session: Session) -> Iterator["Attempt"]:
    """Do something that may fail: then what it did is taken back, and nothing before it."""
    if session.new or session.deleted:
        session.flush()
    attempts = session.info.setdefault(_ATTEMPTS, [])
    this = Attempt(session)
    attempts.append(this)
    try:
        yield this
        this.keep()
    except BaseException:
        attempts.remove(this)
        this.take_back()
        raise
    attempts.remove(this)


def append_together(sessions: "sessionmaker[Session]") -> None:
    """Let every session of this maker write what was appended before it reads or commits."""
    event.listen(sessions, "do_orm_execute", lambda state: _write(state.session))
    event.listen(sessions, "before_flush", lambda session, *_: _set_savepoints(session))
    event.listen(sessions, "before_commit", _write)


class Attempt:
    """Sets its savepoint only before the first row is sent: most attempts append and send none.

    Rows that were changed before it and not sent yet are remembered as they stood.
    """

    def __init__(self, session: Session) -> None:
        self._session, self._before = session, len(_waiting(session))
        self._changed_before = [(row, _changes_of(row)) for row in session.dirty]
        self._savepoint: SessionTransaction | None = None

    def has_changed(self, *but: type[Base]) -> bool:
        """Whether anything was changed or appended, new rows of these tables left out."""
        session = self._session
        return bool(
            self._savepoint or session.new or session.deleted
            or any(table not in but for table, _ in _waiting(session)[self._before:])
            or self._has_changed_rows()
        )

    def _has_changed_rows(self) -> bool:
        before = dict(self._changed_before)
        return any(_changes_of(row) != before.get(row, {}) for row in self._session.dirty)

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
        for row in list(self._session.new):
            self._session.expunge(row)
        for row in list(self._session.deleted):
            self._session.add(row)
        before = dict(self._changed_before)
        for row in list(self._session.dirty):
            if row not in before:
                self._session.expire(row)
        for row, changes in before.items():
            self._put_back(row, changes)

    def _put_back(self, row: Base, changes: Mapping[str, Any]) -> None:
        """Let a row have the changes that it had before, and no other."""
        if self._savepoint is not None:
            with self._session.no_autoflush:
                self._session.refresh(row)
        for name, value in {**inspect(row).committed_state, **changes}.items():
            setattr(row, name, value)


def _changes_of(row: Base) -> dict[str, Any]:
    """What has been changed in a row and was not sent yet."""
    now = vars(row)
    return {name: now[name] for name in inspect(row).committed_state if name in now}


def _waiting(session: Session) -> list[Row]:
    found: list[Row] = session.info.setdefault(_WAITING, [])
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


def _send(session: Session, rows: Sequence[Row]) -> None:
    if not rows:
        return
    connection, found = session.connection(), _by_table(rows)
    if connection.dialect.name == "postgresql":
        _in_one_statement(connection, found)
    else:
        for table, values in found.items():
            statement, as_stored = _insert(table, connection.dialect)
            connection.exec_driver_sql(statement, [
                tuple(cell if stored is None else stored(cell)
                      for cell, stored in zip(row, as_stored, strict=True))
                for row in values
            ])


def _by_table(rows: Sequence[Row]) -> dict[Table, list[tuple[Any, ...]]]:
    """The cells of each row, in the order of `_columns`."""
    found: dict[Table, list[tuple[Any, ...]]] = {}
    for model, given in rows:
        table: Any = model.__table__
        found.setdefault(table, []).append(tuple(
            given[key] if key in given else default(None) if callable(default) else default
            for key, default in _columns(table)
        ))
    return found


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


@lru_cache
def _insert(
    table: Table, dialect: Dialect
) -> tuple[str, tuple[Callable[[Any], Any] | None, ...]]:
    """The statement, and what turns each cell into what the driver takes."""
    keys = [key for key, _ in _columns(table)]
    columns, marks = ", ".join(f'"{key}"' for key in keys), ", ".join("?" for _ in keys)
    return (
        f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})',  # noqa: S608 (our own names)
        tuple(table.c[key].type.dialect_impl(dialect).bind_processor(dialect) for key in keys),
    )


def _in_one_statement(
    connection: Connection, found: dict[Table, list[tuple[Any, ...]]]
) -> None:
    """Each table's rows travel as one JSON array, which PostgreSQL turns into rows again."""
    connection.exec_driver_sql(_statement(tuple(found)), tuple(
        json.dumps([dict(zip(_names(table), row, strict=True)) for row in rows], default=str)
        for table, rows in found.items()
    ))


@lru_cache
def _names(table: Table) -> tuple[str, ...]:
    return tuple(key for key, _ in _columns(table))


@lru_cache
def _statement(tables: tuple[Table, ...]) -> str:
    """All tables but the last as parts of a WITH; foreign keys are checked at its end."""
    inserts = []
    for table in tables:
        columns = ", ".join(f'"{key}"' for key in _names(table))
        inserts.append(
            f'INSERT INTO "{table.name}" ({columns}) SELECT {columns} '  # noqa: S608 (our own names)
            f'FROM json_populate_recordset(NULL::"{table.name}", %s::json)'
        )
    *before, last = inserts
    parts = ", ".join(f"part_{number} AS ({part})" for number, part in enumerate(before))
    return f"WITH {parts} {last}" if parts else last
