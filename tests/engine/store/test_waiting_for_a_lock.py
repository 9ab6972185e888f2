"""Who waits for what someone else holds learns in the end that it is in vain, on both stores."""

import threading
import time
from contextlib import suppress

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import InternalError, OperationalError, TimeoutError

from engine.faults import is_passing
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


def test_writers_of_one_process_on_sqlite_wait_for_each_other_and_in_the_end_in_vain(
    tmp_path, monkeypatch
):
    """Nobody of them asks SQLite, which would have them sleep between tries."""
    monkeypatch.setattr(database, "LONGEST_WAIT_FOR_A_LOCK", 1)
    one = Database(f"sqlite:///{tmp_path / 'one.db'}")
    begun = []
    event.listen(one.engine, "begin", lambda _connection: begun.append(threading.get_ident()))
    outcome = []

    def write():
        try:
            with one.transaction():
                outcome.append("written")
        except TimeoutError as fault:
            outcome.append(is_passing(fault))

    with one.transaction(), one.transaction(writing=False):
        _in_a_thread(write)
    _in_a_thread(write)

    assert outcome == [True, "written"]
    assert len(begun) == 3
    one.engine.dispose()


@pytest.mark.parametrize("store", ["sqlite"])
def test_writers_in_a_turn_behind_another_process_do_not_wait_one_after_the_other(two):
    """Whoever waited for the turn has so much less to wait for the file."""
    one, other = two
    waited = []

    def write():
        begun = time.monotonic()
        with suppress(OperationalError, TimeoutError), one.transaction():
            waited.append("never")
        waited.append(time.monotonic() - begun)

    with other.transaction():
        threads = [threading.Thread(target=write) for _ in range(3)]
        for each in threads:
            each.start()
            time.sleep(0.2)
        for each in threads:
            each.join()

    assert len(waited) == 3
    assert max(waited) < 1.5


def test_a_transaction_that_only_reads_keeps_nothing(two):
    one, _ = two
    with suppress(InternalError), one.transaction(writing=False) as session:
        session.execute(text("UPDATE thing SET what = 'slipped in' WHERE id = 1"))

    with one.transaction(writing=False) as session:
        assert session.scalar(text("SELECT what FROM thing")) == "new"


def test_a_transaction_that_only_reads_sees_one_moment(two):
    one, other = two
    with one.transaction(writing=False) as reading:
        assert reading.scalar(text("SELECT what FROM thing")) == "new"
        with other.transaction() as writing:
            writing.execute(text("UPDATE thing SET what = 'newer' WHERE id = 1"))

        assert reading.scalar(text("SELECT what FROM thing")) == "new"


def _in_a_thread(do):
    thread = threading.Thread(target=do)
    thread.start()
    thread.join()
