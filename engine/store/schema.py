"""Brings a database's tables to this version of Pepway, with Alembic."""

import random
import time
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from engine.errors import Refused
from engine.faults import is_passing
from engine.store import second_wall
from engine.store.database import Database
from engine.store.turns import MIGRATING, take_turn

MIGRATIONS = Path(__file__).parent / "migrations"


WITH_A_STOP = "0046"
"""Up to this migration everything is stopped before, whatever a migration does."""
PATIENCE_SECONDS = 60
"""For a moment in which nobody writes."""
SHORT_WAIT = "400ms"
"""For the tables: whoever works waits behind us meanwhile, and before PostgreSQL looks for somebody
to break off, after a second, we have let go."""


def migrate(database: Database) -> None:
    """Run every migration that this database has not had, in one transaction, as the owner.

    Of several processes that start together one does it; the others wait and find it done. Tables
    of a later version that serve this one stay as they are. On PostgreSQL the second wall is built
    up again behind it, and people may be at work: they wait until it is done. Raises `Refused`
    where somebody has held a table all the time.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    with database.as_owner() as owner:
        while True:
            try:
                return _bring_up(owner)
            except _TablesHeld:
                if time.monotonic() > until:
                    msg = ("Somebody holds a table of Pepway's, and nothing was migrated. Try "
                           "again, or stop what works on the database first.")
                    raise Refused(msg) from None
                time.sleep(random.uniform(0.2, 1))  # noqa: S311 - so that we meet another moment


def _bring_up(owner: Engine) -> None:
    with owner.begin() as connection:
        take_turn(connection, MIGRATING, however_long=True)
        if _serve(connection):
            return
        walled = connection.dialect.name == "postgresql"
        if walled:
            _take_all_tables(connection)
            second_wall.take_down(connection)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        _say_whom_they_serve(connection)
        if walled:
            second_wall.build(connection)


class _TablesHeld(Exception):
    """Somebody works with one of them just now."""


def _take_all_tables(connection: Connection) -> None:
    """Before anything is changed: taken one by one, two would wait for each other."""
    tables = ", ".join(f'"{name}"' for name in sorted(inspect(connection).get_table_names()))
    if not tables:
        return
    connection.execute(text(f"SET LOCAL lock_timeout = '{SHORT_WAIT}'"))
    try:
        connection.execute(text(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE"))
    except DBAPIError as fault:
        if is_passing(fault):
            raise _TablesHeld from fault
        raise
    connection.execute(text("SET LOCAL lock_timeout = 0"))


def is_current(database: Database) -> bool:
    """Whether the tables, and on PostgreSQL the second wall, are those of this version."""
    with database.engine.connect() as connection:
        return _is_current(connection)


def serve_this_version(database: Database) -> bool:
    """Whether this version can work on the tables: they are its own, or those of a later one that
    only adds to them. So the web processes of two versions work beside each other for a while, and
    the earlier one can be gone back to."""
    with database.engine.connect() as connection:
        return _serve(connection)


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
    if _standing(connection) != _head():
        return False
    return connection.dialect.name != "postgresql" or second_wall.stands(connection)


def _serve(connection: Connection) -> bool:
    if _is_current(connection):
        return True
    standing = _standing(connection)
    return (standing is not None and standing not in known_revisions()
            and "" < _whom_they_serve(connection) <= _head())


def _standing(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _head() -> str:
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def earliest_served() -> str:
    """The revision of the earliest version that can work on the tables of this one."""
    for each in ScriptDirectory.from_config(_config()).walk_revisions():
        if each.revision <= WITH_A_STOP or hasattr(each.module, "needs_a_stop"):
            return each.revision
    return _head()


def _say_whom_they_serve(connection: Connection) -> None:
    """Beside the tables, where an earlier version finds it that knows nothing of this one."""
    earliest = earliest_served()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"COMMENT ON TABLE alembic_version IS '{earliest}'")
    else:
        connection.exec_driver_sql(f"PRAGMA user_version = {int(earliest)}")


def _whom_they_serve(connection: Connection) -> str:
    if connection.dialect.name == "postgresql":
        said = connection.scalar(text(
            "SELECT obj_description(to_regclass('alembic_version')::oid, 'pg_class')"))
        return str(said or "")
    number = connection.scalar(text("PRAGMA user_version"))
    return f"{number:04}" if number else ""


def known_revisions() -> frozenset[str]:
    """Every revision of the tables that this version can migrate from, and its own."""
    scripts = ScriptDirectory.from_config(_config())
    return frozenset(each.revision for each in scripts.walk_revisions())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config
