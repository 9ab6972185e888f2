"""The second step of signing in: set up once, asked each time, lost, and never gone round."""

from datetime import timedelta

import pytest
from flask import Flask
from visitor import Phone, Visitor

from engine.domain import SYSTEM
from engine.errors import NotAllowed
from web.app import create_app
from web.settings import Settings
from workflows.access import decide
from workflows.accounts.second_factor import reset_second_factor
from workflows.accounts.tables import RecoveryCode, SecondFactor
from workflows.people import add_person

WILMA = "wilma@council.example"


def test_whoever_has_no_app_yet_sets_one_up_before_anything_else(real, phone):
    visitor = real.visitor()
    page = visitor.sign_in(WILMA)
    assert page.heading == "Set up an authenticator app"
    assert visitor.open("/tasks").heading == "Sign in"

    page = visitor.open("/sign-in/set-up")
    picture = page.tree.xpath("//svg")[0]
    assert picture.xpath("ancestor::div[@role='img']/@aria-label")
    assert not page.tree.xpath("//svg//@style | //*[@style]")
    phone.look_at(page)
    codes = page.fill({"Security code": phone.code}).press("Continue")

    assert codes.heading == "Keep your recovery codes"
    assert len(set(codes.tree.xpath("//li/code/text()"))) == 10
    assert codes.follow("I have kept them").heading == "My tasks"
    assert visitor.open("/recovery-codes").status == 404


def test_then_the_code_of_the_app_is_asked_each_time(real, owner, phone):
    page = owner.sign_in(WILMA)
    assert page.heading == "Check your phone for a code"
    box = page.tree.get_element_by_id("one_time_code")
    assert (box.get("autocomplete"), box.get("inputmode")) == ("one-time-code", "numeric")

    wrong = page.fill({"Security code": "000000"}).press("Continue")
    assert wrong.status == 401
    assert wrong.errors == {"one_time_code": "This code is not right. Enter the code that your app "
                                             "shows now"}
    empty = wrong.press("Continue")
    assert empty.errors == {"one_time_code": "Enter the code that your app shows"}

    spaced = f"{phone.code[:3]} {phone.code[3:]}"
    assert empty.fill({"Security code": spaced}).press("Continue").heading == "My tasks"


@pytest.mark.parametrize("minutes", [-0.5, 0, 0.5])
def test_a_phone_may_be_one_step_fast_or_slow(real, owner, phone, minutes):
    phone.ahead = timedelta(minutes=minutes)

    assert owner.sign_in_with(WILMA, phone).heading == "My tasks"


@pytest.mark.parametrize("minutes", [-1, 1])
def test_but_not_two(real, owner, phone, minutes):
    phone.ahead = timedelta(minutes=minutes)

    assert owner.sign_in_with(WILMA, phone).status == 401


@pytest.mark.both_stores
def test_a_code_that_was_used_is_refused_and_so_is_one_before_it(real, owner, phone):
    used = phone.code
    owner.sign_in_with(WILMA, phone).press("Sign out")
    thief = real.visitor().sign_in(WILMA)
    replayed = thief.fill({"Security code": used}).press("Continue")
    assert replayed.status == 401

    phone.ahead = timedelta(seconds=-30)
    older = replayed.fill({"Security code": phone.code}).press("Continue")
    assert older.status == 401

    phone.ahead = timedelta()
    real.later(seconds=30)
    assert owner.sign_in_with(WILMA, phone).heading == "My tasks"


@pytest.mark.both_stores
def test_five_wrong_codes_end_it(real, owner, phone):
    page = owner.sign_in(WILMA)
    for _ in range(4):
        page = page.fill({"Security code": "000000"}).press("Continue")
        assert page.heading == "Check your phone for a code"

    ended = page.fill({"Security code": "000000"}).press("Continue")

    assert ended.heading == "Sign in"
    assert "Begin again" in ended.errors["email"]
    assert owner.open("/sign-in/code").heading == "Sign in"


def test_ten_minutes_end_it_too(real, owner, phone):
    page = owner.sign_in(WILMA)
    real.later(minutes=10, seconds=1)

    assert page.fill({"Security code": phone.code}).press("Continue").heading == "Sign in"
    assert owner.open("/tasks").heading == "Sign in"


def test_it_is_of_this_browser_alone(real, owner, phone):
    page = owner.sign_in(WILMA)
    elsewhere = real.visitor()
    token = elsewhere.open("/sign-in").token

    answer = elsewhere.send("/sign-in/code", [("csrf_token", token),
                                              ("one_time_code", phone.code)])

    assert answer.heading == "Sign in"
    assert page.fill({"Security code": phone.code}).press("Continue").heading == "My tasks"


@pytest.mark.parametrize("sets_up", [True, False])
def test_half_signed_in_opens_nothing_else(real, owner, sets_up):
    """Every address that a signed-in person may use: the answer is that of somebody unknown."""
    visitor = real.visitor()
    visitor.sign_in("sven@council.example" if sets_up else WILMA)
    app: Flask = real.app
    closed = [
        rule for rule in app.url_map.iter_rules()
        if (action := getattr(app.view_functions[rule.endpoint], "action", None))
        and not decide(None, action).allowed
    ]
    assert len(closed) > 60

    for rule in closed:
        address = rule.build({name: _any(rule, name) for name in rule.arguments})[1]
        if "GET" in rule.methods:
            answer = visitor.client.get(address)
            assert answer.status_code in (302, 401, 404), rule
            assert answer.status_code != 302 or answer.location.startswith("/sign-in?"), rule
        for method in rule.methods & {"POST", "PUT"}:
            token = visitor.open("/sign-in").token
            data = {"csrf_token": token} if method == "POST" else None
            assert visitor.client.open(address, method=method, data=data).status_code in (
                302, 303, 400, 401, 404), rule


def _any(rule, name):
    converter = rule._converters[name].__class__.__name__
    return {"UUIDConverter": "01890000-0000-7000-8000-000000000000",
            "IntegerConverter": 1}.get(converter, "none")


@pytest.mark.both_stores
def test_a_recovery_code_stands_in_for_a_lost_phone_once(real, owner, phone, mailbox):
    code = phone.recovery_codes[0]
    page = owner.sign_in(WILMA).follow("I do not have my phone")
    assert page.fill({"Recovery code": code.upper()}).press("Continue").heading == "My tasks"
    assert "One of your recovery codes was used" in [each.subject for each in mailbox("wilma")]
    assert "9 left" in owner.open("/account").text

    page = real.visitor().sign_in(WILMA).follow("I do not have my phone")
    again = page.fill({"Recovery code": code}).press("Continue")

    assert again.status == 401
    assert again.errors == {"one_time_code": "This recovery code is not right, or it was used "
                                             "before"}


def test_new_recovery_codes_end_the_old_ones(real, owner, phone):
    old = phone.recovery_codes[0]
    owner.sign_in_with(WILMA, phone)
    real.later(seconds=30)
    page = owner.open("/account").follow("Make new ones").fill({
        "The password you have now": "demonstration", "Security code": phone.code,
    }).press("Make new codes")
    new = page.tree.xpath("//li/code/text()")[0]
    owner.open("/tasks").press("Sign out")

    page = owner.sign_in(WILMA).follow("I do not have my phone")
    page = page.fill({"Recovery code": old}).press("Continue")
    assert page.status == 401
    assert page.fill({"Recovery code": new}).press("Continue").heading == "My tasks"


def test_another_phone_takes_the_place_of_the_old_one_once_it_is_set_up(
    real, owner, phone, mailbox
):
    owner.sign_in_with(WILMA, phone)
    real.later(seconds=30)
    page = owner.open("/account/app").fill({
        "The password you have now": "demonstration", "Security code": phone.code,
    }).press("Continue")
    new = Phone(real.wall_clock)
    new.look_at(page)
    assert new.secret != phone.secret
    page = page.fill({"Security code": new.code}).press("Continue")
    assert page.follow("I have kept them").heading == "Your account"
    assert [each.subject for each in mailbox("wilma")].count(
        "The app or the recovery codes with which you sign in were changed") == 2
    owner.open("/tasks").press("Sign out")

    real.later(minutes=2)
    refused = owner.sign_in(WILMA).fill({"Security code": phone.code}).press("Continue")
    assert refused.status == 401
    assert refused.fill({"Security code": new.code}).press("Continue").heading == "My tasks"


@pytest.mark.parametrize("given", [
    {"The password you have now": "demonstration", "Security code": "000000"},
    {"The password you have now": "not this one", "Security code": None},
])
def test_whoever_finds_an_open_window_changes_nothing(real, owner, phone, given):
    owner.sign_in_with(WILMA, phone)
    real.later(seconds=30)
    for address, button in (("/account/app", "Continue"),
                            ("/account/recovery-codes", "Make new codes")):
        page = owner.open(address).fill({
            label: phone.code if answer is None else answer for label, answer in given.items()
        }).press(button)
        assert page.status == 422
        assert page.address.startswith(address)


@pytest.mark.both_stores
def test_of_two_who_know_the_password_the_first_sets_up_the_app(real, phone):
    """The second one's picture is worth nothing then."""
    thief, theirs = real.visitor(), Phone(real.wall_clock)
    page = thief.sign_in(WILMA)
    theirs.look_at(page)
    real.visitor().sign_in_with(WILMA, phone)

    assert page.fill({"Security code": theirs.code}).press("Continue").heading == "Sign in"
    assert thief.sign_in(WILMA).heading == "Check your phone for a code"


@pytest.mark.both_stores
def test_an_administrator_resets_the_factor_of_somebody_else_and_never_their_own(
    real, owner, phone, mailbox, password_hash
):
    ada = add_person(real.installation.acting(SYSTEM), "Ada Jesmond", "ada@council.example",
                     ["administrator"], password_hash)
    real.people["ada"] = ada
    owner.sign_in_with(WILMA, phone)

    reset_second_factor(real.by("ada"), real.people["wilma"])

    assert owner.open("/tasks").heading == "Sign in"
    assert "The second step of your signing in was reset" in [
        each.subject for each in mailbox("wilma")]
    assert owner.sign_in(WILMA).heading == "Set up an authenticator app"
    with pytest.raises(NotAllowed):
        reset_second_factor(real.by("ada"), ada)
    with pytest.raises(NotAllowed):
        reset_second_factor(real.by("vera"), real.people["wilma"])


def test_a_cookie_of_before_opens_nothing_once_another_app_is_set_up(council, phone):
    visitor = council.visitor()
    visitor.sign_in(WILMA)
    copied = visitor.client.get_cookie("pepway").value
    page = visitor.open("/account/app").fill(
        {"The password you have now": "demonstration"}).press("Continue")
    phone.look_at(page)
    assert page.fill({"Security code": phone.code}).press("Continue").status == 200

    thief = council.visitor()
    thief.client.set_cookie("pepway", copied)

    assert thief.open("/tasks").heading == "Sign in"
    assert visitor.open("/tasks").heading == "My tasks"


def test_in_the_demonstration_only_whoever_has_set_one_up_is_asked(council, phone):
    visitor = council.visitor()
    page = visitor.sign_in(WILMA)
    assert page.heading == "My tasks"
    page = visitor.open("/account/app").fill(
        {"The password you have now": "demonstration"}).press("Continue")
    phone.look_at(page)
    page.fill({"Security code": phone.code}).press("Continue")
    visitor.open("/tasks").press("Sign out")

    assert visitor.sign_in(WILMA).heading == "Check your phone for a code"
    assert council.sign_in("sven").heading == "My tasks"


@pytest.mark.both_stores
def test_the_database_holds_no_secret_that_opens_anything(real, owner, phone):
    with real.by("vera").begin(writing=False) as work:
        factor = work.session.get_one(SecondFactor, real.people["wilma"])
        kept = [factor.sealed, *(row.hash for row in work.session.query(RecoveryCode))]

    assert len(kept) == 11
    for secret in (phone.secret, *phone.recovery_codes):
        assert not any(secret in each for each in kept)


def test_a_sealed_secret_put_into_somebody_elses_row_opens_nothing(real, owner, phone):
    theirs = Phone(real.wall_clock)
    real.visitor().sign_in_with("sven@council.example", theirs)
    real.later(minutes=2)
    with real.by("vera").begin() as work:
        hers, his = (work.session.get_one(SecondFactor, real.people[name])
                     for name in ("wilma", "sven"))
        hers.sealed = his.sealed

    page = owner.sign_in(WILMA)

    assert page.fill({"Security code": theirs.code}).press("Continue").status == 401


def test_the_key_can_be_changed_while_people_go_on(real, owner, phone):
    def with_keys(key, old=""):
        settings = Settings(secret_key=key, old_secret_keys=old, audit_key="k" * 32)
        return Visitor(create_app(real.installation, settings, real.wall_clock).test_client())

    assert with_keys("n" * 32, "s" * 32).sign_in_with(WILMA, phone).heading == "My tasks"
    real.later(minutes=1)
    assert with_keys("n" * 32).sign_in_with(WILMA, phone).heading == "My tasks"
    real.later(minutes=1)
    assert with_keys("s" * 32).sign_in_with(WILMA, phone).status == 401


def test_words_of_an_ended_session_come_through_the_second_step(real, owner, phone):
    real.home_visit()
    owner.sign_in_with(WILMA, phone)
    page = owner.open(f"/tasks/{real.task('wilma', 'visit')}")
    real.later(minutes=30)
    page = page.fill({"Whom did you meet?": "The foster carers"}).press("Continue")
    assert "Nothing you typed is lost" in page.text

    page = page.fill({"E-mail address": WILMA, "Password": "demonstration"}).press("Sign in")
    assert "The foster carers" not in page.whole
    page = page.fill({"Security code": phone.code}).press("Continue")

    assert page.heading == "Your words are still here"
    assert "The foster carers" in page.text
