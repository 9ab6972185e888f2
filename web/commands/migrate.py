"""`pepway migrate`: bring the database's tables to this version."""

import click

from engine.store.database import Database
from engine.store.schema import is_current
from engine.store.schema import migrate as migrate_tables
from web.settings import read_settings


@click.command()
def migrate() -> None:
    """Bring the database's tables to this version of Pepway."""
    database = Database(read_settings().database_url)
    migrate_tables(database)
    click.echo("The database has the tables of this version." if is_current(database) else
               "The database has the tables of a later version, which serve this one too. "
               "Nothing was changed.")
