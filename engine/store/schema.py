"""Brings a database's tables to this version of Pepway, with Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from engine.store import second_wall
from engine.store.database import Database
from engine.store.turns import MIGRATING, take_turn

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(database: Database) -> None:
    """Run every migration that this database has not had, in one transaction, as the owner.

    Of several processes that start together one does it; the others wait and find it done. On
    PostgreSQL the second wall is built up again behind it.
    """
    with database.as_owner() as owner, owner.begin() as connection:
        take_turn(connection, MIGRATING, however_long=True)
        if _is_current(connection):
            return
        walled = connection.dialect.name == "postgresql"
        if walled:
            second_wall.take_down(connection)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if walled:
            second_wall.build(connection)


def is_current(database: Database) -> bool:
    """Whether the tables, and on PostgreSQL the second wall, are those of this version."""
    with database.engine.connect() as connection:
        return _is_current(connection)


def may_migrate(database: Database) -> bool:
    """Whether the address is that of the tables' owner."""
    if database.is_sqlite:
        return True
    with database.engine.connect() as connection:
        return second_wall.may_migrate(connection)


def is_past_the_wall(database: Database) -> bool:
    """Whether the application would work as somebody whom PostgreSQL's policies do not hold."""
    if database.is_sqlite:
        return False
    with database.engine.connect() as connection:
        return second_wall.is_past_the_wall(connection)


def _is_current(connection: Connection) -> bool:
    standing = MigrationContext.configure(connection).get_current_revision()
    if standing != ScriptDirectory.from_config(_config()).get_current_head():
        return False
    return connection.dialect.name != "postgresql" or second_wall.stands(connection)


def known_revisions() -> frozenset[str]:
    """Every revision of the tables that this version can migrate from, and its own."""
    scripts = ScriptDirectory.from_config(_config())
    return frozenset(each.revision for each in scripts.walk_revisions())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config
