"""A new day follows the calendar, also where the database is lost in the midst of it."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from engine.domain import SYSTEM
from workflows.involvements import start_involvement

TASK_CHANGED = 'WITH changed_0 AS (UPDATE "task"'
"""How what a step has changed is sent, where it is no more than tasks."""


@contextmanager
def lost_at(database, beginning):
    """PostgreSQL ends the connection at the first statement that begins so."""
    met = []

    def end(connection, _cursor, statement, *_more):
        if statement.startswith(beginning) and not met:
            met.append(statement)
            process = connection.connection.driver_connection.info.backend_pid
            with database.as_owner() as owner, owner.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:of)"), {"of": process})

    event.listen(database.engine, "before_cursor_execute", end)
    yield
    event.remove(database.engine, "before_cursor_execute", end)
    assert met


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_a_day_whose_database_is_lost_is_begun_again(small_council):
    case, vera = small_council.start(), small_council.by("vera")
    tomorrow = vera.today + timedelta(days=1)
    start_involvement(vera, case.child_id, small_council.people["sven"], "social_worker", tomorrow)
    assert case.open()["initiate_pep"].assignee_id == small_council.people["wilma"]
    small_council.clock.move_on(timedelta(days=1))
    installation = small_council.installation

    with lost_at(installation.database, TASK_CHANGED), pytest.raises(OperationalError):
        installation.domain.day_begins(installation.acting(SYSTEM))
    assert case.open()["initiate_pep"].assignee_id == small_council.people["wilma"]

    installation.domain.day_begins(installation.acting(SYSTEM))
    assert case.open()["initiate_pep"].assignee_id is None
