"""What both adapters of background work promise: the same stories on SQLite and PostgreSQL."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta
from itertools import pairwise

import pytest
from diagrams import dates_side_by_side
from plain_domain import ANN, CHILD
from quick import QUICK
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from engine import watchdog
from engine.background import outbox, send_again, take_back_messages, undelivered
from engine.background.outbox import MOST_ATTEMPTS, NOT_HEARD_OF
from engine.cases import close_case, facts_changed, open_case, retry_incident
from engine.domain import SYSTEM
from engine.due import MOST_ATTEMPTS as MOST_ATTEMPTS_AT_A_CASE
from engine.due import next_due
from engine.releases import load_folder
from engine.sealer import chain_head
from engine.store.models import Case, Outbox
from engine.tampering import find_tampering
from engine.timers import RETRY
from engine.waiting import what_waits


@pytest.fixture
def council(migrated_council):
    migrated_council.load("waiting")
    return migrated_council


def test_a_due_timer_fires_once(council, new_background, new_case):
    case = new_case()
    new_background().one_round()
    assert case.open() == set()
    council.clock.move_to(case.timers()[0].due_at)

    new_background().one_round()
    new_background().one_round()

    assert case.open() == {"look"}
    assert len(case.events("timer_fired")) == 1


def test_a_round_may_be_made_where_another_loop_runs(council, new_background, new_case):
    case = new_case()
    council.clock.move_to(case.timers()[0].due_at)

    async def someone_elses_loop():
        new_background().one_round()

    with ThreadPoolExecutor() as beside:
        beside.submit(lambda: asyncio.run(someone_elses_loop())).result()

    assert case.open() == {"look"}


def test_what_was_written_is_soon_in_the_chain(council, new_background, new_case):
    new_case()
    assert chain_head(council.by(SYSTEM)) is None

    new_background().one_round()

    assert chain_head(council.by(SYSTEM)).number == 1
    assert find_tampering(council.by(SYSTEM)).findings == []


def test_a_timer_that_was_moved_to_later_does_not_fire_before(council, new_background, new_case):
    case = new_case()
    [timer] = case.timers()
    council.domain.facts_now["placement_start"] = date(2026, 4, 1)
    facts_changed(case.by(ANN), CHILD, "Placement start corrected")
    council.clock.move_to(timer.due_at)

    new_background().one_round()

    assert case.events("timer_fired") == []
    council.clock.move_to(case.timers()[0].due_at)
    new_background().one_round()
    assert case.open() == {"look"}


def test_the_timer_of_a_closed_case_does_not_fire(council, new_background, new_case):
    case = new_case()
    close_case(case.by(ANN), case.id, "Opened by mistake")
    council.clock.move_on(timedelta(days=40))

    new_background().one_round()

    assert case.status() == "closed"
    assert case.events("timer_fired") == []


def test_a_timer_that_breaks_is_tried_again_and_does_not_stop_the_others(
    council, new_background, new_case, monkeypatch, caplog
):
    broken, *others = new_case(), new_case(), new_case()
    perform = council.domain.perform

    def perform_unless_broken(work, case, call, known):
        if case.id == broken.id:
            raise OperationalError("the database is away", {}, Exception())
        return perform(work, case, call, known)

    monkeypatch.setattr(council.domain, "perform", perform_unless_broken)
    council.clock.move_on(timedelta(days=40))

    new_background().one_round()

    assert [case.open() for case in others] == [{"look"}] * 2
    assert f"timers of case {broken.id} could not be fired" in caplog.text
    monkeypatch.undo()
    new_background().one_round()
    assert broken.events("timer_fired") == []
    council.clock.move_on(RETRY)
    new_background().one_round()
    assert broken.open() == {"look"}


def _die(monkeypatch):
    raise SystemExit  # what an interpreter that is ending raises: nothing is noted any more


def _never_end(monkeypatch):
    monkeypatch.setattr(watchdog, "LOOK", 0.02)
    monkeypatch.setattr(watchdog, "LONGEST", 0.5)
    while True:
        time.sleep(0.01)


@pytest.mark.parametrize("breaks_down", [_die, _never_end])
def test_a_case_that_breaks_down_what_takes_it_up_becomes_an_incident_and_the_others_go_on(
    council, new_background, new_case, monkeypatch, breaks_down
):
    bad, *others = cases = [new_case() for _ in range(5)]
    perform, taken_up = council.domain.perform, []

    def perform_unless_bad(work, case, call, known):
        if case.id == bad.id:
            taken_up.append(case.id)
            breaks_down(monkeypatch)
        return perform(work, case, call, known)

    monkeypatch.setattr(council.domain, "perform", perform_unless_bad)
    council.clock.move_on(timedelta(days=40))

    def round_after_round():
        _until_it_dies(new_background())
        return bad.status() == "incident"

    _until(round_after_round, within=60)
    new_background().one_round()

    assert [case.open() for case in others] == [{"look"}] * 4
    assert 3 <= len(taken_up) <= 5
    assert bad.events("timer_fired") == []
    [opened] = bad.events("incident_opened")
    assert opened.element == "wait"

    monkeypatch.undo()
    assert retry_incident(council.by(ANN), bad.id)
    new_background().one_round()
    assert [(case.status(), case.open()) for case in cases] == [("open", {"look"})] * 5
    assert len(bad.events("timer_fired")) == 1


def test_a_timer_that_comes_due_in_a_case_that_was_given_up_fires(
    council, new_background, monkeypatch
):
    assert load_folder(council.by(ANN), "waiting", dates_side_by_side(10, 12)).state == "live"
    case = council.case(open_case(council.by(ANN), "waiting", CHILD))
    first, second = sorted(case.timers(), key=lambda timer: timer.due_at)
    with council.by(SYSTEM).begin() as work:
        work.session.merge(first).attempts = MOST_ATTEMPTS_AT_A_CASE
    council.clock.move_to(first.due_at)
    new_background().one_round()
    assert case.status() == "incident"
    new_background().one_round()
    assert case.events("timer_fired") == []

    council.clock.move_to(second.due_at)
    new_background().one_round()

    assert [event.element for event in case.events("timer_fired")] == [second.element]


def test_what_is_due_fires_in_the_order_in_which_it_was_due(council, new_background, new_case):
    cases = []
    for day in (5, 3, 4):
        council.domain.facts_now["placement_start"] = date(2026, 3, day)
        cases.append(new_case())
    council.clock.move_on(timedelta(days=40))

    new_background().one_round()

    fired = [case.events("timer_fired")[0] for case in cases]
    in_order = sorted(fired, key=lambda event: event.seq)
    assert [event.data["due"][:10] for event in in_order] == [
        "2026-03-13", "2026-03-14", "2026-03-15",
    ]


def test_a_message_leaves_only_after_its_transaction_has_committed(council, new_background):
    left = []
    background = new_background(left.append)

    with suppress(ZeroDivisionError), council.by(ANN).begin() as work:
        background.enqueue(work, "posted", ANN.id, letter="1")
        work.session.flush()
        raise ZeroDivisionError
    background.one_round()
    assert left == []
    with council.by(ANN).begin() as work:
        message_id = background.enqueue(work, "posted", ANN.id, letter="2")
    background.one_round()
    new_background(left.append).one_round()

    [message] = left
    assert (message.id, message.person_id, message.data) == (message_id, ANN.id, {"letter": "2"})


def test_a_message_taken_back_does_not_leave(council, new_background, new_case):
    left = []
    background = new_background(left.append)
    case = new_case()
    with council.by(ANN).begin() as work:
        message_id = background.enqueue(work, "posted", None, letter="1")
        background.enqueue(work, "posted", None, work.session.get_one(Case, case.id), letter="2")
    with council.by(ANN).begin() as work:
        background.cancel(work, message_id)
    assert take_back_messages(council.by(ANN), CHILD) == 1

    background.one_round()

    assert left == []


def test_a_message_whose_sender_died_leaves_again_under_the_same_id(
    council, new_background
):
    left = []

    def deliver_and_die(message):
        left.append(message)
        raise SystemExit  # what an interpreter that is ending raises: nothing is noted any more

    with council.by(ANN).begin() as work:
        new_background().enqueue(work, "posted", None, letter="1")
    _until_it_dies(new_background(deliver_and_die))

    def round_after_round():
        new_background(left.append).one_round()
        return len(left) > 1

    _until(round_after_round)
    new_background(left.append).one_round()

    first, again = left
    assert first == again


def test_a_message_that_is_the_death_of_who_sends_it_is_given_up_and_the_others_leave(
    council, new_background, monkeypatch, caplog
):
    monkeypatch.setattr(outbox, "MOST_ATTEMPTS", 3)
    given_up = what_is_given_up(council, monkeypatch)
    left, deaths = [], []
    with council.by(ANN).begin() as work:
        bad, *others = [new_background().enqueue(work, "posted", None, letter=n) for n in range(5)]

    def deliver_or_die(message):
        if message.id == bad:
            deaths.append(message.id)
            raise SystemExit
        left.append(message.id)

    def round_after_round():
        _until_it_dies(new_background(deliver_or_die))
        return f"message {bad} is given up" in caplog.text

    _until(round_after_round, within=60)
    new_background(deliver_or_die).one_round()

    assert sorted(left) == sorted(others)
    assert len(deaths) == 3
    assert given_up == [bad]
    [failed] = undelivered(council.by(ANN))
    assert (failed.id, failed.attempts, failed.again_at) == (bad, 3, None)
    assert failed.failure == NOT_HEARD_OF
    assert what_waits(council.by(ANN)).messages_given_up == 1
    with council.by(ANN).begin(writing=False) as work:
        row = work.session.scalars(select(Outbox).where(Outbox.id == bad)).one()
        assert (row.given_up_at, row.failure) == (council.clock.now(), NOT_HEARD_OF)

    send_again(council.by(ANN), bad)
    new_background(lambda message: left.append(message.id)).one_round()
    assert left[-1] == bad
    assert undelivered(council.by(ANN)) == []


def test_a_message_that_the_version_before_gave_up_without_a_day_gets_one(
    council, new_background, monkeypatch
):
    """It counted one try more than there are, and wrote down no more than that."""
    given_up, left = what_is_given_up(council, monkeypatch), []
    with council.by(ANN).begin() as work:
        message_id = new_background().enqueue(work, "posted", None, letter="1")
        work.write()
        work.session.execute(text("UPDATE outbox SET attempts = 13"))

    for _ in range(2):
        new_background(left.append).one_round()

    assert left == []
    assert given_up == [message_id]
    assert [each.failure for each in undelivered(council.by(ANN))] == [NOT_HEARD_OF]
    assert what_waits(council.by(ANN)).messages_waiting == 0


@pytest.mark.parametrize("arrives", [False, True])
def test_a_message_given_up_while_its_sender_was_still_at_it_is_told_of_once(
    council, new_background, monkeypatch, arrives
):
    given_up = what_is_given_up(council, monkeypatch)

    def taken_for_dead(message):
        with council.by(SYSTEM).begin() as work:
            work.session.execute(text("UPDATE outbox SET attempts = 12"))
        assert not outbox.take_up_message(council.by(SYSTEM), message.id)
        if not arrives:
            raise outbox.NotDelivered("Too late")

    with council.by(ANN).begin() as work:
        message_id = new_background().enqueue(work, "posted", None, letter="1")
    for _ in range(2):
        new_background(taken_for_dead).one_round()

    assert given_up == [message_id]
    failures = [each.failure for each in undelivered(council.by(ANN))]
    assert failures == ([] if arrives else [NOT_HEARD_OF])
    assert what_waits(council.by(ANN)).messages_given_up == len(failures)


def what_is_given_up(council, monkeypatch):
    """As the domain is told."""
    told = []
    monkeypatch.setattr(council.domain, "message_given_up",
                        lambda _work, _kind, message_id: told.append(message_id))
    return told


def test_a_message_that_fails_is_tried_again_ever_later_and_given_up_in_the_end(
    council, new_background, caplog
):
    tried = []

    def fail(message):
        tried.append(council.clock.now())
        raise ConnectionError

    with council.by(ANN).begin() as work:
        message_id = new_background().enqueue(work, "posted", None, letter="1")
    background = new_background(fail)
    for _ in range(4):
        background.one_round()
        background.one_round()
        council.clock.move_on(timedelta(seconds=31 * 2 ** len(tried)))
    waits = [later - earlier for earlier, later in pairwise(tried)]
    assert waits == sorted(waits)
    assert len(tried) == 4

    for _ in range(20):
        background.one_round()
        council.clock.move_on(timedelta(days=1))

    assert len(tried) == MOST_ATTEMPTS
    assert f"message {message_id} is given up" in caplog.text


def test_messages_of_a_case_leave_in_order_though_the_first_fails(
    council, new_background, new_case
):
    failing, left = True, []

    def deliver(message):
        if failing and message.data["letter"] == "1":
            raise ConnectionError
        left.append(message.data["letter"])

    background = new_background(deliver)
    one, other = new_case(), new_case()
    with council.by(ANN).begin() as work:
        for case, letter in ((one, "1"), (one, "2"), (one, "3"), (other, "of another case")):
            row = work.session.get_one(Case, case.id)
            background.enqueue(work, "posted", None, row, letter=letter)
    background.one_round()
    assert left == ["of another case"]

    failing = False
    council.clock.move_on(timedelta(minutes=1))
    for _ in range(3):
        background.one_round()

    assert left == ["of another case", "1", "2", "3"]


def test_it_works_until_it_is_told_to_stop_and_says_how_it_goes(council, new_background, new_case):
    case = new_case()
    council.clock.move_on(timedelta(days=40))
    background = new_background()
    assert not background.health().running

    background.start()
    _until(lambda: case.open() == {"look"})
    assert background.health().running
    _until(lambda: background.health().last_round_at == council.clock.now())
    assert background.health().last_error is None
    background.stop()

    assert not background.health().running
    assert next_due(council.by(SYSTEM)) is None


def test_it_goes_on_when_the_tables_can_be_read_again(council, new_background, new_case):
    case = new_case()
    background = new_background()
    background.start()
    _until(lambda: background.health().last_round_at)
    with council.installation.database.as_owner() as owner, owner.begin() as connection:
        connection.execute(text("ALTER TABLE timer RENAME TO timer_elsewhere"))
    _until(lambda: background.health().last_error)

    with council.installation.database.as_owner() as owner, owner.begin() as connection:
        connection.execute(text("ALTER TABLE timer_elsewhere RENAME TO timer"))
    council.clock.move_on(timedelta(days=40))

    _until(lambda: case.open() == {"look"})
    _until(lambda: background.health().last_error is None)
    background.stop()


def test_told_to_stop_it_finishes_the_work_at_hand_and_takes_no_new_one(council, new_background):
    begun, may_end, left = threading.Event(), threading.Event(), []

    def deliver(message):
        begun.set()
        assert may_end.wait(20)
        left.append(message)

    with council.by(ANN).begin() as work:
        for letter in range(5):
            new_background().enqueue(work, "posted", None, letter=letter)
    background = new_background(deliver)
    background.start()
    assert begun.wait(20)

    background.ask_to_stop()
    time.sleep(0.5)
    may_end.set()
    background.stop()

    assert not background.health().running
    assert 1 <= len(left) <= QUICK.jobs_at_once
    new_background(left.append).one_round()
    assert sorted(message.data["letter"] for message in left) == [0, 1, 2, 3, 4]
    assert council.messages_waiting() == []


def test_a_day_in_london_begins_once(council, new_background, monkeypatch):
    begun = []
    monkeypatch.setattr(council.domain, "day_begins", lambda by: begun.append(by.today))
    background = new_background()

    background.one_round()
    background.one_round()
    council.clock.move_on(timedelta(hours=15))
    background.one_round()

    assert begun == [date(2026, 3, 2), date(2026, 3, 3)]


def _until(happened, within=60):
    until = time.monotonic() + within
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.05)


def _until_it_dies(background):
    """A round in a thread of its own, which may end in any way."""

    def dying():
        with suppress(BaseException):
            background.one_round()

    thread = threading.Thread(target=dying)
    thread.start()
    thread.join(20)
