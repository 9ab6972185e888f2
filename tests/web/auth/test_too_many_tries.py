"""An attacker who guesses, and the owner of the account, who is never kept out by it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from visitor import Visitor

from engine.domain import SYSTEM
from web.network import network_of
from workflows.accounts import passwords
from workflows.accounts.throttling import (
    ACCOUNT,
    NETWORK,
    Browser,
    TooOften,
    budgets_for,
    take_a_try,
)
from workflows.people import Person

WILMA = "wilma@council.example"


class From:
    """Whatever this visitor sends comes from there."""

    def __init__(self, council, address):
        self.visitor = council.visitor()
        self.visitor.client.environ_base["REMOTE_ADDR"] = address

    def guess(self, email=WILMA, password="guess"):
        return self.visitor.sign_in(email, password)


def test_after_five_wrong_passwords_each_try_waits_twice_as_long(real):
    attacker = From(real, "203.0.113.1")
    assert [attacker.guess().status for _ in range(6)] == [401] * 5 + [429]
    waits = []
    for _ in range(10):
        told = attacker.guess()
        assert told.status == 429
        waits.append(told.errors["email"].removeprefix(
            "There were too many wrong tries. Try again in "))
        real.wall_clock.move_on(_long(told))
        assert attacker.guess().status == 401

    assert waits == ["15 seconds", "30 seconds", "1 minute", "2 minutes", "4 minutes", "8 minutes",
                     "16 minutes", "32 minutes", "60 minutes", "60 minutes"]


def _long(told):
    count, unit = told.errors["email"].rsplit(" ", 2)[-2:]
    return timedelta(**{unit if unit.endswith("s") else f"{unit}s": int(count)})


def test_while_one_waits_even_the_right_password_is_not_looked_at(real):
    attacker = From(real, "203.0.113.1")
    for _ in range(5):
        attacker.guess()

    assert attacker.guess(password="demonstration").status == 429
    real.wall_clock.move_on(timedelta(seconds=15))
    assert attacker.guess(password="demonstration").heading == "Set up an authenticator app"


def test_the_owner_signs_in_on_a_known_device_whatever_an_attacker_does(real, owner, phone):
    for place in range(40):
        From(real, f"203.0.113.{place}").guess()
    assert real.visitor().sign_in(WILMA).status == 429

    assert owner.sign_in_with(WILMA, phone).heading == "My tasks"


def test_on_a_new_device_the_owner_gets_in_by_mail(real, owner, phone, mailbox):
    for place in range(40):
        From(real, f"203.0.113.{place}").guess()
    there = real.visitor()
    page = there.open("/forgotten-password").fill({"E-mail address": WILMA}).press("Send me")
    assert page.heading == "Check your e-mail"
    link = mailbox("wilma")[-1].text.split("http://127.0.0.1:8000")[1].split()[0]
    page = there.open(link).fill({"New password": "lantern orchid brisk seven"}).press("Continue")

    assert page.fill({"Security code": phone.code}).press("Continue").heading == "My tasks"


def test_a_known_device_that_is_forgotten_has_no_tries_of_its_own(real, owner, phone):
    page = owner.sign_in_with(WILMA, phone).visitor.open("/account").press("Forget this browser")
    assert "This browser is forgotten" in page.whole
    assert "Forget this browser" not in page.buttons
    page.press("Sign out")
    for place in range(40):
        From(real, f"203.0.113.{place}").guess()

    assert owner.sign_in(WILMA).status == 429


def test_a_known_device_has_tries_of_its_own_and_no_more(real, owner, phone):
    assert [owner.sign_in(WILMA, "guess").status for _ in range(6)] == [401] * 5 + [429]

    assert real.visitor().sign_in_with(WILMA, phone).heading == "My tasks"


def test_a_device_is_known_for_its_own_people_only(real, owner):
    for _ in range(5):
        From(real, "203.0.113.1").guess("sven@council.example")

    assert owner.sign_in("sven@council.example").status == 429


def test_a_cookie_that_somebody_wrote_themselves_is_no_device(real, owner):
    for place in range(40):
        From(real, f"203.0.113.{place}").guess()
    forger = real.visitor()
    for value in ("", "e30.x", f'{{"{real.people["wilma"]}":"x"}}'):
        forger.client.set_cookie("pepway-device", value)
        assert forger.sign_in(WILMA).status == 429


def test_one_network_that_tries_many_accounts_waits(real):
    attacker = From(real, "2001:db8:1:2::1")
    for number in range(NETWORK.free):
        assert attacker.guess(f"person{number}@council.example").status == 401

    assert From(real, "2001:db8:1:2:ffff::9").guess("sven@council.example").status == 429
    assert From(real, "2001:db8:1:3::1").guess("sven@council.example").status == 401


def test_signing_in_to_ones_own_account_does_not_set_the_network_free(real, phone):
    attacker = From(real, "203.0.113.1")
    for number in range(NETWORK.free - 1):
        attacker.guess(f"person{number}@council.example")
    page = attacker.visitor.sign_in_with("sven@council.example", phone)
    page.press("Sign out")

    assert attacker.guess("one@council.example").status == 401
    assert attacker.guess("another@council.example").status == 429


def test_right_passwords_count_for_nothing(real, phone):
    for _ in range(ACCOUNT.free + 2):
        visitor = real.visitor()
        assert visitor.sign_in_with(WILMA, phone).heading == "My tasks"
        real.later(minutes=1)


def test_codes_are_not_guessed_by_giving_the_password_again_and_again(real, owner):
    attacker, answers = From(real, "203.0.113.1"), []
    for _ in range(3):
        page = attacker.guess(password="demonstration")
        while page.heading == "Check your phone for a code" and page.status != 429:
            page = page.fill({"Security code": "000000"}).press("Continue")
        answers.append(page.status)

    assert answers[-1] == 429


def test_known_and_unknown_are_told_the_same_after_the_same_number_of_tries(real):
    for email in (WILMA, "nobody@council.example"):
        place = From(real, "203.0.113.7" if email == WILMA else "203.0.113.8")
        told = [place.guess(email) for _ in range(7)]
        assert [page.status for page in told] == [401] * 5 + [429] * 2
        assert told[-1].errors["email"].endswith("15 seconds")


def test_one_hash_is_reckoned_whoever_is_asked_for(real, monkeypatch):
    """The time that signing in takes is that of one argon2 hash."""
    with real.by("vera").begin() as work:
        work.session.get_one(Person, real.people["sven"]).active = False
        work.session.get_one(Person, real.people["mona"]).password_hash = ""
    counting = Counting(passwords.hasher)
    monkeypatch.setattr(passwords, "hasher", counting)
    passwords.is_right("", "once, to make nobody's hash")

    for name in ("wilma", "nobody", "sven", "mona"):
        counting.calls = []
        assert real.visitor().sign_in(f"{name}@council.example", "guess").status == 401
        assert counting.calls == ["verify"], name


class Counting:
    def __init__(self, hasher):
        self.hasher, self.calls = hasher, []

    def __getattr__(self, name):
        self.calls.append(name)
        return getattr(self.hasher, name)


def test_every_refusal_is_in_the_audit_with_its_reason(real, owner, refusals):
    visitor = real.visitor()
    for _ in range(6):
        visitor.sign_in(WILMA, "guess")
    visitor.sign_in("nobody@council.example", "guess")
    owner.sign_in(WILMA).fill({"Security code": "000000"}).press("Continue")
    visitor.client.get("/api/v1/cases", headers={"Authorization": "Bearer pepway_guess"})

    assert refusals() == ["wrong password"] * 5 + ["too often", "unknown", "wrong code",
                                                   "wrong token"]


def test_a_new_device_is_told_by_mail_and_a_known_one_is_not(real, owner, phone, mailbox):
    subject = "Somebody signed in to your account on a new device"
    owner.sign_in_with(WILMA, phone)
    assert subject not in [each.subject for each in mailbox("wilma")]
    real.later(minutes=1)

    real.visitor().sign_in_with(WILMA, phone)

    assert [each.subject for each in mailbox("wilma")].count(subject) == 1


def test_an_old_way_of_hashing_is_renewed_at_the_next_right_password(real):
    old = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash("demonstration")
    with real.by("vera").begin() as work:
        work.session.get_one(Person, real.people["wilma"]).password_hash = old

    real.visitor().sign_in(WILMA)

    with real.by("vera").begin(writing=False) as work:
        kept = work.session.get_one(Person, real.people["wilma"]).password_hash
    assert kept != old
    assert not passwords.needs_rehash(kept)


@pytest.mark.parametrize(("address", "network"), [
    ("203.0.113.9", "203.0.113.9"), ("::ffff:203.0.113.9", "203.0.113.9"),
    ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"), ("nonsense", ""),
])
def test_what_a_network_is(address, network):
    assert network_of(address) == network


def test_the_address_behind_a_proxy_counts_only_where_it_is_said_that_there_is_one(real):
    """Else anybody could write another address into each request."""
    def guess(council, forwarded):
        client = council.app.test_client()
        client.environ_base["HTTP_X_FORWARDED_FOR"] = forwarded
        return Visitor(client).sign_in(f"{forwarded}@council.example", "guess").status

    behind = real.outside_the_demonstration(proxies=1)
    for number in range(NETWORK.free):
        assert guess(behind, f"198.51.100.{number}") == 401
    assert guess(behind, "198.51.100.200") == 401
    for number in range(NETWORK.free):
        guess(real, f"198.51.100.{number}")
    assert guess(real, "198.51.100.201") == 429


def test_of_many_tries_at_the_same_moment_no_more_are_looked_at(real):
    system, at = real.installation.acting(SYSTEM), real.wall_clock.now()
    budgets = budgets_for(WILMA, None, Browser("203.0.113.1", {}))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: take_a_try(system, budgets, at), range(24)))

    assert answers.count(None) == ACCOUNT.free


def test_seconds_are_rounded_up():
    at = datetime(2026, 3, 25, tzinfo=UTC)
    assert TooOften(at + timedelta(seconds=1.2), at).seconds == 2


def test_the_councils_sign_on_is_begun_only_so_often_from_one_network(sign_on):
    visitor, elsewhere = sign_on.visitor(), sign_on.visitor()
    elsewhere.client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    for _ in range(NETWORK.free):
        sign_on.leave(visitor)

    refused = visitor.open("/sign-in/council?next=/procedures")

    assert refused.status == 429
    assert refused.errors["email"] == "There were too many wrong tries. Try again in 5 seconds"
    assert visitor.sign_in(WILMA).status == 429
    assert sign_on.leave(elsewhere)
    sign_on.council.wall_clock.move_on(NETWORK.first)
    assert sign_on.leave(visitor)


def test_answers_that_nobody_waits_for_count_too(sign_on):
    visitor = sign_on.visitor()
    back = "/sign-in/council/back?state=guess&code=guess"
    assert {visitor.open(back).status for _ in range(NETWORK.free)} == {401}

    assert visitor.open(back).status == 429
    assert len(sign_on.audited("sign_on_refused")) == NETWORK.free


def test_whoever_signs_on_leaves_their_network_as_it_was(sign_on):
    sign_on.link("wilma", "subject-of-wilma")
    for _ in range(NETWORK.free + 2):
        assert sign_on.sign_in(sign_on.visitor()).heading == "My tasks"
