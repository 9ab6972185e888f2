"""Destroying all that is held about one child, in one transaction.

Which rows these are is told from the tables themselves: those that name the child or one of its
cases, and whatever refers to such a row, however deep. A table that is added later is found by the
same walk. `event` and `audit` stay: they carry ids, dates and the reason given for a change, and
the chain that shows tampering would break with the first row taken out.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, Table, cast, delete, or_, select, text
from sqlalchemy.orm import Session

from engine.store.base import Base, to_json

STAYS = frozenset({"event", "audit"})
NAMED_BY = ("child_id", "case_id")
"""Columns that name the child or a case of theirs, with a foreign key or without."""
MENTIONS = {"submission": ("task_id",), "told_once": ("about",), "typed_form": ("address",)}
"""Tables whose rows say in a text or a bare id what they are about."""


@dataclass(frozen=True, slots=True)
class Destroyed:
    counts: Mapping[str, int]
    """Rows by table, those tables only of which there were any."""
    sha256: str
    """Of every row that was destroyed, as canonical JSON."""


def destroy_rows(session: Session, child_id: UUID) -> Destroyed:
    """The caller has locked the child's row, and flushed."""
    about = conditions(session, child_id)
    digest, counts = hashlib.sha256(), {}
    for table, which in about.items():
        rows = _canonical(session, table, which)
        if rows:
            counts[table.name] = len(rows)
            digest.update(to_json([table.name, rows]).encode())
    _overwrite_what_is_deleted(session)
    _untie(session, about)
    for table in reversed(list(about)):
        session.execute(delete(table).where(about[table]))
    session.expire_all()
    return Destroyed(counts, digest.hexdigest())


def conditions(session: Session, child_id: UUID) -> dict[Table, ColumnElement[bool]]:
    """Which rows are about the child, by table; a table stands after those that it refers to.

    A condition may look into the tables before its own: rows are destroyed from the last to the
    first.
    """
    cases = _ids(session, _table("case"), child_id)
    found: dict[Table, ColumnElement[bool]] = {}
    for table in Base.metadata.sorted_tables:
        which = [*_named(table, child_id, cases), *_referring(table, found)]
        if which and table.name not in STAYS:
            found[table] = or_(*which)
    mentioned = [child_id, *cases, *_ids(session, _table("task"), child_id)]
    for name, columns in MENTIONS.items():
        table = _table(name)
        found[table] = or_(*_mentioning(table, columns, mentioned))
    return found


def _ids(session: Session, table: Table, child_id: UUID) -> list[UUID]:
    return list(session.scalars(select(table.c.id).where(table.c.child_id == child_id)))


def _named(
    table: Table, child_id: UUID, cases: Sequence[UUID]
) -> Iterable[ColumnElement[bool]]:
    if table.name == "child":
        yield table.c.id == child_id
    if "child_id" in table.c:
        yield table.c.child_id == child_id
    if "case_id" in table.c:
        yield table.c.case_id.in_(cases)


def _referring(
    table: Table, found: Mapping[Table, ColumnElement[bool]]
) -> Iterable[ColumnElement[bool]]:
    for key in table.foreign_keys:
        target = key.column.table
        if target in found and target is not table and key.parent.name not in NAMED_BY:
            yield key.parent.in_(select(key.column).where(found[target]))


def _mentioning(
    table: Table, columns: Sequence[str], ids: Sequence[UUID]
) -> Iterable[ColumnElement[bool]]:
    for name in columns:
        column = table.c[name]
        if isinstance(column.type, String):
            yield or_(*(cast(column, String).contains(str(each)) for each in ids))
        else:
            yield column.in_(ids)


def _untie(session: Session, about: Mapping[Table, ColumnElement[bool]]) -> None:
    """A case names the one before it: rows of one table that refer to each other let go first."""
    for table, which in about.items():
        for key in table.foreign_keys:
            if key.column.table is table:
                session.execute(table.update().where(which).values({key.parent.name: None}))


def _overwrite_what_is_deleted(session: Session) -> None:
    """SQLite would leave the bytes in its file until their place is needed."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA secure_delete = ON"))


def _canonical(
    session: Session, table: Table, which: ColumnElement[bool]
) -> list[dict[str, Any]]:
    rows = session.execute(
        select(table).where(which).order_by(*table.primary_key.columns)
    ).mappings()
    return [
        {name: hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else value
         for name, value in row.items()}
        for row in rows
    ]


def _table(name: str) -> Table:
    return Base.metadata.tables[name]
