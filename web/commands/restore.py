"""`pepway restore FILE`: a backup in the place of the database, which is kept beside it."""

from pathlib import Path

import click

from engine.background import OnlyOne
from engine.clock import SystemClock
from engine.store.restoring import Restored
from engine.store.restoring import restore as put_back
from engine.work import LONDON
from web.commands.copying import answer, progress, record, sqlite_file
from web.settings import read_settings

ON_POSTGRESQL = (
    "PostgreSQL is restored by its own tools, recovery to a moment from a base backup and the "
    "archive of the WAL or pg_restore: README has the recipe."
)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def restore(file: Path, *, as_json: bool) -> None:
    """Put the backup FILE in the place of the database of SQLite. Stop Pepway first.

    What was written since the backup is not in it; the old database stays beside, under a dated
    name. A backup of an older version gets the tables of this one. The audit of what is restored
    says who did it, and from which file.
    """
    settings = read_settings(may_make_keys=False)
    database = sqlite_file(settings, ON_POSTGRESQL)
    lock = OnlyOne(database)
    lock.take()
    try:
        with progress("Copying and checking") as watch:
            restored = put_back(
                file, database, SystemClock().now().astimezone(LONDON), watch,
                record=lambda copy: record(copy, settings, "restore_database", file),
            )
    finally:
        lock.give_back()
    answer(
        _in_words(file, restored),
        as_json=as_json, file=str(file), database=str(database), bytes=restored.copied.bytes,
        revision=restored.copied.revision, rows=restored.copied.rows,
        kept=str(restored.kept) if restored.kept else None,
    )


def _in_words(file: Path, restored: Restored) -> str:
    kept = f" The old one is kept as {restored.kept}." if restored.kept else ""
    return f"{restored.copied.file} is what {file} holds.{kept}"
