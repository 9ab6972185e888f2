"""A case waits for a date, survives a restart, and goes on once."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from council import STARTED
from diagrams import dates_side_by_side
from plain_domain import ANN, CHILD
from sqlalchemy import event

from engine.cases import close_case, facts_changed, open_case, retry_incident
from engine.errors import AnswersInvalid
from engine.releases import load_folder
from engine.timers import fire_due_timers, fire_due_timers_of, fire_now


@pytest.fixture
def case(council):
    council.load("waiting")
    return council.case(open_case(council.by(ANN), "waiting", CHILD))


def test_a_timer_on_a_date_fires_at_midnight_in_london_and_only_once(case):
    [timer] = case.timers()
    assert timer.due_at == datetime(2026, 3, 12, 0, 0, tzinfo=UTC)
    case.council.clock.move_to(timer.due_at - timedelta(seconds=1))
    assert fire_due_timers(case.by(ANN)) == 0

    case.council.clock.move_to(timer.due_at)

    assert fire_due_timers(case.by(ANN)) == 1
    assert fire_due_timers(case.by(ANN)) == 0
    assert case.open() == {"look"}


def test_a_date_that_moves_moves_the_timer_and_says_so(case):
    case.council.domain.facts_now["placement_start"] = date(2026, 4, 1)
    facts_changed(case.by(ANN), CHILD, "Placement start corrected")

    [timer] = case.timers()
    assert timer.due_at == datetime(2026, 4, 10, 23, 0, tzinfo=UTC)
    [moved] = case.events("timer_moved")
    assert moved.data["reason"] == "Placement start corrected"
    assert moved.data["old"].startswith("2026-03-12")


def test_a_closed_case_lets_nothing_happen_any_more(case):
    close_case(case.by(ANN), case.id, "Opened by mistake")
    case.council.clock.move_on(timedelta(days=30))

    assert fire_due_timers(case.by(ANN)) == 0
    assert case.status() == "closed"


def test_a_step_that_fails_becomes_an_incident_that_can_be_retried(council):
    council.domain.failing = True
    council.load("waiting", action="fail")
    case = council.case(open_case(council.by(ANN), "waiting", CHILD))
    council.clock.move_on(timedelta(days=30))
    assert fire_due_timers(case.by(ANN)) == 1
    assert case.status() == "incident"
    assert case.open() == set()
    assert retry_incident(case.by(ANN), case.id) is False

    council.domain.failing = False

    assert retry_incident(case.by(ANN), case.id) is True
    assert (case.status(), case.open()) == ("open", {"look"})


def test_a_timer_is_woken_before_its_date_for_a_reason(case):
    [timer] = case.timers()
    with pytest.raises(AnswersInvalid):
        fire_now(case.by(ANN), timer.id, " ")

    assert fire_now(case.by(ANN), timer.id, "The school moved") is True

    assert case.open() == {"look"}
    [woken] = case.events("timer_woken")
    assert woken.data["reason"] == "The school moved"
    assert fire_now(case.by(ANN), timer.id, "Again") is False
    case.council.clock.move_to(timer.due_at + timedelta(days=1))
    assert fire_due_timers(case.by(ANN)) == 0


def test_a_date_moved_into_the_past_fires_in_the_same_action(case):
    case.council.domain.facts_now["placement_start"] = date(2026, 2, 1)
    with case.by(ANN).begin() as work:
        facts_changed(work, CHILD, "Placement start corrected")
        assert fire_due_timers_of(work, case.id) == 1
        assert fire_due_timers_of(work, case.id) == 0

    assert case.open() == {"look"}


def test_nothing_is_woken_in_a_closed_case(case):
    [timer] = case.timers()
    close_case(case.by(ANN), case.id, "Opened by mistake")

    assert fire_now(case.by(ANN), timer.id, "The school moved") is False


def test_what_a_case_is_told_from_is_read_once_for_all_its_timers(council):
    counted = {}
    for count in (2, 8):
        load_folder(council.by(ANN), "waiting", dates_side_by_side(*range(1, count + 1)))
        case = council.case(open_case(council.by(ANN), "waiting", CHILD))
        council.clock.move_on(timedelta(days=30))
        with reads_of(council.installation.database) as reads:
            assert fire_due_timers_of(case.by(ANN), case.id) == count
        assert case.open() == {"look"}
        council.clock.move_to(STARTED)
        counted[count] = len(reads)

    assert counted[8] == counted[2]


@contextmanager
def reads_of(database):
    reads = []

    def note(_connection, _cursor, statement, *_more):
        if statement.startswith("SELECT"):
            reads.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield reads
    event.remove(database.engine, "before_cursor_execute", note)
