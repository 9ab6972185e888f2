"""What is due becomes a job of Procrastinate's, in one transaction with the mark that says so."""

from contextlib import suppress
from datetime import timedelta

import pytest
from many_cases import copy_case
from plain_domain import ANN, CHILD
from procrastinate import App, SyncPsycopgConnector
from sqlalchemy import text

from engine.background.handing_over import (
    DOUBTS_AT_A_TIME,
    JOBS_AT_A_TIME,
    TIMERS_AT_A_TIME,
    give_due,
)
from engine.cases import open_case
from engine.domain import SYSTEM
from engine.due import HELD

GIVING = App(connector=SyncPsycopgConnector())


@pytest.fixture
def by(postgres_council):
    """Someone at work in a council in which 1,500 cases come due 32 days from now."""
    case_id = open_case(postgres_council.by(ANN), "waiting", CHILD)
    copy_case(postgres_council.installation.database, case_id, 1499)
    return postgres_council.by(SYSTEM)


def standing(by):
    """Jobs that wait, timers that are with a worker."""
    with by.begin(writing=False) as work:
        jobs = work.session.scalar(text("SELECT count(*) FROM procrastinate_jobs"))
        held = work.session.scalar(text("SELECT count(*) FROM timer WHERE held_until > :now"),
                                   {"now": work.now})
    return jobs, held


def cases_in_jobs(by):
    each = "SELECT jsonb_array_elements_text(args -> 'case_ids') FROM procrastinate_jobs"
    with by.begin(writing=False) as work:
        return work.session.scalars(text(each)).all()


def come_due(by):
    by.installation.clock.move_on(timedelta(days=40))


def test_what_is_not_due_is_no_job(by):
    assert give_due(by, GIVING) == 0
    assert standing(by) == (0, 0)


def test_of_what_is_due_no_more_than_a_little_waits_in_the_queue(by):
    come_due(by)

    assert give_due(by, GIVING) == JOBS_AT_A_TIME
    assert give_due(by, GIVING) == 0

    assert standing(by) == (JOBS_AT_A_TIME, TIMERS_AT_A_TIME)


def test_where_it_is_taken_back_no_job_is_left_and_no_timer_held(by):
    come_due(by)

    with suppress(ZeroDivisionError), by.begin() as work:
        assert give_due(work, GIVING) == JOBS_AT_A_TIME
        raise ZeroDivisionError

    assert standing(by) == (0, 0)


def test_one_at_a_time_hands_over(by):
    come_due(by)

    with by.begin() as work:
        assert give_due(work, GIVING) == JOBS_AT_A_TIME
        assert give_due(by, GIVING) == 0

    assert standing(by) == (JOBS_AT_A_TIME, TIMERS_AT_A_TIME)


def test_a_timer_whose_job_was_lost_is_taken_up_again(by):
    come_due(by)
    give_due(by, GIVING)
    with by.begin() as work:
        work.session.execute(text("DELETE FROM procrastinate_jobs"))
    give_due(by, GIVING)
    assert standing(by)[1] == 1500

    with by.begin() as work:
        work.session.execute(text("DELETE FROM procrastinate_jobs"))
    assert give_due(by, GIVING) == 0
    by.installation.clock.move_on(HELD)

    assert give_due(by, GIVING) == DOUBTS_AT_A_TIME


def test_what_waits_in_the_queue_for_long_is_not_put_there_twice(by):
    come_due(by)
    give_due(by, GIVING)
    by.installation.clock.move_on(HELD * 2)
    with by.begin() as work:
        work.session.execute(text("DELETE FROM procrastinate_jobs WHERE id % 4 > 0"))

    give_due(by, GIVING)

    in_jobs = cases_in_jobs(by)
    assert len(in_jobs) == len(set(in_jobs)) == 250 + 500 + DOUBTS_AT_A_TIME


def test_messages_that_were_not_tried_yet_share_jobs(by):
    with by.begin() as work:
        for letter in range(95):
            work.tell("posted", None, letter=letter)

    assert give_due(by, GIVING) == 32
    assert give_due(by, GIVING) == 0


def test_what_is_in_doubt_is_not_given_again_while_someone_is_about_to_begin(by):
    come_due(by)
    with by.begin() as work:
        for letter in range(12):
            work.tell("posted", None, letter=letter)
        work.session.flush()
        work.session.execute(text("UPDATE outbox SET attempts = 1"))
        work.session.execute(text("UPDATE timer SET attempts = 1"))
    assert give_due(by, GIVING) == 2 * DOUBTS_AT_A_TIME
    with by.begin() as work:
        work.session.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))

    assert give_due(by, GIVING) == DOUBTS_AT_A_TIME + 2

    in_jobs = cases_in_jobs(by)
    assert len(in_jobs) == len(set(in_jobs)) == 2 * DOUBTS_AT_A_TIME
