"""Several reads of one moment, sent to the database as one statement.

What a case is told from stands in a dozen small tables. Each read alone costs a trip to the
database and more than that in building the query; a `Together` is built once, at import.
"""

import json
from collections import namedtuple
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    Boolean,
    ColumnElement,
    Select,
    Text,
    cast,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

from engine.store.appended import write_everything


class Together:
    """Selects by name. What varies in them are bind parameters, given when they are read.

    Rows come back as tuples with the columns' names, in no order. The rows of a select travel as
    one JSON array: a row each would cost more than what is in it.
    """

    def __init__(self, **selects: Select[*tuple[Any, ...]]) -> None:
        self._readers = {name: _Reader(each) for name, each in selects.items()}
        self._statement = union_all(*(
            select(literal_column(f"'{name}'"), _Gathered(_Packed(*each.subquery().c)))
            for name, each in selects.items()
        ))

    def read(self, session: Session, **values: Any) -> dict[str, list[Any]]:
        """Everything as it stands now, what this transaction has done included."""
        write_everything(session)
        return {
            name: self._readers[name].rows(gathered)
            for name, gathered in session.connection().execute(self._statement, values)
        }


class _Reader:
    """Turns the cells of one select, as JSON has them, into a row."""

    def __init__(self, select_: Select[*tuple[Any, ...]]) -> None:
        columns = list(select_.selected_columns)
        keys = [str(column.key) for column in columns]
        self._make = namedtuple("Row", keys)._make  # type: ignore[attr-defined]
        self._typed = [
            (number, as_type)
            for number, column in enumerate(columns)
            if (as_type := _as_type(column)) is not None
        ]

    def rows(self, gathered: Any) -> list[Any]:
        """SQLite gives JSON as its text; PostgreSQL gives nothing where there is no row."""
        rows = json.loads(gathered) if isinstance(gathered, str) else gathered or []
        for cells in rows:
            for number, as_type in self._typed:
                if cells[number] is not None:
                    cells[number] = as_type(cells[number])
        return [self._make(cells) for cells in rows]


def _as_type(column: ColumnElement[Any]) -> Callable[[Any], Any] | None:
    """What JSON has no type for; None where its own will do."""
    if isinstance(column.type, JSON):
        return json.loads
    if isinstance(column.type, Boolean):
        return bool
    known: dict[type, Callable[[Any], Any]] = {
        UUID: UUID, date: date.fromisoformat, datetime: datetime.fromisoformat,
    }
    return known.get(column.type.python_type)


class _Packed(FunctionElement[Any]):
    """A row's cells as one JSON array; a cell that is JSON itself as the text that was stored."""

    inherit_cache = True


class _Gathered(FunctionElement[Any]):
    """All rows as one JSON array."""

    inherit_cache = True


@compiles(_Gathered, "sqlite")
def _gathered_in_sqlite(gathered: _Gathered, compiler: Any, **how: Any) -> str:
    return f"json_group_array({_cells(gathered, compiler, **how)})"


@compiles(_Gathered, "postgresql")
def _gathered_in_postgresql(gathered: _Gathered, compiler: Any, **how: Any) -> str:
    return f"json_agg({_cells(gathered, compiler, **how)})"


@compiles(_Packed, "sqlite")
def _packed_in_sqlite(packed: _Packed, compiler: Any, **how: Any) -> str:
    return f"json_array({_cells(packed, compiler, **how)})"


@compiles(_Packed, "postgresql")
def _packed_in_postgresql(packed: _Packed, compiler: Any, **how: Any) -> str:
    return f"json_build_array({_cells(packed, compiler, **how)})"


def _cells(packed: FunctionElement[Any], compiler: Any, **how: Any) -> str:
    """JSON within goes as text: SQLite keeps a number in it as a number."""
    return ", ".join(
        compiler.process(cast(cell, Text) if isinstance(cell.type, JSON) else cell, **how)
        for cell in packed.clauses
    )
