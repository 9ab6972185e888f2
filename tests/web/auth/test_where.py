"""Where one is signed in: the page, ending it from elsewhere, and what that browser then says."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from visitor import Visitor

from engine.domain import SYSTEM
from engine.errors import NotFound
from engine.store.models import Audit
from workflows.sessions import (
    begin_session,
    end_sessions_of,
    renew_session,
    who_is_signed_in,
)

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
          "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1")
EDGE = ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0")
CHROME = ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) "
          "Chrome/140.0.0.0 Safari/537.36")


def browser(council, header, name="wilma"):
    client = council.app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = header
    visitor = Visitor(client)
    assert visitor.sign_in(f"{name}@council.example").heading == "My tasks"
    return visitor


def browsers_on(page):
    return [" ".join(node.text_content().split()) for node in page.tree.xpath("//dl//dt")]


def audited(council, action):
    with council.by("vera").begin(writing=False) as work:
        return work.session.scalars(select(Audit.about).where(Audit.action == action)).all()


def test_the_page_lists_ones_own_browsers_with_this_one_first(council):
    browser(council, FIREFOX)
    council.wall_clock.move_on(timedelta(minutes=5))
    here = browser(council, SAFARI)
    browser(council, EDGE, "vera")

    page = here.open("/tasks").follow("Your account").follow("Where you are signed in")

    assert page.heading == "Where you are signed in"
    assert browsers_on(page) == ["Safari on an iPhone This one", "Firefox on Windows"]
    assert page.text.count("Signed in with a password") == 2


@pytest.mark.parametrize(("header", "words"), [
    (FIREFOX, "Firefox on Windows"), (SAFARI, "Safari on an iPhone"), (EDGE, "Edge on Windows"),
    (CHROME, "Chrome on a Chromebook"), ("curl/8", "A browser"), ("", "A browser"),
    ("<script>alert(1)</script>" * 400, "A browser"),
])
def test_a_browser_in_words(sqlite_council, header, words):
    page = browser(sqlite_council, header).open("/where-you-are-signed-in")

    assert browsers_on(page) == [f"{words} This one"]
    assert "alert(" not in page.response.get_data(as_text=True)


def test_one_browser_is_signed_out_from_another_and_says_so(council):
    lost, here = browser(council, FIREFOX), browser(council, SAFARI)

    page = here.open("/where-you-are-signed-in").press("Sign out there")

    assert "You are signed out there." in page.whole
    assert browsers_on(page) == ["Safari on an iPhone This one"]
    told = lost.open("/tasks")
    assert told.heading == "Sign in"
    assert "You were signed out here from another browser of yours." in told.text
    assert len(audited(council, "end_own_session")) == 1


@pytest.mark.both_stores
def test_signing_out_everywhere_else(council):
    others = [browser(council, FIREFOX), browser(council, EDGE), browser(council, CHROME, "vera")]
    here = browser(council, SAFARI)

    page = here.open("/where-you-are-signed-in").press("Sign out everywhere else")

    assert browsers_on(page) == ["Safari on an iPhone This one"]
    assert "Sign out everywhere else" not in page.buttons
    assert [each.open("/tasks").heading for each in others] == ["Sign in", "Sign in", "My tasks"]


@pytest.mark.both_stores
def test_the_session_of_somebody_else_looks_like_none(council):
    wilma, vera = browser(council, FIREFOX), browser(council, SAFARI, "vera")
    browser(council, EDGE)
    page = wilma.open("/where-you-are-signed-in")
    [address] = page.tree.xpath("//dl//form/@action")
    token = vera.open("/where-you-are-signed-in").token

    assert vera.send(address, [("csrf_token", token)]).status == 404
    assert wilma.send(address, [("csrf_token", page.token)]).status == 200


@pytest.mark.both_stores
def test_an_administrator_ends_all_of_a_persons_sessions(council):
    visitors = [browser(council, FIREFOX), browser(council, SAFARI)]
    vera = browser(council, EDGE, "vera")

    assert end_sessions_of(council.by("vera"), council.people["wilma"]) == 2

    for visitor in visitors:
        assert "An administrator ended your sign-in" in visitor.open("/tasks").text
    assert vera.open("/tasks").heading == "My tasks"
    assert audited(council, "end_sessions_of") == [f"person:{council.people['wilma']}"]


def test_a_browser_says_why_it_was_signed_out(council):
    visitor = browser(council, FIREFOX)
    council.wall_clock.move_on(timedelta(minutes=21))
    assert "because you did nothing here for 20 minutes" in visitor.open("/tasks").text

    visitor = browser(council, FIREFOX)
    for _ in range(41):
        council.wall_clock.move_on(timedelta(minutes=15))
        page = visitor.open("/tasks")
    assert "because you were signed in for 10 hours" in page.text
    assert "You were signed out" not in council.visitor().open("/tasks").text


def test_what_has_run_out_is_not_listed(council):
    browser(council, FIREFOX)
    council.wall_clock.move_on(timedelta(minutes=21))

    page = browser(council, SAFARI).open("/where-you-are-signed-in")

    assert browsers_on(page) == ["Safari on an iPhone This one"]


def test_a_session_with_another_factor_has_a_new_token_and_lasts_no_longer(council):
    system, at = council.installation.acting(SYSTEM), council.wall_clock.now()
    token = begin_session(system, council.people["wilma"], at)
    later = at + timedelta(minutes=15)

    renewed = renew_session(system, token, later)

    def who(each, moment):
        with system.begin(writing=False) as work:
            return who_is_signed_in(work, each, moment)

    assert who(token, later) is None
    assert who(renewed, later).id == council.people["wilma"]
    with pytest.raises(NotFound):
        renew_session(system, token, later)
    for minutes in range(30, 601, 15):
        assert who(renewed, at + timedelta(minutes=minutes))
    assert who(renewed, at + timedelta(minutes=601)) is None
