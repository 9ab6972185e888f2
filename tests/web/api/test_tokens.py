"""Nothing is answered without a token that is known, reaches so far, and is not used too often."""

from datetime import timedelta
from uuid import uuid4

import pytest

from engine.domain import SYSTEM
from engine.errors import NotFound
from web.api.rates import Rates
from workflows.tokens import add_token, end_my_token, end_token, tokens_listed

OF_CARE = {"/api/v1/children", "/api/v1/children/<uuid:child_id>/changes/<command>"}
"""What a case system tells."""


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


def test_an_expired_token_says_so_and_an_ended_one_too(council, program):
    vera = program("vera")
    system = council.installation.acting(SYSTEM)
    assert vera.get("/releases").status == 200
    [listed] = tokens_listed(system, council.people["vera"])
    assert listed.used_on == council.clock.now().date()

    end_token(system, listed.id)
    ended = vera.get("/releases")
    short = program("vera")
    short.token = add_token(system, council.people["vera"], frozenset({"read"}),
                            until=council.clock.now().date())
    assert short.get("/releases").status == 200
    council.clock.move_on(timedelta(days=1))
    expired = short.get("/releases")

    for answer, day in ((ended, "25 March 2026"), (expired, "26 March 2026")):
        assert answer.status == 401
        assert answer.body["detail"].startswith("This token has expired or was ended")
        assert day in answer.body["detail"]
        assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.both_stores
def test_several_processes_hold_to_one_limit(council):
    """Each takes some requests of a minute for itself, and all together never more than it has."""
    first, second = Rates(50), Rates(50)
    system = council.installation.acting(SYSTEM)
    add_token(system, council.people["vera"], frozenset({"read"}))
    [token] = tokens_listed(system, council.people["vera"])
    at = council.wall_clock.now()

    answered = [not each.is_too_often(system, token.id, at)
                for _ in range(40) for each in (first, second)]
    a_minute_later = first.is_too_often(system, token.id, at + timedelta(minutes=1))

    assert answered.count(True) == 50
    assert not a_minute_later


def test_ones_own_programs_are_ended_in_the_browser(council, program):
    wilma, vera = program("wilma"), program("vera")
    page = council.sign_in("wilma").visitor.open("/where-you-are-signed-in")

    assert "Programs that work in your name" in page.text
    after = page.press("End it: a program")

    assert "That program can no longer work in your name." in after.whole
    assert "Programs that work" not in after.text
    assert wilma.get("/releases").status == 401
    assert vera.get("/releases").status == 200
    [of_vera] = tokens_listed(council.installation.acting(SYSTEM), council.people["vera"])
    with pytest.raises(NotFound):
        end_my_token(council.by("wilma"), of_vera.id)


FOR_EVERYBODY = ("api.openapi", "api.signed_plan_schema")
"""They describe, and hold nothing of anybody."""


def test_every_route_wants_the_scope_of_its_method(council, program):
    """No route can be added that a token without its scope reaches."""
    tokens = {scope: program("vera", scope) for scope in ("read", "write", "care")}
    asked = set()
    for rule in council.app.url_map.iter_rules():
        if not rule.rule.startswith("/api/v1/") or rule.endpoint in FOR_EVERYBODY:
            continue
        named = {name: 1 if name == "number" else uuid4() for name in rule.arguments}
        address = rule.build(named)[1]
        for method in rule.methods - {"OPTIONS"}:
            changing = "care" if rule.rule in OF_CARE else "write"
            needs = ("import" if "/imports/" in rule.rule else
                     "read" if method in ("GET", "HEAD") else changing)
            for scope, token in tokens.items():
                is_denied = token.ask(method, address).status == 403
                assert is_denied == (scope != needs), (method, rule.rule, scope)
                asked.add((method, rule.rule))
    assert len(asked) > 40
