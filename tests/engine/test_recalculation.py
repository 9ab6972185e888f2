"""A changed calendar reaches the dates of every running case: by and by, once, whatever dies."""

import threading
import time
from collections import Counter
from contextlib import suppress
from datetime import date

import pytest
from many_cases import copy_case
from plain_domain import ANN, BEN, CHILD
from sqlalchemy import select, text

import engine.advance
from engine import recalculation, watchdog
from engine.cases import close_case, open_case, retry_incident
from engine.domain import SYSTEM
from engine.recalculation import calendar_changed, make_good
from engine.store.models import Case, Event, Recalculation
from engine.timers import fire_due_timers

REASON = "council closed on 2026-03-06"
LATER = date(2026, 3, 5)


@pytest.fixture
def council(migrated_council):
    migrated_council.load("waiting")
    return migrated_council


@pytest.fixture
def cases(new_case, council):
    """Five that wait for the 12th of March, in the order in which it is their turn."""
    made = [new_case() for _ in range(5)]
    return sorted(made, key=lambda case: case.id)


def change(council, actor=BEN):
    """From now on the date is the 15th."""
    council.domain.facts_now["placement_start"] = LATER
    calendar_changed(council.by(actor), REASON)


def work_it_off(council):
    while make_good(council.by(SYSTEM)):
        pass


def moved(cases):
    return [len(case.events("timer_moved")) for case in cases]


def what_is_owed(council):
    with council.by(SYSTEM).begin(writing=False) as work:
        return work.session.scalars(select(Recalculation)).all()


def test_the_dates_of_running_cases_follow_and_each_says_so_once(council, cases, new_background):
    over = cases.pop()
    close_case(council.by(ANN), over.id, "Opened by mistake")

    change(council)
    assert moved(cases) == [0] * 4
    new_background().one_round()
    new_background().one_round()

    assert moved(cases) == [1] * 4
    assert moved([over]) == [0]
    [event] = cases[0].events("timer_moved")
    assert (event.data["old"][:10], event.data["new"][:10]) == ("2026-03-12", "2026-03-15")
    assert (event.data["reason"], event.actor_id) == (REASON, BEN.id)
    assert what_is_owed(council) == []


def test_nothing_is_owed_where_the_change_was_taken_back(council, cases):
    with suppress(ZeroDivisionError), council.by(ANN).begin() as work:
        calendar_changed(work, REASON)
        raise ZeroDivisionError

    assert what_is_owed(council) == []


def test_it_goes_on_where_it_stopped_with_the_case_that_it_died_at(council, cases, monkeypatch):
    followed, recalculate = [], engine.advance.recalculate

    def die_at_the_third(work, case, reason):
        followed.append(case.id)
        if len(followed) == 3:
            raise SystemExit
        recalculate(work, case, reason)

    monkeypatch.setattr(recalculation, "recalculate", die_at_the_third)
    change(council)

    with pytest.raises(SystemExit):
        work_it_off(council)
    assert moved(cases) == [1, 1, 0, 0, 0]
    work_it_off(council)

    ids = [case.id for case in cases]
    assert followed == [*ids[:3], *ids[2:]]
    assert moved(cases) == [1] * 5


def test_a_case_whose_dates_cannot_be_worked_out_becomes_an_incident_and_the_others_follow(
    council, cases, monkeypatch
):
    bad, known = cases[2], council.domain.known

    def known_unless_bad(session, case, on, paths=()):
        found = known(session, case, on, paths)
        if case.id == bad.id:
            del found.facts_now["placement_start"]
        return found

    monkeypatch.setattr(council.domain, "known", known_unless_bad)
    change(council)
    work_it_off(council)

    assert moved(cases) == [1, 1, 0, 1, 1]
    assert [case.status() for case in cases] == ["open", "open", "incident", "open", "open"]
    assert retry_incident(council.by(ANN), bad.id) is False
    monkeypatch.undo()
    assert retry_incident(council.by(ANN), bad.id) is True
    assert moved(cases) == [1] * 5


def _die():
    raise SystemExit


def _never_end():
    while True:
        time.sleep(0.01)


@pytest.mark.parametrize("breaks_down", [_die, _never_end])
def test_a_case_that_it_breaks_down_at_becomes_an_incident_and_the_others_follow(
    council, cases, monkeypatch, breaks_down
):
    monkeypatch.setattr(watchdog, "LOOK", 0.02)
    monkeypatch.setattr(watchdog, "LONGEST", 0.3)
    bad, tried, recalculate = cases[2], [], engine.advance.recalculate

    def recalculate_unless_bad(work, case, reason):
        if case.id == bad.id:
            tried.append(case.id)
            breaks_down()
        recalculate(work, case, reason)

    monkeypatch.setattr(recalculation, "recalculate", recalculate_unless_bad)
    change(council)
    for _ in range(6):
        with suppress(SystemExit):
            work_it_off(council)

    assert 3 <= len(tried) <= 4
    assert moved(cases) == [1, 1, 0, 1, 1]
    assert bad.status() == "incident"
    assert what_is_owed(council) == []
    monkeypatch.undo()
    assert retry_incident(council.by(ANN), bad.id) is True
    assert moved([bad]) == [1]


def test_what_the_database_refuses_is_tried_again_and_never_an_incident(
    council, cases, monkeypatch
):
    def refuse(work, case, reason):
        work.session.execute(text("SELECT 1 FROM nowhere"))

    monkeypatch.setattr(recalculation, "recalculate", refuse)
    change(council)
    for _ in range(8):
        with pytest.raises(Exception, match="nowhere"):
            make_good(council.by(SYSTEM))
    monkeypatch.undo()

    work_it_off(council)

    assert moved(cases) == [1] * 5
    assert {case.status() for case in cases} == {"open"}


def test_a_timer_does_not_fire_by_a_date_that_has_still_to_follow(council, cases):
    council.clock.move_to(cases[0].timers()[0].due_at)
    change(council)

    assert fire_due_timers(council.by(SYSTEM)) == 0

    assert [case.events("timer_fired") for case in cases] == [[]] * 5
    council.clock.move_to(cases[0].timers()[0].due_at)
    assert fire_due_timers(council.by(SYSTEM)) == 5
    work_it_off(council)
    assert moved(cases) == [1] * 5


def test_two_changes_are_both_followed(council, cases):
    change(council)
    council.domain.facts_now["placement_start"] = date(2026, 3, 9)
    calendar_changed(council.by(ANN), "calendar: term dates")

    work_it_off(council)

    assert moved(cases) == [1] * 5
    assert what_is_owed(council) == []


def test_changes_that_are_still_owed_when_a_timer_is_due_are_followed_in_one(council, cases):
    """Terms are entered one by one; a date is not worked out anew for each of them."""
    council.clock.move_to(cases[0].timers()[0].due_at)
    change(council)
    calendar_changed(council.by(ANN), "calendar: term dates")

    assert fire_due_timers(council.by(SYSTEM)) == 0

    [event] = cases[0].events("timer_moved")
    assert event.data["reason"] == "calendar: term dates"


def test_a_case_that_someone_holds_has_its_turn_at_the_end(postgres_council):
    council = postgres_council
    cases = [council.case(open_case(council.by(ANN), "waiting", CHILD)) for _ in range(3)]
    cases.sort(key=lambda case: case.id)
    change(council)
    with council.by(ANN).begin() as work:
        engine.advance.lock_case(work, cases[0].id)
        waits = threading.Thread(target=work_it_off, args=(council,))
        waits.start()
        _until(lambda: moved(cases) == [0, 1, 1])
        assert len(what_is_owed(council)) == 1
    waits.join()

    assert moved(cases) == [1] * 3
    assert what_is_owed(council) == []


def test_a_case_that_was_just_being_opened_by_the_old_calendar_follows(postgres_council):
    council = postgres_council
    opened, may_commit, before = threading.Event(), threading.Event(), council.by(ANN)

    def open_slowly():
        with before.begin() as work:
            open_case(work, "waiting", CHILD)
            opened.set()
            may_commit.wait(20)

    def change_and_work_it_off():
        change(council)
        work_it_off(council)

    opening = threading.Thread(target=open_slowly)
    opening.start()
    assert opened.wait(20)
    changing = threading.Thread(target=change_and_work_it_off)
    changing.start()
    time.sleep(0.3)
    may_commit.set()
    opening.join()
    changing.join()

    with council.by(ANN).begin(writing=False) as work:
        [case_id] = work.session.scalars(select(Case.id))
    assert moved([council.case(case_id)]) == [1]


def test_a_thousand_cases_follow_once_each_though_it_is_broken_off_again_and_again(
    postgres_council, monkeypatch
):
    council, recalculate = postgres_council, engine.advance.recalculate
    first = open_case(council.by(ANN), "waiting", CHILD)
    copy_case(council.installation.database, first, 999)
    number = iter(range(100_000))

    def die_now_and_then(work, case, reason):
        recalculate(work, case, reason)
        if next(number) % 150 == 149:
            raise SystemExit

    monkeypatch.setattr(recalculation, "recalculate", die_now_and_then)
    change(council)
    deaths = 0
    while what_is_owed(council):
        try:
            make_good(council.by(SYSTEM))
        except SystemExit:
            deaths += 1

    with council.by(ANN).begin(writing=False) as work:
        events = work.session.scalars(select(Event).where(Event.kind == "timer_moved")).all()
    assert deaths == 6
    assert set(Counter(event.case_id for event in events).values()) == {1}
    assert len(events) == 1000
    assert {event.data["reason"] for event in events} == {REASON}


def _until(happened, within=60):
    until = time.monotonic() + within
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.05)
