"""The tables that the migrations make are the tables that the code speaks of."""

import pkgutil
from importlib import import_module
from uuid import UUID

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from procrastinate.schema import SchemaManager
from sqlalchemy import MetaData, Table, insert, select

import engine
import workflows
from engine.store import schema
from engine.store.base import Base
from engine.store.database import Database
from engine.store.models import Outbox
from engine.store.schema import is_current, migrate


def import_every_model():
    for package in (engine, workflows):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name:
                import_module(module.name)


def test_migrations_make_the_tables_of_the_models(installation):
    import_every_model()

    with installation.database.engine.connect() as connection:
        options = {"compare_type": True, "include_name": _is_ours}
        context = MigrationContext.configure(connection, opts=options)

        assert compare_metadata(context, Base.metadata) == []


def _is_ours(name, _kind, _parents):
    return name is None or not name.startswith(("procrastinate_", "idx_procrastinate_"))


def test_the_schema_of_procrastinate_is_that_of_the_version_installed():
    """A version with another schema wants a migration of ours beside it."""
    kept = schema.MIGRATIONS / "versions" / "0005_procrastinate_3_10_0.sql"

    assert kept.read_text().endswith("\n\n" + SchemaManager.get_schema())


def test_messages_that_wait_keep_their_order_through_the_upgrade(database_url):
    database = Database(database_url)
    with database.engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(schema.MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        before = Table("outbox", MetaData(), autoload_with=connection)
        for minute in (3, 1, 2):
            connection.execute(insert(before), {
                "id": UUID(int=minute).hex, "kind": "posted", "data": "{}", "attempts": 0,
                "created_at": f"2026-03-02 09:0{minute}:00+00:00",
            })

    migrate(database)

    with database.transaction(writing=False) as session:
        rows = session.scalars(select(Outbox).order_by(Outbox.seq))
        assert [row.id.int for row in rows] == [1, 2, 3]
    database.engine.dispose()


def test_an_empty_database_is_not_current_until_it_is_migrated(database_url):
    database = Database(database_url)

    assert not is_current(database)
    migrate(database)
    assert is_current(database)
    migrate(database)
    database.engine.dispose()
