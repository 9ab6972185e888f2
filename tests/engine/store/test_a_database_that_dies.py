"""Whoever has read everything is not told that the database died afterwards."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from engine.store.database import Database


@pytest.fixture
def database(postgres):
    url = postgres.new_database()
    database = Database(url)
    yield database
    database.engine.dispose()
    postgres.drop(url)


def _kill(database, session):
    """The connection of a session, from another one."""
    process = session.scalar(text("SELECT pg_backend_pid()"))
    with database.transaction() as other:
        other.execute(text("SELECT pg_terminate_backend(:process, 10000)"), {"process": process})


def test_what_was_read_is_not_lost_with_the_connection(database):
    with database.transaction(writing=False) as session:
        read = session.scalar(text("SELECT 42"))
        _kill(database, session)

    assert read == 42
    with database.transaction(writing=False) as session:
        assert session.scalar(text("SELECT 43")) == 43


def test_whoever_reads_on_is_told(database):
    with database.transaction(writing=False) as session:
        _kill(database, session)

        with pytest.raises(OperationalError):
            session.scalar(text("SELECT 42"))


def test_what_was_written_and_not_committed_is_told(database):
    def write():
        with database.transaction() as session:
            session.execute(text("CREATE TABLE thing (id INTEGER)"))
            _kill(database, session)

    with pytest.raises(OperationalError):
        write()

    with database.transaction(writing=False) as session:
        assert session.scalar(text("SELECT to_regclass('thing')")) is None


def test_what_was_prepared_is_still_prepared_after_a_transaction_that_only_read(database):
    """Else each statement is planned anew after every page: twice the time of a completion."""
    prepared = "SELECT count(*) FROM pg_prepared_statements"
    for _ in range(10):
        with database.transaction(writing=False) as session:
            session.execute(text("SELECT 42"))

    with database.transaction(writing=False) as session:
        assert session.scalar(text(prepared)) >= 1


def test_what_was_prepared_stays_though_hundreds_of_others_come_between(database):
    """As pages do that people open in turn."""
    mine = text("SELECT 42 AS mine")
    others = [text(f"SELECT {number} AS other") for number in range(300)]
    for _ in range(3):
        with database.transaction(writing=False) as session:
            for each in (mine, *others):
                session.execute(each)

    with database.transaction(writing=False) as session:
        assert session.scalar(text(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%AS mine'")) == 1
