"""Whatever is sent, by whomever, to whichever address: an answer in words, never a fault."""

import io
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from engine.domain import SYSTEM
from engine.store.models import Release
from workflows.tokens import add_token

EVERYONE = ("wilma", "sven", "tara", "vera", "rob", "mona", "olga", "max")
HARD_WORDS = (
    "", " ", "\u200b", "\0", "a\0b", "'; DROP TABLE task; --", "{{ 7*7 }}", "{0.__class__}", "%s%n",
    "<script>alert(1)</script>", "O\u2019Brien", "👧🏽", "\u202eevil", "null", "NaN", "1e400", "-1",
    "99999999999999999999999", "٣", "²", "2026-02-30", "0001-01-01", "x" * 400, "true", "rule",
    "../../etc/passwd", "=1+1", "a\r\nSet-Cookie: a=b", "27", "3", "2014", "A123456789012",
)
FIELDS = (
    "do", "met", "strengths", "hours", "mood", "why_bad", "needed", "needed-shown", "told",
    "told-shown", "heating", "promises-rows", "promises-0-promise", "promises-0-id",
    "promises-0-promise_by-day", "promises-0-promise_by-year", "seen-met", "choose-met", "nonce",
    "reason", "to", "from", "upn", "family_name", "given_names", "known_as", "checked", "version",
    "notes", "email", "password", "next", "kept.met", "kept.", "seen_on-day", "seen_on-month",
    "seen_on-year", "born-day", "born-month", "born-year", "born_on-day", "born_on-year",
)
DOES = ("save", "check", "complete", "add:promises", "remove:promises:0", "add:met", "remove:",
        "remove:promises:²", "nonsense")
FILES = (
    b"", b"PK\x03\x04", b"\xff\xfe<\x00", b"{}", b"<html>", b"<?xml version='1.0'?><a/>", b"\x00",
    b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
)

words = st.one_of(st.sampled_from(HARD_WORDS), st.text(max_size=30))
things = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), words, st.just("\ud800"),
              st.just(10**400)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(words, inner, max_size=3)
    ),
    max_leaves=6,
)
often = settings(max_examples=60, deadline=None, derandomize=True,
                 suppress_health_check=[HealthCheck.function_scoped_fixture])


class Town:
    """A council at work, and every address of it filled in with things that exist, or not."""

    def __init__(self, council):
        case_id = council.home_visit()
        tasks = [council.task("wilma", "visit"), council.task("tara", "agree"),
                 council.task("wilma", "initiate_pep")]
        with council.by("vera").begin(writing=False) as work:
            release = work.session.scalar(
                select(Release.id).where(Release.procedure == "home-visit")
            )
        self.things = {"case_id": [case_id], "task_id": tasks, "release_id": [release],
                       "procedure": ["initial-pep", "home-visit"], "element": ["visit"],
                       "purpose": ["plan", "meeting-pack"]}
        self.pages = {name: council.sign_in(name) for name in EVERYONE}
        system = council.installation.acting(SYSTEM)
        self.tokens = {
            name: add_token(system, council.people[name], frozenset({"read", "write", "care"}))
            for name in EVERYONE
        }
        self.client = council.app.test_client()
        self.rules = list(council.app.url_map.iter_rules())

    def address(self, data, method, api):
        rule = data.draw(st.sampled_from([
            rule for rule in self.rules
            if method in rule.methods and rule.rule.startswith("/api/") == api
            and rule.rule not in ("/sign-out", "/static/<path:filename>")
        ]))
        given = {
            name: data.draw(st.sampled_from(
                [*self.things.get(name, ()), self._made_up(rule, name)]
            ))
            for name in rule.arguments
        }
        _, address = rule.build(given)
        return address

    def _made_up(self, rule, name):
        kind = type(rule._converters[name]).__name__
        return {"UUIDConverter": uuid4(), "IntegerConverter": 10**30}.get(kind, "no\0where")


@pytest.fixture
def town(council):
    council.app.extensions["pepway_rates"].most = 10**6
    return Town(council)


@often
@given(data=st.data())
def test_a_form_of_anything(town, data):
    address = town.address(data, "POST", api=False)
    page = town.pages[data.draw(st.sampled_from(EVERYONE))]
    form = data.draw(st.dictionaries(st.sampled_from(FIELDS), words, max_size=8))
    if data.draw(st.booleans()):
        form["do"] = data.draw(st.sampled_from(DOES))
    if address.endswith("upload"):
        content = data.draw(st.one_of(st.binary(max_size=200), st.sampled_from(FILES)))
        form["file"] = (io.BytesIO(content), data.draw(st.sampled_from(("a.bpmn", "../../x"))))

    is_in_words(page.visitor.client.post(
        address, data={**form, "csrf_token": page.token}, content_type="multipart/form-data"
    ))


@often
@given(data=st.data())
def test_an_address_of_anything(town, data):
    api = data.draw(st.booleans())
    address = town.address(data, "GET", api)
    asked = data.draw(st.dictionaries(st.sampled_from((
        "search", "page", "ended", "late", "next", "from", "limit", "after", "procedure", "kind",
        "case", "child", "status", "mine", "cases", "view", "due", "due-from", "holder", "school",
        "step", "sort", "column", "still")), words, max_size=4))
    who = data.draw(st.sampled_from(EVERYONE))
    client = town.client if api else town.pages[who].visitor.client
    headers = {"Authorization": f"Bearer {town.tokens[who]}"} if api else {}

    is_in_words(client.get(address, query_string=asked, headers=headers))


@often
@given(data=st.data())
def test_json_of_anything(town, data):
    method = data.draw(st.sampled_from(("POST", "PUT")))
    address = town.address(data, method, api=True)
    body = data.draw(st.one_of(things, st.fixed_dictionaries(
        {"answers": st.dictionaries(st.sampled_from(FIELDS[1:12]), things, max_size=4)},
        optional={"seen": st.dictionaries(st.sampled_from(FIELDS[1:12]), st.integers()),
                  "extra": things},
    ), st.fixed_dictionaries({"procedure": words, "child": words}),
        st.fixed_dictionaries({"reason": things})))
    token = town.tokens[data.draw(st.sampled_from(EVERYONE))]

    is_in_words(town.client.open(
        address, method=method, json=body,
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": data.draw(
            st.sampled_from(("", "a", "x" * 300)))},
    ))


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ('{"met": "half a pair: \\ud800"}', 400),
        ('{"met": "a NUL: \\u0000"}', 400),
        ('{"hours": NaN}', 400),
        ('{"hours": -Infinity}', 400),
        ('{"hours": 1' + "0" * 400 + "}", 400),
        ('{"met": ' + "[" * 60 + "]" * 60 + "}", 400),
        ('{"met": ' + "[" * 100_000 + "]" * 100_000 + "}", 400),
        ('{"met": {"a": 1}, "promises": [1, "x"], "seen_on": {"day": []}}', 200),
        ('{"met": "one"} and more', 400),
    ],
)
def test_json_that_cannot_be_kept_or_shown_is_refused(town, answers, status):
    """What was kept, right or wrong, the page can still show."""
    task, headers = town.things["task_id"][0], {"Authorization": f"Bearer {town.tokens['wilma']}"}

    answer = town.client.put(
        f"/api/v1/tasks/{task}/draft", data=f'{{"answers": {answers}}}', headers=headers,
        content_type="application/json",
    )

    assert answer.status_code == status, answer.text
    assert town.pages["wilma"].visitor.open(f"/tasks/{task}").status == 200
    if answers.startswith('{"met": "half'):
        assert answer.get_json()["title"] == "The request cannot be read as JSON"


def test_a_reason_of_the_wrong_kind_is_named_and_not_logged(town, caplog):
    answer = town.client.post(
        f"/api/v1/tasks/{town.things['task_id'][0]}/release", json={"reason": ["Robin", 1]},
        headers={"Authorization": f"Bearer {town.tokens['wilma']}"},
    )

    assert answer.status_code == 422
    assert [each["path"] for each in answer.get_json()["errors"]] == ["reason"]
    assert "Robin" not in caplog.text + answer.text


def test_a_nul_is_refused_in_words_and_the_words_around_it_stay(town):
    page = town.pages["wilma"]
    task = town.things["task_id"][0]
    sent = page.visitor.send(f"/tasks/{task}", [
        ("csrf_token", page.token), ("do", "save"), ("met", "The carers\0"), ("hours", "25"),
    ])

    assert sent.status == 400
    assert sent.heading == "Your browser sent something that Pepway cannot read"
    assert sent.answers["Hours"] == "25"
    for address in ("/procedures/%00", "/cases?form-id=%00", "/find?page=%00", "/board/%00/x",
                    "/studio/%00"):
        assert town.pages["vera"].visitor.open(address).status == 400


def is_in_words(answer):
    assert answer.status_code < 500, answer.get_data(as_text=True)[:2000]
    assert "Traceback" not in answer.get_data(as_text=True)
    assert answer.status_code < 400 or len(answer.get_data()) > 20
