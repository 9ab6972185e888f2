"""`pepway audit verify`: whether every row still says what was written."""

import click

from engine.audit import altered_rows, tables_of_rows
from engine.domain import SYSTEM
from engine.errors import Refused
from web.installation import open_existing
from web.settings import read_settings


@click.group()
def audit() -> None:
    """The append-only record of who did and saw what."""


@audit.command()
def verify() -> None:
    """Check the seal on every event and audit row; names the rows that were altered.

    Changes nothing: a database that is not there, or is another version's, is refused.
    """
    settings = read_settings(may_make_keys=False)
    system = open_existing(settings).acting(SYSTEM)
    altered = altered_rows(system)
    tables = tables_of_rows(system, altered)
    for row_id in altered:
        click.echo(f"{tables[row_id]} {row_id}")
    if altered:
        rows = "1 row was" if len(altered) == 1 else f"{len(altered)} rows were"
        msg = f"{rows} altered after being written."
        raise Refused(msg)
    click.echo("No row was altered.")
