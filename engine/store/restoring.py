"""Puts a copy of SQLite's database in the place of the database, and keeps the one it replaces."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL

from engine.errors import Refused
from engine.store.copying import (
    COMPANIONS,
    Copied,
    Watch,
    put_in_place,
    revision_of,
    rows_of,
    sound_copy,
)
from engine.store.database import Database
from engine.store.schema import migrate

PATIENCE_SECONDS = 5
BEGINS = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Restored:
    copied: Copied
    kept: Path | None
    """The database that stood there before, under its dated name."""


def restore(
    file: Path,
    database: Path,
    now: datetime,
    watch: Watch,
    record: Callable[[Database], None] = lambda restored: None,
) -> Restored:
    """Put a copy of `file` in the place of the database, with the tables of this version.

    The caller holds the database (`OnlyOne`), so that no Pepway serves it. `now` dates the name
    under which the old one is kept. `record` may write into the copy before it takes that place,
    so that it never stands there without. Raises `Refused` where `file` is not Pepway's, is a
    later Pepway's or is damaged, and where another program has the old one open; then nothing
    changed.
    """
    if file.exists() and database.exists() and file.samefile(database):
        msg = f"{file} is the database itself. Name a backup of it."
        raise Refused(msg)
    revision_of(file)
    with sound_copy(file, database, watch) as copy:
        rows = rows_of(copy)
        _migrate(copy, record)
        kept = _keep_old(database, copy, now) if database.exists() else None
        restored = Copied(database, copy.stat().st_size, revision_of(copy), rows)
        put_in_place(copy, database)
    return Restored(restored, kept)


def _migrate(copy: Path, record: Callable[[Database], None]) -> None:
    opened = Database(URL.create("sqlite", database=str(copy)).render_as_string())
    try:
        migrate(opened)
        record(opened)
    finally:
        opened.engine.dispose()


def _keep_old(database: Path, copy: Path, now: datetime) -> Path:
    """The old database under a dated name too; the copy may be read by whoever might read it."""
    was = database.stat()
    copy.chmod(was.st_mode)
    if (was.st_uid, was.st_gid) != (copy.stat().st_uid, copy.stat().st_gid):
        os.chown(copy, was.st_uid, was.st_gid)
    kept = database.with_name(f"{database.stem}-until-{now:%Y%m%dT%H%M%S}{database.suffix}")
    if kept.exists():
        msg = f"{kept} exists already. Try again in a moment."
        raise Refused(msg)
    if _is_one_file(database):
        os.link(database, kept)
    else:
        for ending in ("", *COMPANIONS):
            beside = database.with_name(f"{database.name}{ending}")
            if beside.exists():
                beside.rename(kept.with_name(f"{kept.name}{ending}"))
    return kept


def _is_one_file(database: Path) -> bool:
    """Fold the write-ahead log, which would spoil the copy, into the old database.

    False for a damaged one, of which every part must be kept as it is: SQLite would throw the
    log of a file away that does not begin as a database does.
    """
    with database.open("rb") as begins:
        if begins.read(len(BEGINS)) != BEGINS:
            return False
    try:
        with closing(sqlite3.connect(database, timeout=PATIENCE_SECONDS)) as old:
            (mode,) = old.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite3.OperationalError as problem:
        if problem.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            msg = f"Another program has {database} open. Close it, and try again."
            raise Refused(msg) from problem
        return False
    except sqlite3.DatabaseError:
        return False
    return bool(mode == "delete")
