"""Due timers and messages are worked on without anyone waiting, across restarts, once each."""

import threading
from datetime import timedelta

import pytest
from plain_domain import ANN, CHILD

from engine.background import (
    Embedded,
    OnlyOne,
    RefusedForGood,
    embedded,
    send_again,
    take_back_messages,
    undelivered,
)
from engine.background.outbox import MESSAGES_AT_ONCE
from engine.cases import open_case, retry_incident
from engine.domain import SYSTEM
from engine.errors import Refused
from engine.store.database import Database
from engine.store.models import Case
from engine.timers import fire_due_timers
from engine.work import Installation


@pytest.fixture
def three(council):
    """Three cases that wait for the same midnight."""
    council.load("waiting")
    return [council.case(open_case(council.by(ANN), "waiting", CHILD)) for _ in range(3)]


@pytest.fixture
def restarted(council):
    """Another process on the same database: it knows nothing but the tables."""
    was = council.installation
    database = Database(was.database.engine.url.render_as_string(hide_password=False))
    yield Installation(database, council.clock, council.domain, was.audit_key)
    database.engine.dispose()


def test_a_timer_that_came_due_while_nothing_ran_fires_after_the_restart(council, three, restarted):
    council.clock.move_on(timedelta(days=40))

    Embedded(restarted, lambda message: None).one_round()

    assert [case.open() for case in three] == [{"look"}] * 3
    for case in three:
        [fired] = case.events("timer_fired")
        assert fired.element == "wait"


def test_two_that_poll_at_once_fire_each_timer_once(council, three, restarted):
    council.clock.move_on(timedelta(days=40))
    start = threading.Barrier(2)
    fired = []

    def poll(installation):
        start.wait()
        fired.append(fire_due_timers(installation.acting(SYSTEM)))

    both = (council.installation, restarted)
    threads = [threading.Thread(target=poll, args=(each,)) for each in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(fired) == 3
    assert [len(case.events("timer_fired")) for case in three] == [1, 1, 1]


def test_a_case_that_breaks_becomes_an_incident_and_the_others_go_on(council, three, monkeypatch):
    council.clock.move_on(timedelta(days=40))
    perform, broken = council.domain.perform, three[0]

    def perform_badly(work, case, call, known):
        if case.id == broken.id:
            raise RuntimeError("a slip of ours")
        return perform(work, case, call, known)

    monkeypatch.setattr(council.domain, "perform", perform_badly)

    assert fire_due_timers(council.by(SYSTEM)) == 3
    assert [case.status() for case in three] == ["incident", "open", "open"]
    monkeypatch.setattr(council.domain, "perform", perform)
    assert retry_incident(council.by(ANN), broken.id)
    assert broken.open() == {"look"}


def test_a_timer_that_cannot_be_read_does_not_hold_up_the_others(council, three):
    with council.by(ANN).begin() as work:
        work.session.get_one(Case, three[0].id).state = b"\xffdamaged on the disk"
    council.clock.move_on(timedelta(days=40))

    fire_due_timers(council.by(SYSTEM))

    assert [case.open() for case in three[1:]] == [{"look"}] * 2


def test_a_second_pepway_on_the_same_file_is_refused_with_a_sentence(tmp_path):
    first, second = OnlyOne(tmp_path / "pepway.db"), OnlyOne(tmp_path / "pepway.db")
    first.take()

    with pytest.raises(Refused, match="already running on this database file"):
        second.take()

    first.give_back()
    second.take()
    second.give_back()


def test_a_link_to_the_file_is_the_same_file(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "link.db").symlink_to(tmp_path / "pepway.db")
    first, second = OnlyOne(tmp_path / "pepway.db"), OnlyOne(elsewhere / "link.db")
    first.take()

    with pytest.raises(Refused, match="already running on this database file"):
        second.take()

    first.give_back()


def test_a_message_taken_back_in_the_middle_of_a_round_does_not_leave(council, three):
    with council.by(ANN).begin() as work:
        for case in three:
            work.tell("news", ANN.id, work.session.get_one(Case, case.id))
    left = []

    def deliver(message):
        left.append(message)
        take_back_messages(council.by(ANN), CHILD)

    Embedded(council.installation, deliver).one_round()

    assert len(left) == 1
    assert council.messages_waiting() == []


def test_where_messages_leave_slowly_timers_come_in_between(council, monkeypatch):
    monkeypatch.setattr(embedded, "SECONDS_FOR_MESSAGES", 0.0)
    with council.by(ANN).begin() as work:
        for _ in range(MESSAGES_AT_ONCE + 5):
            work.tell("news", ANN.id)
    left, fired = [], []
    background = Embedded(council.installation, left.append, lambda: fired.append(len(left)))

    background.one_round()
    background.one_round()

    assert fired == [0, MESSAGES_AT_ONCE]
    assert len(left) == MESSAGES_AT_ONCE + 5


def test_what_is_refused_for_good_is_tried_once_and_anew_when_somebody_says_so(council):
    with council.by(ANN).begin() as work:
        message_id = work.tell("news", ANN.id)
    tried = []

    def refuse(message):
        tried.append(message)
        raise RefusedForGood("No such letter box")

    for _ in range(2):
        council.clock.move_on(timedelta(days=2))
        Embedded(council.installation, refuse).one_round()
    assert [each.id for each in tried] == [message_id]
    [failed] = undelivered(council.by(ANN))
    assert (failed.id, failed.attempts, failed.failure) == (message_id, 1, "No such letter box")
    assert failed.again_at is None

    send_again(council.by(ANN), message_id)
    send_again(council.by(ANN), message_id)
    Embedded(council.installation, tried.append).one_round()
    assert [each.id for each in tried[1:]] == [message_id]
    assert undelivered(council.by(ANN)) == []
    send_again(council.by(ANN), message_id)
    assert council.messages_waiting() == []
