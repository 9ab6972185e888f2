"""The engine on a plain domain, a clock that stands still, and both stores."""

import shutil

import pytest
from council import new_council
from plain_domain import ANN, CHILD
from postgres import name_of
from quick import QUICK

from engine.background import Embedded
from engine.background.distributed import Distributed
from engine.cases import open_case
from engine.store.base import Base
from engine.store.database import Database


@pytest.fixture(scope="session")
def plain_file(tmp_path_factory):
    """SQLite's file with the tables as they are declared, and no rows; copied for each test."""
    path = tmp_path_factory.mktemp("plain") / "pepway.db"
    _make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def plain_database(postgres):
    """The same on PostgreSQL."""
    url = postgres.new_database()
    _make_tables(url)
    return name_of(url)


@pytest.fixture
def plain_url(store, request, tmp_path):
    if store == "sqlite":
        path = tmp_path / "pepway.db"
        shutil.copyfile(request.getfixturevalue("plain_file"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgres")
    url = server.new_database(request.getfixturevalue("plain_database"))
    yield url
    server.drop(url)


@pytest.fixture
def council(plain_url):
    database = Database(plain_url)
    yield new_council(database)
    database.engine.dispose()


@pytest.fixture
def migrated_council(migrated_url):
    """With all tables, those of the queue on PostgreSQL as well."""
    database = Database(migrated_url)
    yield new_council(database)
    database.engine.dispose()


@pytest.fixture
def postgres_council(postgres, postgres_template):
    """Whose cases wait for a date; for what only PostgreSQL has."""
    url = postgres.new_database(postgres_template)
    database = Database(url)
    council = new_council(database)
    council.load("waiting")
    yield council
    database.engine.dispose()
    postgres.drop(url)


@pytest.fixture
def new_background(migrated_council, store):
    """Another adapter on the same database: all that it knows stands in the tables."""

    def new(deliver=lambda message: None):
        if store == "sqlite":
            return Embedded(migrated_council.installation, deliver)
        return Distributed(migrated_council.installation, deliver, pace=QUICK)

    return new


@pytest.fixture
def new_case(migrated_council):
    """Another case that waits for ten days after its placement began."""
    council = migrated_council
    return lambda: council.case(open_case(council.by(ANN), "waiting", CHILD))


def _make_tables(url):
    database = Database(url)
    Base.metadata.create_all(database.engine)
    database.engine.dispose()
