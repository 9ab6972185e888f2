"""`pepway backup FILE`: a whole copy of the database, while Pepway runs."""

from pathlib import Path

import click

from engine.store.copying import back_up
from web.commands.copying import answer, progress, sqlite_file

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
    """
    database = sqlite_file(ON_POSTGRESQL)
    with progress("Copying and checking") as watch:
        copied = back_up(database, file, watch, replace=replace)
    answer(
        f"{copied.file} is a whole copy of {database}, {copied.bytes:,} bytes.",
        as_json=as_json, file=str(copied.file), database=str(database), bytes=copied.bytes,
        revision=copied.revision,
    )
