"""What runs every second looks at what waits, not at all that ever was."""

import re
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from council import new_council
from plain_domain import ANN, CHILD
from sqlalchemy import event

from engine.background import Embedded
from engine.cases import open_case
from engine.recalculation import calendar_changed
from engine.store.database import Database
from engine.store.schema import migrate

GROWS = {"audit", "case", "event", "outbox", "submission", "task", "timer"}
_SCAN = re.compile(r'^SCAN "?(\w+)"?(?! USING| .*USING)')


@pytest.fixture
def council(tmp_path):
    """On SQLite: PostgreSQL reads small tables whole, whatever indices they have."""
    database = Database(f"sqlite:///{tmp_path / 'council.db'}")
    migrate(database)
    yield new_council(database)
    database.engine.dispose()


def test_a_round_of_the_background_reads_no_growing_table_from_end_to_end(council):
    sent = []
    council.load("waiting")
    open_case(council.by(ANN), "waiting", CHILD)
    calendar_changed(council.by(ANN), "a closure")
    council.clock.move_on(timedelta(days=40))
    event.listen(council.installation.database.engine, "before_cursor_execute",
                 lambda *told: sent.append((told[2], told[3])))

    Embedded(council.installation, lambda message: None).one_round()

    assert len(sent) > 30
    assert list(_scans(council.installation.database.file, sent)) == []


def _scans(file, sent):
    with closing(sqlite3.connect(file)) as connection:
        for statement, values in sent:
            if statement.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE")):
                values = values[0] if isinstance(values, list) else values
                plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
                for *_, step in plan:
                    found = _SCAN.match(step)
                    if found and _table_of(found.group(1), statement) in GROWS:
                        yield step, statement


def _table_of(name, statement):
    """The table behind an alias."""
    named = re.search(rf'"?(\w+)"? AS "?{name}"?\b', statement)
    return named.group(1) if named else name
