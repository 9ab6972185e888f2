"""Pepway was away while things came due: it catches up in order, and with what still matters."""

from datetime import UTC, datetime

import pytest

from engine.background import Embedded
from engine.background.distributed import Distributed


@pytest.fixture
def catch_up(small_council, store):
    """What a process does that starts after an outage."""
    adapter = Embedded if store == "sqlite" else Distributed
    return lambda: adapter(small_council.installation, lambda message: None).one_round()


@pytest.fixture
def case(small_council):
    """Everyone has been asked, on Wednesday 25 March 2026; the plan is due on 10 April."""
    case = small_council.start()
    case.do("initiate_pep", "wilma")
    case.do("allocate_caseworker", "vera")
    return case


def is_away_until(council, day):
    council.clock.move_to(datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=UTC))


def fired(case):
    """Element and moment of what fired, in the order in which it did."""
    events = sorted(case.events("timer_fired"), key=lambda event: event.seq)
    return [(event.element, event.data["due"]) for event in events]


def test_after_a_day_what_came_due_fires_in_the_order_of_the_days(case, catch_up):
    is_away_until(case.council, "2026-03-31")
    catch_up()
    before = len(fired(case))

    is_away_until(case.council, "2026-04-02")
    catch_up()

    caught_up = fired(case)[before:]
    assert {element for element, _ in caught_up} >= {"views_due", "meeting_due"}
    assert caught_up == sorted(caught_up, key=lambda each: each[1])


def test_a_reminder_and_the_escalation_that_follows_it_keep_their_order_over_weeks(case, catch_up):
    is_away_until(case.council, "2026-04-13")

    catch_up()

    caught_up = fired(case)
    assert caught_up == sorted(caught_up, key=lambda each: each[1])
    elements = [element for element, _ in caught_up]
    assert elements.index("education_due") < elements.index("education_late")
    assert elements.index("education_late") < elements.index("two_days_left")
    assert "explain_delay" in case.open()


def test_no_one_is_reminded_of_what_was_done_before_the_outage(case, catch_up):
    case.do("complete_education_sections", "tara")
    is_away_until(case.council, "2026-04-13")

    catch_up()

    sent = {event.element for event in case.events("action_performed")}
    assert {"remind_of_social_work", "remind_of_carer"} & sent
    assert not sent & {"remind_of_education", "tell_of_education"}
