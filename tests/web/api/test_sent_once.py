"""The same request under the same key: one effect, and the same answer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from engine.cases import close_case
from engine.domain import SYSTEM
from workflows.sent_once import SentRequest

VISIT = {
    "met": "The foster carers", "strengths": "Drawing", "hours": 25, "seen_on": "2026-03-24",
    "mood": "good", "needed": ["bed"], "told": True, "heating": "cold",
    "promises": [{"promise": "A desk by Easter", "promise_by": "2026-04-03"}],
}


@pytest.fixture
def visit(council):
    council.home_visit()
    return council.task("wilma", "visit")


@pytest.fixture
def queued(council):
    council.gathering_queue()
    return council.task("vera", "allocate_caseworker")


def test_a_claim_is_answered_as_before_though_somebody_else_has_it_now(council, program, queued):
    vera, viktor = program("vera"), program("viktor")
    first = vera.post(f"/tasks/{queued}/claim", Idempotency_Key="claim")
    vera.post(f"/tasks/{queued}/release", {"reason": "I am on leave"})
    viktor.post(f"/tasks/{queued}/claim")

    again = vera.post(f"/tasks/{queued}/claim", Idempotency_Key="claim")

    assert (again.status, again.body) == (first.status, first.body)
    assert vera.get(f"/tasks/{queued}").body["assignee"] == str(council.people["viktor"])
    assert council.events("task_claimed", "allocate_caseworker") == 2


def test_a_case_is_started_once(council, program):
    closed = council.start_case()
    vera = program("vera")
    wanted = {"procedure": "initial-pep", "child": vera.get(f"/cases/{closed}").body["child"]}
    close_case(council.by("vera"), closed, "Opened for the wrong placement")

    first = vera.post("/cases", wanted, Idempotency_Key="start")
    again = vera.post("/cases", wanted, Idempotency_Key="start")

    assert (first.status, again.status) == (201, 201)
    assert again.body == first.body
    assert again.headers["Location"] == first.headers["Location"]
    assert vera.post("/cases", wanted).status == 409


def test_a_completion_says_that_it_was_done_before(council, program, visit):
    wilma = program("wilma")
    first = wilma.post(f"/tasks/{visit}/complete", {"answers": VISIT}, Idempotency_Key="1")
    council.clock.move_on(timedelta(hours=2))

    again = wilma.post(f"/tasks/{visit}/complete", {"answers": VISIT}, Idempotency_Key="1")

    assert first.body["repeated"] is False
    assert again.body == {**first.body, "repeated": True}
    assert council.events("task_completed", "visit") == 1


@pytest.mark.parametrize("other", [
    ("post", "complete", {"answers": {**VISIT, "hours": 26}}),
    ("post", "release", None),
    ("put", "draft", {"answers": VISIT}),
])
def test_a_key_is_for_one_request(council, program, visit, other):
    wilma = program("wilma")
    wilma.post(f"/tasks/{visit}/complete", {"answers": VISIT}, Idempotency_Key="1")
    method, verb, body = other

    refused = wilma.ask(method.upper(), f"/tasks/{visit}/{verb}", body, Idempotency_Key="1")

    assert refused.status == 422
    assert refused.body["detail"].startswith("This Idempotency-Key came with another request")


def test_what_was_refused_is_tried_again_and_a_key_too_long_is_named(program, visit):
    wilma = program("wilma")
    too_little = wilma.post(f"/tasks/{visit}/complete", {"answers": {}}, Idempotency_Key="1")
    enough = wilma.post(f"/tasks/{visit}/complete", {"answers": VISIT}, Idempotency_Key="1")
    long = wilma.post(f"/tasks/{visit}/claim", Idempotency_Key="k" * 201)

    assert (too_little.status, enough.status) == (422, 200)
    assert (long.status, list(long.problems)) == (422, ["answers.Idempotency-Key"])


@pytest.mark.both_stores
def test_it_is_kept_for_a_day_and_of_each_token_apart(council, program, visit):
    wilma, another = program("wilma"), program("wilma")

    def put(who, met):
        return who.ask("PUT", f"/tasks/{visit}/draft", {"answers": {"met": met}},
                       Idempotency_Key="1").status

    assert put(wilma, "Ann") == 200
    assert put(another, "Bea") == 200
    assert put(wilma, "Cas") == 422
    council.later(hours=24)
    assert put(wilma, "Cas") == 200
    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        assert work.session.scalar(select(func.count()).select_from(SentRequest)) == 1


@pytest.mark.both_stores
def test_of_two_at_the_same_moment_one_has_the_effect(council, program, visit):
    programs = [program("wilma") for _ in range(2)]
    programs[1].token = programs[0].token
    together = Barrier(2)

    def save(each):
        together.wait(10)
        return each.ask("PUT", f"/tasks/{visit}/draft", {"answers": {"met": "Ann"}},
                        Idempotency_Key="1")

    with ThreadPoolExecutor() as beside:
        first, second = beside.map(save, programs)

    assert (first.status, second.status) == (200, 200)
    assert first.body == second.body
    assert programs[0].get(f"/tasks/{visit}").body["seen"]["met"] == 1
