"""`pepway backup FILE`: a whole copy of the database, while Pepway runs."""

from pathlib import Path

import click

from engine.store.copying import back_up, may_be_backed_up
from engine.store.database import Database
from engine.store.schema import is_current
from web.commands.copying import answer, progress, record, sqlite_file
from web.settings import Settings, read_settings

ON_POSTGRESQL = (
    "PostgreSQL is backed up by its own tools, pg_basebackup with an archive of the WAL or "
    "pg_dump: README has the recipe."
)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Replace FILE where it exists.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def backup(file: Path, *, replace: bool, as_json: bool) -> None:
    """Copy the database of SQLite to FILE, as it stands now.

    Pepway may run and people may work meanwhile. The copy is checked before it gets its name.
    The audit says who made it; the copy itself says so too.
    """
    settings = read_settings(may_make_keys=False)
    database = sqlite_file(settings, ON_POSTGRESQL)
    may_be_backed_up(database, file, replace=replace)
    _record(settings, file)
    with progress("Copying and checking") as watch:
        copied = back_up(database, file, watch, replace=replace)
    answer(
        f"{copied.file} is a whole copy of {database}, {copied.bytes:,} bytes.",
        as_json=as_json, file=str(copied.file), database=str(database), bytes=copied.bytes,
        revision=copied.revision, rows=copied.rows,
    )


def _record(settings: Settings, file: Path) -> None:
    database = Database(settings.database_url)
    if is_current(database):
        record(database, settings, "back_up_database", file)
    else:
        click.echo("This backup is not in the audit, because the database does not have the tables "
                   "of this version yet.", err=True)
    database.engine.dispose()
