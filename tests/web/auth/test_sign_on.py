"""Signing in by the council's own sign-on: linking, coming and going, and who is not let in."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
import requests
from signing_on import SignOn
from sqlalchemy import select

from engine.errors import NotFound
from workflows.identities import Identity, expect_identity, unlink_identity
from workflows.people import Person


def identities(sign_on):
    with sign_on.system.begin(writing=False) as work:
        rows = work.session.execute(
            select(Person.email, Identity.subject, Identity.directory_id).join(
                Identity, Identity.person_id == Person.id)
        )
        return {(row.email.partition("@")[0], *row[1:]) for row in rows}


def test_an_invitation_links_a_council_account_and_from_then_on_it_signs_in(sign_on):
    visitor = sign_on.visitor()
    page = visitor.open(sign_on.invitation("wilma"))
    assert page.heading == "Connect your council account"
    assert "Wilma Ashdown" in page.text

    page = sign_on.sign_in(visitor, page.links[
        "I am Wilma Ashdown: sign in with your council account"])

    assert page.heading == "My tasks"
    assert "Wilma Ashdown" in page.whole
    assert identities(sign_on) == {("wilma", "subject-of-wilma", "oid-1")}
    elsewhere = sign_on.visitor()
    assert elsewhere.open("/sign-in").links["Sign in with your council account"] == (
        "/sign-in/council")
    assert "Wilma Ashdown" in sign_on.sign_in(elsewhere).whole
    assert [row.data["how"] for row in sign_on.audited("sign_in")] == ["sign_on", "sign_on"]


def test_it_leads_to_the_page_that_was_asked_for_and_never_elsewhere(sign_on):
    sign_on.link("wilma", "subject-of-wilma")
    visitor = sign_on.visitor()
    way = visitor.open("/procedures").links["Sign in with your council account"]
    assert sign_on.sign_in(visitor, way).address == "/procedures"

    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        page = sign_on.sign_in(sign_on.visitor(), f"/sign-in/council?next={elsewhere}")
        assert page.address == "/tasks"


def test_the_provider_is_asked_as_the_standard_wants_it(sign_on):
    sign_on.link("wilma", "subject-of-wilma")
    asked = parse_qs(urlsplit(sign_on.leave(sign_on.visitor())).query)

    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://127.0.0.1:8000/sign-in/council/back"]
    assert asked["scope"] == ["openid profile email"]
    assert min(len(asked[name][0]) for name in ("state", "nonce", "code_challenge")) >= 43
    again = parse_qs(urlsplit(sign_on.leave(sign_on.visitor())).query)
    assert all(asked[name] != again[name] for name in ("state", "nonce", "code_challenge"))


def test_an_email_that_changes_to_a_colleagues_is_still_the_same_person(sign_on):
    sign_on.link("wilma", "subject-of-wilma")
    sign_on.link("vera", "subject-of-vera")
    sign_on.is_told(claims={"email": "vera@council.example", "name": "Vera Dunnock",
                            "preferred_username": "vera@council.example"})

    assert "Wilma Ashdown" in sign_on.sign_in(sign_on.visitor()).whole


@pytest.mark.both_stores
def test_the_same_email_of_another_subject_is_nobody(sign_on):
    sign_on.link("wilma", "subject-of-wilma")
    for subject in ("subject-of-another", "Subject-of-wilma", "subject-of-wilma "):
        sign_on.is_told(claims={"sub": subject})

        page = sign_on.sign_in(sign_on.visitor())

        assert page.status == 401
        assert "Pepway does not know your council account yet" in page.text
        row = sign_on.audited("sign_on_refused")[-1]
        assert row.data["subject"] == subject
        assert row.data["reference"] == sign_on.reference(page)
    assert identities(sign_on) == {("wilma", "subject-of-wilma", "")}
    assert sign_on.sessions() == 0


@pytest.mark.both_stores
def test_who_has_left_is_let_in_no_more_and_put_out_at_the_next_request(sign_on):
    sign_on.link("wilma", "subject-of-wilma")
    visitor = sign_on.visitor()
    sign_on.sign_in(visitor)

    with sign_on.system.begin() as work:
        work.session.get(Person, sign_on.council.people["wilma"]).active = False

    assert visitor.open("/tasks").heading == "Sign in"
    assert sign_on.sign_in(sign_on.visitor()).status == 401


def test_who_signs_in_at_the_council_has_no_password_here(sign_on):
    assert sign_on.visitor().sign_in("wilma@council.example").heading == "My tasks"
    sign_on.link("wilma", "subject-of-wilma")

    assert sign_on.visitor().sign_in("wilma@council.example").status == 401

    unlink_identity(sign_on.system, sign_on.council.people["wilma"])
    assert sign_on.sign_in(sign_on.visitor()).status == 401
    assert sign_on.visitor().sign_in("wilma@council.example").heading == "My tasks"


@pytest.mark.both_stores
def test_an_invitation_links_once(sign_on):
    address = sign_on.invitation("wilma")
    first, second = sign_on.visitor(), sign_on.visitor()
    for visitor in (first, second):
        visitor.open(address)
    sign_on.sign_in(first, "/sign-in/council?link=1")
    sign_on.is_told(claims={"sub": "subject-of-another"})

    page = sign_on.sign_in(second, "/sign-in/council?link=1")

    assert page.status == 401
    assert "This link has been used or has ended" in page.text
    assert identities(sign_on) == {("wilma", "subject-of-wilma", "oid-1")}
    assert sign_on.visitor().open(address).status == 404


def test_an_invitation_lasts_three_days_and_ends_with_the_next(sign_on):
    old = sign_on.invitation("wilma")
    address = sign_on.invitation("wilma")
    assert sign_on.visitor().open(old).status == 404
    sign_on.council.clock.move_on(timedelta(hours=71))
    visitor = sign_on.visitor()
    assert visitor.open(address).status == 200

    sign_on.council.clock.move_on(timedelta(hours=1))

    assert sign_on.visitor().open(address).status == 404
    assert sign_on.sign_in(visitor, "/sign-in/council?link=1").status == 401
    assert identities(sign_on) == set()


def test_an_invitation_is_nothing_to_another_issuer(sign_on):
    secret = expect_identity(sign_on.system, sign_on.council.people["wilma"], "https://old.example")

    assert sign_on.visitor().open(f"/link/{secret}").status == 404


def test_nobody_takes_over_an_account_of_somebody_else(sign_on):
    sign_on.link("vera", "subject-of-wilma")
    visitor = sign_on.visitor()
    visitor.open(sign_on.invitation("wilma"))

    page = sign_on.sign_in(visitor, "/sign-in/council?link=1")

    assert page.status == 401
    assert "belongs to somebody else in Pepway already" in page.text
    assert identities(sign_on) == {("vera", "subject-of-wilma", "")}


@pytest.mark.both_stores
def test_a_new_account_at_the_council_takes_the_place_of_the_old_one(sign_on):
    sign_on.link("wilma", "subject-of-before")
    sign_on.link("wilma", "subject-of-wilma")

    assert identities(sign_on) == {("wilma", "subject-of-wilma", "")}
    sign_on.is_told(claims={"sub": "subject-of-before"})
    assert sign_on.sign_in(sign_on.visitor()).status == 401


def test_nobody_is_invited_who_is_not_there(sign_on):
    with pytest.raises(NotFound):
        expect_identity(sign_on.system, uuid4(), sign_on.provider.issuer)


@pytest.mark.both_stores
def test_what_came_back_is_taken_once(sign_on):
    """Neither pressing Back nor whoever reads the address later signs in by it again."""
    sign_on.link("wilma", "subject-of-wilma")
    visitor = sign_on.visitor()
    address = sign_on.at_provider(sign_on.leave(visitor))
    cookie = visitor.client.get_cookie("pepway").value
    assert sign_on.arrive(visitor, address).heading == "My tasks"
    visitor.open("/tasks").press("Sign out")

    thief = sign_on.visitor()
    thief.client.set_cookie("pepway", cookie)
    for browser in (visitor, thief):
        page = sign_on.arrive(browser, address)
        assert page.status == 401
        assert "has been used already" in page.text
    assert sign_on.sessions() == 0


def test_a_code_is_not_taken_under_another_state(sign_on):
    """The provider, which knows the challenge of its code, refuses it."""
    sign_on.link("wilma", "subject-of-wilma")
    thief, visitor = sign_on.visitor(), sign_on.visitor()
    stolen = parse_qs(urlsplit(sign_on.at_provider(sign_on.leave(visitor))).query)
    own = sign_on.at_provider(sign_on.leave(thief))
    code = parse_qs(urlsplit(own).query)["code"][0]

    page = sign_on.arrive(thief, own.replace(code, stolen["code"][0]))

    assert page.status == 401
    assert sign_on.sessions() == 0


def test_a_code_that_was_got_without_a_challenge_is_refused(sign_on):
    sign_on.link("wilma", "subject-of-wilma")
    visitor = sign_on.visitor()
    parts = urlsplit(sign_on.leave(visitor))
    kept = [pair for pair in parts.query.split("&") if not pair.startswith("code_challenge")]

    page = sign_on.arrive(
        visitor, sign_on.at_provider(parts._replace(query="&".join(kept)).geturl()))

    assert page.status == 401
    assert sign_on.sessions() == 0


def test_the_way_back_of_another_browser_signs_nobody_in(sign_on):
    """Or whoever sends such a link would have others work in their name."""
    sign_on.link("wilma", "subject-of-wilma")
    address = sign_on.at_provider(sign_on.leave(sign_on.visitor()))
    other = sign_on.visitor()
    sign_on.leave(other)

    for browser in (other, sign_on.visitor()):
        assert sign_on.arrive(browser, address).status == 401
    assert sign_on.sessions() == 0


def test_ten_minutes_is_the_longest_that_signing_in_may_take(sign_on):
    sign_on.link("wilma", "subject-of-wilma")
    visitor = sign_on.visitor()
    first, second = (sign_on.at_provider(sign_on.leave(visitor)) for _ in range(2))
    sign_on.council.wall_clock.move_on(timedelta(minutes=10))
    assert sign_on.arrive(visitor, first).heading == "My tasks"

    other = sign_on.visitor()
    late = sign_on.at_provider(sign_on.leave(other))
    sign_on.council.wall_clock.move_on(timedelta(minutes=10, seconds=1))
    assert sign_on.arrive(other, late).status == 401
    assert sign_on.arrive(other, second).status == 401


@pytest.mark.both_stores
def test_two_windows_may_sign_in_at_once(sign_on):
    sign_on.link("wilma", "subject-of-wilma")
    visitor = sign_on.visitor()
    first, second = sign_on.leave(visitor), sign_on.leave(visitor)

    assert sign_on.arrive(visitor, sign_on.at_provider(second)).heading == "My tasks"
    assert sign_on.arrive(sign_on.visitor(), sign_on.at_provider(first)).status == 401


def test_a_key_that_the_provider_has_changed_is_asked_for_once(sign_on, monkeypatch):
    monkeypatch.setattr("web.auth.provider.ASKED_ANEW_AFTER", 0)
    sign_on.link("wilma", "subject-of-wilma")
    sign_on.sign_in(sign_on.visitor())
    sign_on.is_told(published=["second"], key="second", header={"kid": "second"})

    assert sign_on.sign_in(sign_on.visitor()).heading == "My tasks"
    assert sign_on.sign_in(sign_on.visitor()).heading == "My tasks"
    assert len(sign_on.provider.was_asked("keys")) == 1


def test_unknown_keys_do_not_make_pepway_ask_without_end(sign_on):
    sign_on.link("wilma", "subject-of-wilma")
    sign_on.is_told(header={"kid": "nobody"})
    for _ in range(4):
        assert sign_on.sign_in(sign_on.visitor()).status == 401

    assert len(sign_on.provider.was_asked("keys")) == 1


def test_clocks_may_differ_by_a_minute(sign_on):
    sign_on.link("wilma", "subject-of-wilma")
    sign_on.is_told(moments={"iat": 60, "nbf": 60, "exp": -59})

    assert sign_on.sign_in(sign_on.visitor()).heading == "My tasks"


def test_other_keys_and_shapes_that_are_right_sign_in(sign_on):
    sign_on.link("wilma", "subject-of-wilma")
    for told in ({"header": {"alg": "ES256", "kid": "curve"}, "key": "curve", "signed_as": "ES256"},
                 {"header": {"alg": "PS256"}, "signed_as": "PS256"},
                 {"claims": {"aud": ["<client>"], "azp": "<client>"}},
                 {"header": {"typ": None, "x5t": "abc"}}):
        sign_on.is_told(**told)
        assert sign_on.sign_in(sign_on.visitor()).heading == "My tasks", told


def test_the_secret_goes_in_the_way_that_the_provider_offers(sign_on):
    """Also in a process that has not asked the provider anything yet."""
    sign_on.link("wilma", "subject-of-wilma")
    sign_on.is_told(
        discovery_says={"token_endpoint_auth_methods_supported": ["client_secret_post"]})
    visitor = sign_on.visitor()
    address = sign_on.at_provider(sign_on.leave(visitor))
    sign_on.begins_anew()

    assert sign_on.arrive(visitor, address).heading == "My tasks"


def test_a_second_step_is_asked_for_where_the_council_wants_it(council, provider_process):
    sign_on = SignOn(council, provider_process, {"sign_on_require_mfa": True})
    sign_on.link("wilma", "subject-of-wilma")
    for methods in (None, [], ["pwd"]):
        sign_on.is_told(claims={"amr": methods} if methods is not None else {})
        page = sign_on.sign_in(sign_on.visitor())
        assert page.status == 401
        assert "did not ask you for a second step" in page.text
    sign_on.is_told(claims={"amr": ["pwd", "mfa"]})

    assert sign_on.sign_in(sign_on.visitor()).heading == "My tasks"


def test_signing_out_offers_to_sign_out_of_the_council_too(sign_on):
    sign_on.link("wilma", "subject-of-wilma")
    visitor = sign_on.visitor()
    page = sign_on.sign_in(visitor).press("Sign out")
    assert "You have signed out of Pepway" in page.text

    away = sign_on.leave(visitor, page.links["sign out of your council account too"])
    asked = parse_qs(urlsplit(away).query)

    assert asked["post_logout_redirect_uri"] == ["http://127.0.0.1:8000/sign-in"]
    assert len(asked["id_token_hint"][0].split(".")) == 3
    answer = requests.get(away, allow_redirects=False, timeout=30)
    assert answer.headers["Location"] == "http://127.0.0.1:8000/sign-in"
    assert "You have signed out" not in visitor.open("/sign-in").text


def test_a_provider_without_such_a_place_is_no_fault(sign_on):
    sign_on.is_told(discovery_says={"end_session_endpoint": ""})
    sign_on.link("wilma", "subject-of-wilma")
    visitor = sign_on.visitor()
    page = sign_on.sign_in(visitor).press("Sign out")

    assert page.follow("sign out of your council account too").heading == "Sign in"


def test_words_that_were_typed_come_along(sign_on):
    case_id = sign_on.council.start_case()
    assert case_id
    sign_on.link("wilma", "subject-of-wilma")
    visitor = sign_on.visitor()
    sign_on.sign_in(visitor)
    task = sign_on.council.task("wilma", "initiate_pep")
    page = visitor.open(f"/tasks/{task}")
    sign_on.council.wall_clock.move_on(timedelta(hours=2))
    sign_on.is_told()
    fields = [("csrf_token", page.token), ("note", "Words that took an hour")]
    page = visitor.send(f"/tasks/{task}", fields)
    assert page.heading == "Sign in"

    form = next(b.getparent() for b in page.tree.xpath("//button[@formaction]"))
    onward = visitor.send("/sign-in/council", list(form.form_values()))
    assert onward.heading == "On to your council's sign-on"
    page = sign_on.arrive(visitor, sign_on.at_provider(onward.links["Go on"]))

    assert "Words that took an hour" in page.whole


def test_words_of_somebody_else_are_not_shown(sign_on):
    sign_on.link("vera", "subject-of-wilma")
    visitor = sign_on.visitor()
    page = visitor.sign_in("sven@council.example")
    sign_on.council.wall_clock.move_on(timedelta(hours=2))
    sign_on.is_told()
    page = visitor.send("/cases/start", [("csrf_token", page.token), ("note", "Words of Sven")])
    form = next(b.getparent() for b in page.tree.xpath("//button[@formaction]"))
    onward = visitor.send("/sign-in/council", list(form.form_values()))

    page = sign_on.arrive(visitor, sign_on.at_provider(onward.links["Go on"]))

    assert "Vera Dunnock" in page.whole
    assert "Words of Sven" not in page.whole


def test_the_cookie_and_the_session_are_new_after_signing_in(sign_on):
    sign_on.link("wilma", "subject-of-wilma")
    visitor = sign_on.visitor()
    visitor.sign_in("vera@council.example")
    before = visitor.client.get_cookie("pepway").value
    assert sign_on.sessions() == 1
    visitor.open("/tasks").press("Sign out")
    sign_on.sign_in(visitor)

    thief = sign_on.visitor()
    thief.client.set_cookie("pepway", before)
    assert thief.open("/tasks").heading == "Sign in"
    assert sign_on.sessions() == 1


def test_where_it_is_not_set_up_nothing_of_it_is_there(council):
    visitor = council.visitor()
    assert "Sign in with your council account" not in visitor.open("/sign-in").links
    for address in ("/sign-in/council", "/sign-in/council/back?state=a&code=b",
                    "/sign-in/council/refused", "/link/guess", "/sign-out/council"):
        assert visitor.open(address).status == 404
