"""Rows as a database stores them, read by the million, and what they say.

Whoever alters a table may leave what no type accepts, or a spelling that no search finds. So every
cell comes as text, and counts only in the spelling that Pepway writes.
"""

import json
from collections.abc import Callable, Iterator, Mapping
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

Reading = Callable[[Any], Any]

AT_ONCE = 2_000


def stored_rows(connection: Connection, table: Table) -> Iterator[Row]:
    """Every row in the order of its number, which is the table's key; a few at a time."""
    [number] = table.primary_key.columns
    sqlite = connection.dialect.name == "sqlite"
    columns = [_as_text(column, sqlite=sqlite) for column in table.columns]
    keys = table.columns.keys()
    readings = {column.key: reading for column in table.columns
                if (reading := _reading(column, sqlite=sqlite))}
    found = connection.execute(
        select(number, *columns).order_by(number), execution_options={"yield_per": AT_ONCE}
    )
    for row in found:
        yield row[0], _said(dict(zip(keys, row[1:], strict=True)), readings)


def _said(cells: dict[str, Any], readings: Mapping[str, Reading]) -> dict[str, Any] | None:
    try:
        for key, reading in readings.items():
            if cells[key] is not None:
                cells[key] = reading(cells[key])
        return cells
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


def _reading(column: ColumnElement[Any], *, sqlite: bool) -> Reading | None:
    if isinstance(column.type, JSON):
        return _json
    if isinstance(column.type, UtcDateTime):
        return _moment_of_sqlite if sqlite else _moment_of_postgresql
    if isinstance(column.type, Uuid) and sqlite:
        return _uuid_of_sqlite
    return None


def _json(text: str) -> Any:
    return {} if text == "{}" else json.loads(text)


def _moment_of_sqlite(text: str) -> str:
    """As `str(datetime)` has it; another spelling of the same moment does not become that."""
    if len(text) != len("2026-03-25T09:00:00.000000+00:00") or text[10] != "T":
        msg = "not as Pepway spells a moment"
        raise ValueError(msg)
    return f"{text[:10]} {text[11:]}".replace(".000000", "")


def _moment_of_postgresql(text: str) -> str:
    """As `str(datetime)` has it: a fraction has all its six digits."""
    whole, point, fraction = text.partition(".")
    return f"{whole}{point}{fraction:0<6}+00:00" if point else f"{whole}+00:00"


def _uuid_of_sqlite(text: str) -> str:
    """As `str(UUID)` has it; what is not 32 digits does not become the id that was written."""
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
