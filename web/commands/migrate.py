"""`pepway migrate`: bring the database's tables to this version."""

import click

from engine.store.database import Database
from engine.store.schema import migrate as migrate_tables
from web.settings import read_settings


@click.command()
def migrate() -> None:
    """Bring the database's tables to this version of Pepway."""
    migrate_tables(Database(read_settings().database_url))
    click.echo("The database has the tables of this version.")
