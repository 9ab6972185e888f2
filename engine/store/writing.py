"""Sends the changed and the new rows of one action: on PostgreSQL as one statement.

An action changes two or three rows and adds a dozen. Sent one by one, as the unit of work does,
they cost more than all the rest of it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, Connection, Dialect, Table
from sqlalchemy.orm import Mapper
from sqlalchemy.orm.exc import StaleDataError

from engine.store.base import Base

NewRow = tuple[type[Base], Mapping[str, Any]]
"""A table, and what its new row holds by column; what is not given is as the column's default."""

Cells = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A row that is to hold other values; of a table that counts versions, only this version."""

    table: Table
    key: Cells
    cells: Cells
    version: str | None = None
    """The column that counts; its new value is one of the cells."""


def change_of(row: Base, cells: Cells) -> Change:
    """What sets these columns of a row that is in the database."""
    mapper: Mapper[Any] = row.__mapper__
    table: Any = row.__table__
    key = {name: getattr(row, name) for name in _key(table)}
    if mapper.version_id_col is None:
        return Change(table, key, cells)
    counted = mapper.version_id_col.name
    return Change(table, key, {**cells, counted: getattr(row, counted) + 1}, counted)


@lru_cache
def _key(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.primary_key)


def send(connection: Connection, changes: Sequence[Change], rows: Sequence[NewRow]) -> None:
    """Raises `StaleDataError` where a row that is to be changed is not there any more."""
    if not changes and not rows:
        return
    if connection.dialect.name == "postgresql":
        changed = _in_one_statement(connection, changes, rows)
    else:
        changed = _one_by_one(connection, changes, rows)
    if changed != len(changes):
        msg = f"{len(changes) - changed} of {len(changes)} rows had changed meanwhile."
        raise StaleDataError(msg)


def _one_by_one(
    connection: Connection, changes: Sequence[Change], rows: Sequence[NewRow]
) -> int:
    changed = 0
    for each in changes:
        statement, as_stored = _update(each.table, tuple(each.cells), tuple(each.key), each.version,
                                       connection.dialect)
        given = [*each.cells.values(), *each.key.values()]
        if each.version is not None:
            given.append(each.cells[each.version] - 1)
        changed += connection.exec_driver_sql(statement, _stored(given, as_stored)).rowcount
    for table, cells in _by_table(rows).items():
        statement, as_stored = _insert(table, connection.dialect)
        connection.exec_driver_sql(statement, [_stored(row, as_stored) for row in cells])
    return changed


Stored = tuple[Callable[[Any], Any] | None, ...]
"""For each cell what turns it into what the driver takes; None where it is that already."""


def _stored(cells: Sequence[Any], as_stored: Stored) -> tuple[Any, ...]:
    return tuple(cell if stored is None else stored(cell)
                 for cell, stored in zip(cells, as_stored, strict=True))


@lru_cache
def _update(
    table: Table, names: tuple[str, ...], key: tuple[str, ...], version: str | None,
    dialect: Dialect,
) -> tuple[str, Stored]:
    given = [*names, *key, *([version] if version else [])]
    marked = [f'"{name}" = ?' for name in given]
    cells, where = ", ".join(marked[:len(names)]), " AND ".join(marked[len(names):])
    return (
        f'UPDATE "{table.name}" SET {cells} WHERE {where}',
        _processors([table.c[name] for name in given], dialect),
    )


@lru_cache
def _insert(table: Table, dialect: Dialect) -> tuple[str, Stored]:
    names = _names(table)
    columns, marks = ", ".join(f'"{name}"' for name in names), ", ".join("?" for _ in names)
    return (
        f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})',
        _processors([table.c[name] for name in names], dialect),
    )


def _processors(columns: Sequence[Column[Any]], dialect: Dialect) -> Stored:
    return tuple(column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns)


def _by_table(rows: Sequence[NewRow]) -> dict[Table, list[tuple[Any, ...]]]:
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
def _names(table: Table) -> tuple[str, ...]:
    return tuple(key for key, _ in _columns(table))


def _in_one_statement(
    connection: Connection, changes: Sequence[Change], rows: Sequence[NewRow]
) -> int:
    """Rows travel as JSON arrays, which PostgreSQL turns into rows again."""
    changed: dict[_Changing, list[Cells]] = {}
    for each in changes:
        which = (each.table, tuple(each.cells), tuple(each.key), each.version)
        changed.setdefault(which, []).append({**each.key, **each.cells})
    new = _by_table(rows)
    given = [
        *changed.values(),
        *([dict(zip(_names(table), row, strict=True)) for row in cells]
          for table, cells in new.items()),
    ]
    statement = _statement(tuple(changed), tuple(new))
    return int(connection.exec_driver_sql(
        statement, tuple(json.dumps(each, default=_as_text) for each in given)
    ).scalar_one())


_Changing = tuple[Table, tuple[str, ...], tuple[str, ...], str | None]


def _as_text(value: Any) -> str:
    return "\\x" + value.hex() if isinstance(value, bytes) else str(value)


@lru_cache
def _statement(changed: tuple[_Changing, ...], new: tuple[Table, ...]) -> str:
    """Parts of one WITH, which foreign keys are checked after; it gives how many rows changed."""
    parts = [f"changed_{at} AS ({_changing(*each)})" for at, each in enumerate(changed)]
    parts += [f"new_{at} AS ({_adding(table)})" for at, table in enumerate(new)]
    counts = (f"(SELECT count(*) FROM changed_{at})" for at in range(len(changed)))
    return f"WITH {', '.join(parts)} SELECT {' + '.join(counts) or 0}"


def _changing(
    table: Table, names: tuple[str, ...], key: tuple[str, ...], version: str | None
) -> str:
    cells = ", ".join(f'"{name}" = given."{name}"' for name in names)
    where = [f'old."{name}" = given."{name}"' for name in key]
    where += [f'old."{version}" = given."{version}" - 1'] if version else []
    return (f'UPDATE "{table.name}" AS old SET {cells} FROM {_given(table)} AS given '
            f"WHERE {' AND '.join(where)} RETURNING 1")


def _adding(table: Table) -> str:
    columns = ", ".join(f'"{name}"' for name in _names(table))
    return f'INSERT INTO "{table.name}" ({columns}) SELECT {columns} FROM {_given(table)}'


def _given(table: Table) -> str:
    return f'json_populate_recordset(NULL::"{table.name}", %s::json)'
