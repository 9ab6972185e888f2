"""The engine on a plain domain, a clock that stands still, and both stores."""

import pytest
from council import new_council

from engine.store.base import Base
from engine.store.database import Database


@pytest.fixture
def council(database_url):
    database = Database(database_url)
    Base.metadata.create_all(database.engine)
    yield new_council(database)
    database.engine.dispose()


@pytest.fixture
def migrated_council(migrated_url):
    """With all tables, those of the queue on PostgreSQL as well."""
    database = Database(migrated_url)
    yield new_council(database)
    database.engine.dispose()
