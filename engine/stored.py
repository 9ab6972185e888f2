"""Rows as a database stores them, read by the million, and what they say.

Whoever alters a table may leave what no type accepts, or a spelling that no search finds. So every
cell comes as text, and counts only in the spelling that Pepway writes.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    DateTime,
    Integer,
    String,
    Table,
    Text,
    Uuid,
    cast,
    func,
    select,
    type_coerce,
)

from engine.store.base import UtcDateTime

Row = tuple[int, dict[str, Any] | None]
"""The row's number, and what it says by column; None where that cannot be read."""

AT_ONCE = 2_000


def stored_rows(connection: Connection, table: Table) -> Iterator[Row]:
    """Every row in the order of its number, which is the table's key; a few at a time."""
    [number] = table.primary_key.columns
    sqlite = connection.dialect.name == "sqlite"
    columns = [_as_text(column, sqlite=sqlite) for column in table.columns]
    read = [(column.key, _reading(column, sqlite=sqlite)) for column in table.columns]
    found = connection.execute(
        select(number, *columns).order_by(number), execution_options={"yield_per": AT_ONCE}
    )
    for row in found:
        yield row[0], _said(row[1:], read)


def _said(cells: Any, read: list[tuple[str, Callable[[Any], Any] | None]]) -> dict[str, Any] | None:
    try:
        return {
            key: cell if cell is None or reading is None else reading(cell)
            for cell, (key, reading) in zip(cells, read, strict=True)
        }
    except (ValueError, TypeError, RecursionError):
        return None


def _as_text(column: ColumnElement[Any], *, sqlite: bool) -> ColumnElement[Any]:
    text = column if isinstance(column.type, String | Integer) else None
    if text is None and sqlite:
        text = type_coerce(column, Text)
    elif text is None and isinstance(column.type, DateTime | UtcDateTime):
        text = cast(func.timezone("UTC", column), Text)
    elif text is None:
        text = cast(column, Text)
    return text.label(f"said_{column.key}")


def _reading(column: ColumnElement[Any], *, sqlite: bool) -> Callable[[Any], Any] | None:
    if isinstance(column.type, JSON):
        return _json
    if isinstance(column.type, UtcDateTime):
        return _moment_of_sqlite if sqlite else _moment_of_postgresql
    if isinstance(column.type, Uuid) and sqlite:
        return _uuid_of_sqlite
    return None


def _json(text: str) -> Any:
    return {} if text == "{}" else json.loads(text)


def _moment_of_sqlite(text: str) -> datetime:
    moment = datetime.fromisoformat(text).astimezone(UTC)
    if moment.isoformat(timespec="microseconds") != text:
        msg = "not as Pepway spells a moment"
        raise ValueError(msg)
    return moment


def _moment_of_postgresql(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _uuid_of_sqlite(text: str) -> str:
    """As `str(UUID)` has it; what is not 32 digits does not become the id that was written."""
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
