"""What the council's sign-on says is believed only where every check agrees."""

from time import monotonic

import pytest
from bad_answers import DISCOVERY, ID_TOKENS, KEYS, RESPONSES, TOKEN_ENDPOINT
from signing_on import SignOn

from web.auth import provider as provider_module

PATIENCE = 20
"""Seconds; what drips does so for thirty."""
WHILE_AWAY = [
    pytest.param(told, audited, id=f"{kind} {name}")
    for kind, cases in (("ID token", ID_TOKENS), ("token endpoint", TOKEN_ENDPOINT),
                        ("keys that", KEYS), ("response", RESPONSES))
    for name, (told, audited) in cases.items()
]
BEFORE_LEAVING = [
    pytest.param(told, audited, id=name) for name, (told, audited) in DISCOVERY.items()
]


@pytest.fixture(scope="module")
def linked(council_of_a_module, provider_process):
    """Wilma is known by her identity, so that whatever is believed signs somebody in. What is
    refused leaves nothing behind but the audit."""
    sign_on = SignOn(council_of_a_module, provider_process)
    sign_on.link("wilma", "subject-of-wilma")
    return sign_on


@pytest.fixture
def sign_on(linked, monkeypatch):
    monkeypatch.setattr(provider_module, "SECONDS", 1)
    linked.council.later(minutes=2)  # so that its network has not tried too often
    linked.begins_anew()
    linked.is_told()
    return linked


def refused(sign_on, visitor, page, audited):
    """A page that says what to do, a row in the audit that it names, and nobody signed in."""
    assert page.status == 401, page.text
    assert page.heading == "You are not signed in"
    assert "alert(" not in page.response.get_data(as_text=True)
    row = sign_on.audited("sign_on_refused")[-1]
    assert row.reason.startswith(audited), row.reason
    assert row.data["reference"] == sign_on.reference(page)
    assert sign_on.sessions() == 0
    assert sign_on.provider.was_asked("elsewhere") == []
    assert visitor.open("/tasks").heading == "Sign in"


def test_what_is_right_signs_in(sign_on):
    """Or else whatever follows here would be refused for another reason."""
    page = sign_on.sign_in(sign_on.visitor())

    assert page.heading == "My tasks"
    page.press("Sign out")


@pytest.mark.parametrize(("told", "audited"), WHILE_AWAY)
def test_what_comes_back_is_refused(sign_on, told, audited):
    visitor = sign_on.visitor()
    sign_on.is_told(**told)

    began = monotonic()
    page = sign_on.sign_in(visitor)

    assert monotonic() - began < PATIENCE
    refused(sign_on, visitor, page, audited)


@pytest.mark.parametrize(("told", "audited"), BEFORE_LEAVING)
def test_nobody_is_sent_to_a_provider_that_is_not_the_councils(sign_on, told, audited):
    visitor = sign_on.visitor()
    sign_on.is_told(**told)

    began = monotonic()
    page = sign_on.sign_in(visitor)

    assert monotonic() - began < PATIENCE
    refused(sign_on, visitor, page, audited)
    assert sign_on.provider.was_asked("authorize") == []


def test_there_are_many_ways_to_be_wrong():
    assert len(WHILE_AWAY) + len(BEFORE_LEAVING) >= 100
