"""An import that takes longer than a browser waits: the file is kept, and the background takes its
rows in, part by part.

Each part is a transaction of its own, so that others save in between and no row is lost or doubled
where a process dies. Rows that are in stay in; whoever sends the file again goes on after them, for
the same row again changes nothing.
"""

import logging
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, delete, select, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.due import MOST_ATTEMPTS
from engine.errors import NotFound, Refused
from engine.faults import is_passing, where
from engine.store.base import Base
from engine.watchdog import TookTooLong, watched
from engine.work import Acting, Work, query, verb
from workflows.access import decide
from workflows.administration.imports import KINDS, Checked, RowsWrong
from workflows.administration.imports.kinds import Kind, take_in
from workflows.administration.imports.reading import Row, Wrong, rows_in
from workflows.people import find_actor, names, one_at_a_time

log = logging.getLogger(__name__)

ROWS_IN_A_PART = 25
"""Under a second, for which on SQLite nobody else saves; then timers and messages have their
turn."""
KEPT_FOR = timedelta(days=60)
"""What became of an import, after it has ended. Its file is gone as soon as it has."""
MOST_LISTED = 20
ENDED = "import_ended"
ROWS_ARE_WRONG = "Rows of the file have become wrong since it was checked"
NO_ADMINISTRATOR = "Whoever sent the file may import nothing any more"
STOPPED = "An administrator stopped it"
BROKE_DOWN = f"Pepway broke down or hung {MOST_ATTEMPTS} times at the next rows"

_WAITING = text("ended_at IS NULL")


class LongImport(Base):
    """A file whose rows are taken in by the background."""

    __tablename__ = "long_import"
    __table_args__ = (
        Index("ix_long_import_waiting", "sent_at", sqlite_where=_WAITING,
              postgresql_where=_WAITING),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    text: Mapped[str | None] = mapped_column(Text, deferred=True)
    """Of the file; gone once the import has ended."""
    sent_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[datetime]
    rows: Mapped[int]
    done: Mapped[int]
    """Rows that are in."""
    new: Mapped[int]
    changed: Mapped[int]
    same: Mapped[int]
    left: Mapped[int]
    attempts: Mapped[int]
    """At the next part."""
    ended_at: Mapped[datetime | None]
    because: Mapped[str] = mapped_column(String(200))
    """Why it ended before all rows were in; else empty."""
    wrong: Mapped[Any]
    """Row, column and sentence of each cell that was refused."""


@dataclass(frozen=True, slots=True)
class ImportView:
    id: UUID
    title: str
    """Of its kind."""
    kind: str
    sender: str
    sent_at: datetime
    rows: int
    done: int
    came_to: Checked
    """What the rows that are in came to; and what is wrong with the next."""
    ended_at: datetime | None
    because: str


@verb
def begin_import(work: Work, import_id: UUID, kind: str, source: str) -> None:
    """Leave a file that was checked to the background. The same id again changes nothing."""
    one_at_a_time(work)  # the two of a double click
    if work.session.get(LongImport, import_id) is not None:
        return
    work.session.execute(delete(LongImport).where(LongImport.ended_at < work.now - KEPT_FOR))
    rows = len(rows_in(source, KINDS[kind].columns))
    work.append(LongImport, {
        "id": import_id, "kind": kind, "text": source, "sent_by": work.actor.id,
        "sent_at": work.now, "rows": rows, "done": 0, "new": 0, "changed": 0, "same": 0, "left": 0,
        "attempts": 0, "ended_at": None, "because": "", "wrong": [],
    })
    work.audit("begin_import", about=f"import:{import_id}", kind=kind, rows=rows)


@verb
def stop_import(work: Work, import_id: UUID) -> None:
    """Rows that are in stay in; no other is taken in. Raises `NotFound`."""
    row = work.session.get(LongImport, import_id, with_for_update=True)
    if row is None:
        raise NotFound
    if row.ended_at is None:
        _end(work, row, STOPPED)
        work.audit("stop_import", about=f"import:{import_id}", done=row.done)


@query
def is_long_import(work: Work, import_id: UUID) -> bool:
    return work.session.get(LongImport, import_id) is not None


@query
def get_import(work: Work, import_id: UUID) -> ImportView:
    """Raises `NotFound`."""
    found = _views(work, LongImport.id == import_id)
    if not found:
        raise NotFound
    return found[0]


@query
def long_imports(work: Work) -> list[ImportView]:
    """The newest first, whoever sent them."""
    return _views(work)


def go_on_importing(by: Acting, stopping: Callable[[], bool]) -> bool:
    """Take in the next part of the import that was sent first; whether more may wait."""
    import_id = None if stopping() else _take_up(by)
    if import_id is None:
        return False
    try:
        with watched():
            _take_in_part(by, import_id)
    except RowsWrong as refused:
        _give_up(by, import_id, ROWS_ARE_WRONG, refused.wrong)
    except Refused as refused:
        _give_up(by, import_id, refused.message)
    except TookTooLong:
        log.error("rows of import %s took too long", import_id)
    except Exception as fault:
        if is_passing(fault):
            raise
        log.error("rows of import %s could not be taken in\n%s", import_id, where(fault))
    return True


@verb
def _take_up(work: Work) -> UUID | None:
    """Counted first, so that what is the death of whoever works on it is given up."""
    first = work.session.scalar(
        select(LongImport.id).where(LongImport.ended_at.is_(None))
        .order_by(LongImport.sent_at, LongImport.id).limit(1))
    row = _held(work, first) if first else None
    if row is None:
        return None
    row.attempts += 1
    return row.id


@verb
def _take_in_part(work: Work, import_id: UUID) -> None:
    """Raises as `import_rows` does, and then keeps nothing of the part."""
    row = _held(work, import_id)
    if row is None:
        return
    sender = find_actor(work, row.sent_by)
    if row.attempts > MOST_ATTEMPTS:
        _end(work, row, BROKE_DOWN)
    elif sender is None or not decide(sender, "import_rows").allowed:
        _end(work, row, NO_ADMINISTRATOR)
    else:
        _next_rows(replace(work, actor=sender), row)


def _next_rows(theirs: Work, row: LongImport) -> None:
    """As whoever sent the file: nobody gives children to themselves by way of the background."""
    kind = KINDS[row.kind]
    part = _part_from(row.done, kind, rows_in(row.text or "", kind.columns))
    came_to = take_in(theirs, kind, part, about=f"import:{row.id}")
    row.done, row.attempts = row.done + len(part), 0
    row.new, row.changed = row.new + came_to.new, row.changed + came_to.changed
    row.same, row.left = row.same + came_to.same, row.left + came_to.left
    if row.done >= row.rows:
        _end(theirs, row, "")


def _part_from(done: int, kind: Kind, rows: Sequence[Row]) -> list[Row]:
    """What belongs together comes where its first row stands. Told from the file alone, so that
    it is the same order for each part."""
    together: dict[Hashable, list[Row]] = {}
    for row in rows:
        together.setdefault(kind.belongs_to(row) if kind.belongs_to else row.number, []).append(row)
    part, before = list[Row](), 0
    for group in together.values():
        if before >= done:
            part += group
        if len(part) >= ROWS_IN_A_PART:
            break
        before += len(group)
    return part


@verb
def _give_up(
    work: Work, import_id: UUID, because: str, wrong: Sequence[Wrong] = ()
) -> None:
    row = _held(work, import_id)
    if row is not None:
        row.wrong = [[each.row, each.column, each.sentence] for each in wrong]
        _end(work, row, because)


def _end(work: Work, row: LongImport, because: str) -> None:
    row.ended_at, row.text, row.because = work.now, None, because[:200]
    work.tell(ENDED, row.sent_by, imported=row.id)


def _held(work: Work, import_id: UUID) -> LongImport | None:
    """None where it has ended, or another worker is at it."""
    return work.session.scalar(
        select(LongImport)
        .where(LongImport.id == import_id, LongImport.ended_at.is_(None))
        .with_for_update(skip_locked=True).execution_options(populate_existing=True))


def _views(work: Work, *where_: Any) -> list[ImportView]:
    with work.for_the_council("an administrator sees how far an import is, and no row of it"):
        rows: Sequence[LongImport] = work.session.scalars(
            select(LongImport).where(*where_)
            .order_by(LongImport.sent_at.desc(), LongImport.id).limit(MOST_LISTED)).all()
    called = names(work, {row.sent_by for row in rows})
    return [
        ImportView(
            row.id, KINDS[row.kind].title, row.kind, called.get(row.sent_by, ""), row.sent_at,
            row.rows, row.done,
            Checked(row.new, row.changed, row.same,
                    tuple(Wrong(*each) for each in row.wrong), row.left),
            row.ended_at, row.because)
        for row in rows
    ]
