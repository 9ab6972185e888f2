"""While the database is away the log says so in one line, and in one when it is back."""

import logging
import time

import pytest
from plain_domain import ANN, CHILD
from quick import QUICK
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from test_workers import away, until

from engine.background import Embedded
from engine.background.distributed import Distributed
from engine.background.outage import Outage
from engine.cases import open_case
from engine.domain import SYSTEM
from engine.store import database as stores
from engine.store.database import Database
from engine.timers import fire_or_put_off
from engine.work import Installation


def said(caplog):
    """What the engine logged, but for the chain's heads."""
    return [record.getMessage() for record in caplog.records
            if record.name.startswith("engine.") and record.levelno > logging.INFO]


@pytest.fixture
def impatient(migrated_council, monkeypatch):
    """The same council, by a process that gives up waiting for SQLite's lock at once."""
    monkeypatch.setattr(stores, "LONGEST_WAIT_FOR_A_LOCK", 0.05)
    was = migrated_council.installation
    database = Database(was.database.engine.url.render_as_string(hide_password=False))
    yield Installation(database, was.clock, was.domain, was.audit_key)
    database.engine.dispose()


@pytest.mark.parametrize("store", ["sqlite"])
def test_a_locked_file_is_told_once_and_its_return_once(migrated_council, impatient, caplog):
    background = Embedded(impatient, lambda _message: None)
    with migrated_council.by(SYSTEM).begin() as work:
        work.write()
        for _ in range(5):
            background.one_round()
    assert background.health().last_error == "OperationalError"
    background.one_round()
    background.one_round()

    [gone, back] = said(caplog)
    assert gone == ("the database is away or busy: all that waits is tried again until it is back "
                    "(sqlite3.OperationalError, then sqlalchemy.exc.OperationalError)")
    assert back == "the database is back"


def test_a_server_that_is_away_is_told_once_and_its_return_once(
    postgres, postgres_council, caplog
):
    council = postgres_council
    case = council.case(open_case(council.by(ANN), "waiting", CHILD))
    background = Distributed(council.installation, lambda _message: None, pace=QUICK)
    background.start()
    until(lambda: background.health().running)
    with away(postgres, council):
        time.sleep(5)
    council.clock.move_to(case.timers()[0].due_at)
    until(lambda: case.open() == {"look"})
    background.stop()

    told = said(caplog)
    assert [each.split(":")[0] for each in told if "database" in each] == [
        "the database is away or busy", "the database is back",
    ]
    assert not any("line " in each for each in told)


def test_what_is_no_outage_is_told_each_time_and_with_its_place(caplog):
    outage = Outage()
    for _ in range(2):
        try:
            raise ZeroDivisionError
        except ZeroDivisionError as fault:
            outage.tell("background round failed", fault)
            outage.over()

    assert len(said(caplog)) == 2
    assert all("test_outage.py" in each and each.endswith("builtins.ZeroDivisionError")
               for each in said(caplog))


def test_a_timer_whose_connection_was_cut_off_is_due_still(postgres_council, monkeypatch):
    """The database is back before anyone can say that it failed: nothing may be put off then."""
    council = postgres_council
    case = council.case(open_case(council.by(ANN), "waiting", CHILD))
    council.clock.move_to(case.timers()[0].due_at)
    perform = council.domain.perform

    def cut_off(work, case, call, known):
        backend = work.session.scalar(text("SELECT pg_backend_pid()"))
        with council.installation.database.as_owner() as owner, owner.begin() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:id)"), {"id": backend})
        return perform(work, case, call, known)

    monkeypatch.setattr(council.domain, "perform", cut_off)
    with pytest.raises(SQLAlchemyError):
        fire_or_put_off(council.by(SYSTEM), case.id)
    monkeypatch.undo()

    assert case.open() == set()
    assert fire_or_put_off(council.by(SYSTEM), case.id) == 1
    assert case.open() == {"look"}
