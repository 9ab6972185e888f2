"""A whole copy of SQLite's database, made while it is in use, and shown to be sound.

A copy is written under a temporary name beside its place and takes that place only when it is
whole: whatever goes wrong, no half of one ever stands under its name.
"""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from engine.errors import Refused
from engine.store.schema import known_revisions

PAGES_AT_ONCE = 1024
PATIENCE_SECONDS = 15
COMPANIONS = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database: part of it while it is open."""
COUNTED = ("audit", "case", "event", "release", "task")
TABLES = frozenset({"alembic_version", *COUNTED})
"""A file that has these is Pepway's."""

Watch = Callable[[int, int], None]
"""Told how many pages are copied, of how many."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy in its place."""

    file: Path
    bytes: int
    revision: str
    """The revision of its tables."""
    rows: Mapping[str, int]
    """How many there are in the tables that `COUNTED` names."""


def back_up(database: Path, file: Path, watch: Watch, *, replace: bool = False) -> Copied:
    """Copy the database, which may be in use, to `file`, as it stands when the copying begins.

    Raises `Refused` where `file` exists (unless it is to be replaced) or is in use, and where
    the copy is not sound; then nothing stands under its name that did not before.
    """
    revision = may_be_backed_up(database, file, replace=replace)
    with sound_copy(database, file, watch) as copy:
        _must_be_free(database, file, replace=replace)
        size, rows = copy.stat().st_size, rows_of(copy)
        put_in_place(copy, file)
    return Copied(file, size, revision, rows)


def may_be_backed_up(database: Path, file: Path, *, replace: bool) -> str:
    """The revision of its tables. Raises `Refused` where nothing needs to be tried."""
    _must_be_free(database, file, replace=replace)
    return revision_of(database)


def revision_of(database: Path) -> str:
    """The revision of a database's tables.

    Raises `Refused` where there is no such file, or it is not Pepway's or a later Pepway's.
    """
    if not database.is_file():
        msg = f"There is no database {database}."
        raise Refused(msg)
    with _opened(database) as opened:
        names = {name for name, in opened.execute("SELECT name FROM sqlite_schema")}
        standing = (opened.execute("SELECT version_num FROM alembic_version").fetchone()
                    if names >= TABLES else None)
    if standing is None:
        msg = f"{database} is no database of Pepway."
        raise Refused(msg)
    revision = str(standing[0])
    if revision not in known_revisions():
        msg = f"{database} was made by a newer version of Pepway. Use that version, or a newer one."
        raise Refused(msg)
    return revision


def rows_of(database: Path) -> dict[str, int]:
    with _opened(database) as opened:
        return {
            table: opened.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608
            for table in COUNTED
        }


@contextmanager
def sound_copy(database: Path, place: Path, watch: Watch) -> Iterator[Path]:
    """A copy in the folder of `place` under a temporary name; gone on leaving, unless put in place.

    Only its owner may read it. Raises `Refused` where it cannot be made or is not sound.
    """
    copy = _temporary_beside(place)
    try:
        _copy(database, copy, watch)
        _must_be_sound(copy)
        yield copy
    finally:
        for ending in ("", *COMPANIONS):
            copy.with_name(f"{copy.name}{ending}").unlink(missing_ok=True)


def put_in_place(copy: Path, place: Path) -> None:
    """Give the copy its name, so that neither it nor its name is lost when the power fails."""
    _keep_on_disk(copy)
    copy.replace(place)
    _keep_on_disk(place.parent)


def _must_be_free(database: Path, file: Path, *, replace: bool) -> None:
    if not file.parent.is_dir():
        msg = f"There is no folder {file.parent}. Make it first, or choose another."
        raise Refused(msg)
    if file.is_dir():
        msg = f"{file} is a folder. Name a file in it."
        raise Refused(msg)
    if file.exists() and database.exists() and file.samefile(database):
        msg = f"{file} is the database itself. Choose another file."
        raise Refused(msg)
    if any(file.with_name(f"{file.name}{ending}").exists() for ending in COMPANIONS):
        msg = f"{file} is a database in use. Choose another file."
        raise Refused(msg)
    if file.exists() and not replace:
        msg = f"{file} exists already. Choose another file, or say --replace."
        raise Refused(msg)


def _temporary_beside(place: Path) -> Path:
    made, name = tempfile.mkstemp(prefix=f".{place.name}.", suffix=".part", dir=place.parent)
    os.close(made)
    return Path(name)


def _copy(database: Path, copy: Path, watch: Watch) -> None:
    """SQLite's own online copying, of one moment: writers go on and are not waited for.

    The open transaction holds that moment. Without it, whatever is written meanwhile by another
    process would make the copying begin again, and under constant writing it would never end.
    """
    with _opened(database) as source, closing(_connect(copy)) as target:
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        source.backup(target, pages=PAGES_AT_ONCE,
                      progress=lambda _, left, pages: watch(pages - left, pages))
        target.execute("PRAGMA journal_mode = DELETE")  # one file, complete without companions


def _must_be_sound(copy: Path) -> None:
    with _opened(copy) as opened:
        said = [line for line, in opened.execute("PRAGMA integrity_check(1)")]
        astray = opened.execute("PRAGMA foreign_key_check").fetchone()
    if said != ["ok"] or astray is not None:
        msg = (
            "The copy was not kept, because the database is damaged: "
            + ("a row refers to one that is not there." if said == ["ok"] else _one_line(said[0]))
        )
        raise Refused(msg)


@contextmanager
def _opened(database: Path) -> Iterator[sqlite3.Connection]:
    """Never makes the file. Raises `Refused` in words for whatever SQLite says."""
    try:
        with closing(_connect(database)) as opened:
            yield opened
    except sqlite3.DatabaseError as problem:
        if problem.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
            msg = f"{database} is no database of Pepway."
        else:
            msg = f"{database} cannot be copied: {_one_line(str(problem))}"
        raise Refused(msg) from problem


def _connect(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{database.resolve().as_uri()}?mode=rw", uri=True,
                           timeout=PATIENCE_SECONDS, isolation_level=None)


def _one_line(said: str) -> str:
    return f"{said.strip().splitlines()[0].rstrip('.')}."


def _keep_on_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
