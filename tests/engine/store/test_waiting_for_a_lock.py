"""Who waits for what someone else holds learns in the end that it is in vain, on both stores."""

import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from engine.store import address, database
from engine.store.database import Database


@pytest.fixture
def two(database_url, monkeypatch):
    """Two processes on one database, neither of which waits long."""
    for module in (address, database):
        monkeypatch.setattr(module, "LONGEST_WAIT_FOR_A_LOCK", 1)
    both = Database(database_url), Database(database_url)
    with both[0].transaction() as session:
        session.execute(text("CREATE TABLE thing (id INTEGER PRIMARY KEY, what TEXT)"))
        session.execute(text("INSERT INTO thing VALUES (1, 'new')"))
    yield both
    for each in both:
        each.engine.dispose()


def test_a_lock_that_is_never_given_back_is_waited_for_only_so_long(two):
    one, other = two
    with one.transaction() as holding:
        holding.execute(text("UPDATE thing SET what = 'held' WHERE id = 1"))
        begun = time.monotonic()

        with pytest.raises(OperationalError), other.transaction() as waiting:
            waiting.execute(text("UPDATE thing SET what = 'wanted' WHERE id = 1"))

        assert 0.5 < time.monotonic() - begun < 20
