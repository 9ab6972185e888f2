"""The tables that the migrations make are the tables that the code speaks of."""

import pkgutil
from importlib import import_module

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import engine
import workflows
from engine.store.base import Base
from engine.store.database import Database
from engine.store.schema import is_current, migrate


def import_every_model():
    for package in (engine, workflows):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name:
                import_module(module.name)


def test_migrations_make_the_tables_of_the_models(installation):
    import_every_model()

    with installation.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, Base.metadata) == []


def test_an_empty_database_is_not_current_until_it_is_migrated(database_url):
    database = Database(database_url)

    assert not is_current(database)
    migrate(database)
    assert is_current(database)
    migrate(database)
    database.engine.dispose()
