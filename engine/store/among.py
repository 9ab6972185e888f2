"""`column IN (values)` of values that may be one or a hundred, as one parameter.

Its text is the same for any number of them, so that SQLAlchemy, the driver and PostgreSQL remember
what they have made of it: a list of a hundred was taken apart and planned anew for each page.
"""

import json
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Dialect,
    Text,
    TypeDecorator,
    bindparam,
    literal,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


def among(column: Any, values: Iterable[Any] | str) -> ColumnElement[bool]:
    """Whether the column, of ids or text, is one of these values; or of those that are given by
    this name when the statement is read."""
    many = _Many(column.type)
    return _Among(column, bindparam(values, type_=many) if isinstance(values, str)
                  else literal(list(values), many))


class _Many(TypeDecorator[Collection[Any]]):
    """An array on PostgreSQL; on SQLite a JSON text of them as they stand in its tables."""

    impl = Text
    cache_ok = True

    def __init__(self, each: TypeEngine[Any]) -> None:
        super().__init__()
        self.each = each

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(
            ARRAY(self.each) if dialect.name == "postgresql" else Text()
        )

    def process_bind_param(self, value: Collection[Any] | None, dialect: Dialect) -> Any:
        if dialect.name == "postgresql":
            return list(value or ())
        return json.dumps([each.hex if isinstance(each, UUID) else each for each in value or ()])


class _Among(FunctionElement[bool]):
    inherit_cache = True
    type = Boolean()

    def self_group(self, against: Any = None) -> Any:
        """As it is: on SQLite a function that is true is asked for by `= 1`, past every index."""
        return self


@compiles(_Among, "postgresql")
def _in_postgresql(among_: _Among, compiler: Any, **how: Any) -> str:
    column, values = (compiler.process(each, **how) for each in among_.clauses)
    return f"{column} = ANY ({values})"


@compiles(_Among, "sqlite")
def _in_sqlite(among_: _Among, compiler: Any, **how: Any) -> str:
    column, values = (compiler.process(each, **how) for each in among_.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 (compiled, bound)
