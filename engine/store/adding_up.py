"""Rows that count: what is new of them is added to what stands."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert as insert_in_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_in_sqlite
from sqlalchemy.orm import Session

from engine.store.base import Base


def add_up(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Every column beside the key that is a whole number is added; others stay as they stand."""
    if not rows:
        return
    sqlite = session.get_bind().dialect.name == "sqlite"
    insert = insert_in_sqlite if sqlite else insert_in_postgresql
    columns = table.__table__.c
    statement = insert(table)
    counts = {
        column.name: column + statement.excluded[column.name]
        for column in columns
        if not column.primary_key and column.type.python_type is int
    }
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[column.name for column in columns if column.primary_key],
            set_=counts,
        ),
        list(rows),
    )
