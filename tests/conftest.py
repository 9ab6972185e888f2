"""Fixtures that every test may use: both stores, and an installation on each of them."""

import gc
import shutil

import pytest
from beginning import AUDIT_KEY, MORNING
from once import statements_compiled_once
from postgres import Postgres, name_of
from scratch import keep_files_in_memory
from told_on_one import STORES, told

from engine.clock import FixedClock
from engine.store.database import Database
from engine.store.schema import migrate
from engine.work import Installation
from web.long_lived import keep_for_good
from workflows.figures import following
from workflows.pep.domain import PepDomain

COLLECTED_AFTER = (20_000, 10, 20)
"""Objects that are new, and rounds, after which Python's collector goes through them."""


def pytest_configure():
    keep_files_in_memory()


def pytest_make_parametrize_id(val):
    """A test's name stands in the environment of every program that it starts, a PostgreSQL for all
    that follow among them, and none starts where that is too large."""
    if isinstance(val, (str, bytes)) and len(val) > 500:
        return f"{val[:40]!a} and so on, {len(val)} in all"
    return None


def pytest_collection_modifyitems(items):
    items[:] = told(items)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish():
    """Thousands of tests and all modules stay until the run's end: to go through them again and
    again took a fifth of its time."""
    keep_for_good()
    gc.set_threshold(*COLLECTED_AFTER)


@pytest.fixture(scope="session", autouse=True)
def statements_shared():
    with statements_compiled_once():
        yield


@pytest.fixture(scope="session", autouse=True)
def figures_follow_all():
    """In one round, however busy the machine; `test_following.py` has the turn that others get."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(following, "SECONDS_IN_A_ROW", float("inf"))
        yield


@pytest.fixture(scope="session")
def postgres():
    server = Postgres()
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=STORES)
def store(request):
    """Every test that asks for it, even by way of another fixture, runs on both stores, or on the
    one that `told_on_one.py` says."""
    return request.param


@pytest.fixture
def database_url(store, request, tmp_path):
    """The URL of an empty database."""
    if store == "sqlite":
        yield f"sqlite:///{tmp_path / 'pepway.db'}"
        return
    server = request.getfixturevalue("postgres")
    url = server.new_database()
    yield url
    server.drop(url)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    """A file with all tables and no rows; copied, because migrating takes its time."""
    path = tmp_path_factory.mktemp("template") / "pepway.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres):
    url = postgres.new_database()
    _migrate(url)
    return name_of(url)


@pytest.fixture
def migrated_url(store, request, tmp_path):
    """The URL of a database with all tables and no rows."""
    if store == "sqlite":
        path = tmp_path / "migrated.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgres")
    url = server.new_database(request.getfixturevalue("postgres_template"))
    yield url
    server.drop(url)


@pytest.fixture
def clock():
    return FixedClock(MORNING)


@pytest.fixture
def installation(migrated_url, clock):
    """A council's Pepway with nobody in it yet, on a clock that stands still."""
    database = Database(migrated_url)
    yield Installation(database, clock, PepDomain(), AUDIT_KEY)
    database.engine.dispose()


def _migrate(url):
    database = Database(url)
    migrate(database)
    database.engine.dispose()
