"""`pepway audit verify`: whether every row still says what was written."""

import click

from engine.audit import altered_rows
from engine.domain import SYSTEM
from engine.errors import Refused
from web.installation import open_installation
from web.settings import read_settings


@click.group()
def audit() -> None:
    """The append-only record of who did and saw what."""


@audit.command()
def verify() -> None:
    """Check the seal on every event and audit row; names the rows that were altered."""
    altered = altered_rows(open_installation(read_settings()).acting(SYSTEM))
    for row_id in altered:
        click.echo(str(row_id))
    if altered:
        msg = f"{len(altered)} rows were altered after they were written."
        raise Refused(msg)
    click.echo("No row was altered.")
