"""Nothing is answered without a token that is known, reaches so far, and is not used too often."""

from datetime import timedelta

import pytest


@pytest.mark.parametrize("path", ["/children", "/cases", "/tasks", "/nothing", "/cases/1"])
def test_without_a_token_nothing_is_told_not_even_what_exists(without_token, path):
    answer = without_token.get(path)

    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body["title"] == "A token is needed"


def test_a_wrong_body_is_not_looked_at_before_the_token(without_token):
    assert without_token.post("/cases", {"nonsense": 1}).status == 401


def test_an_unknown_an_old_and_a_strangely_sent_token_are_refused(council, program):
    vera = program("vera")
    vera.token, known = "pepway_made_up", vera.token
    assert vera.get("/cases").status == 401

    vera.token = known
    assert vera.get("/cases").status == 200
    assert vera.client.get("/api/v1/cases", headers={"Authorization": known}).status_code == 401
    council.clock.move_on(timedelta(days=366))
    assert vera.get("/cases").status == 401


def test_a_token_for_reading_changes_nothing(council, program):
    council.home_visit()
    task = council.task("wilma", "visit")
    reader = program("wilma", "read")

    assert reader.get(f"/tasks/{task}").status == 200
    refused = reader.post(f"/tasks/{task}/claim")

    assert refused.status == 403
    assert "scope write" in refused.body["detail"]


def test_a_token_for_writing_alone_reads_nothing(program):
    assert program("vera", "write").get("/cases").status == 403


@pytest.mark.both_stores
def test_a_program_that_runs_wild_is_told_to_wait_and_then_goes_on(council, program):
    council.app.extensions["pepway_rates"].most = 3
    vera = program("vera")

    answers = [vera.get("/releases").status for _ in range(4)]
    others = program("wilma").get("/releases").status
    council.wall_clock.move_on(timedelta(minutes=1))

    assert answers == [200, 200, 200, 429]
    assert others == 200
    assert vera.get("/releases").status == 200


@pytest.mark.both_stores
def test_guessing_tokens_is_slowed_down(without_token):
    answers = {without_token.get("/cases").status for _ in range(60)}
    one_more = without_token.get("/cases")

    assert answers == {401}
    assert one_more.status == 429
    assert one_more.headers["Retry-After"] == "60"


def test_no_cookie_stands_in_for_a_token(council):
    visitor = council.sign_in("vera").visitor

    assert visitor.client.get("/api/v1/cases").status_code == 401


def test_what_is_no_address_gets_an_answer_in_the_same_form(program):
    vera = program("vera")

    for answer in (vera.get("/cases/not-an-id"), vera.get("/nowhere"), vera.post("/nowhere", {}),
                   vera.get("/cases/a%0Ab"), vera.put("/tasks/%0A/draft", {})):
        assert answer.status == 404
        assert answer.body["title"] == "There is nothing here that you can see"
