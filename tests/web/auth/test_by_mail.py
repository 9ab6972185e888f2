"""A password by a link from a mail: for somebody new, and for somebody who has forgotten theirs."""

import re

import pytest

from engine.domain import SYSTEM
from workflows.accounts.links import INVITATION, LASTS, invite, make_link
from workflows.people import add_person
from workflows.telling.choices import choose_how_to_be_told

WILMA = "wilma@council.example"
CHOSEN = "lantern orchid brisk seven"
CLOSED = "This link does not work any more"


def link_in(letter):
    return re.search(r"http://127\.0\.0\.1:8000(/\S+)", letter.text).group(1)


@pytest.fixture
def nora(real):
    """Nora, who is new and has no password."""
    real.people["nora"] = add_person(
        real.installation.acting(SYSTEM), "Nora Kettlewell", "nora@council.example",
        ["social_worker"],
    )
    invite(real.installation.acting(SYSTEM), real.people["nora"])
    return real.people["nora"]


def ask(visitor, email):
    return visitor.open("/forgotten-password").fill({"E-mail address": email}).press("Send me")


def test_somebody_new_chooses_a_password_and_sets_up_an_app(real, nora, phone, mailbox):
    [letter] = mailbox("nora")
    assert letter.subject == "You are invited to Pepway"
    assert "Nora" not in letter.text
    visitor = real.visitor()
    page = visitor.open(link_in(letter))
    assert page.heading == "Choose a password"
    assert page.response.headers["Referrer-Policy"] == "no-referrer"

    page = page.fill({"New password": CHOSEN}).press("Continue")
    phone.look_at(page)
    page = page.fill({"Security code": phone.code}).press("Continue")

    assert page.follow("I have kept them").heading == "My tasks"
    real.later(minutes=1)
    assert real.visitor().sign_in_with(
        "nora@council.example", phone, CHOSEN).heading == "My tasks"


@pytest.mark.both_stores
def test_an_invitation_works_once_and_a_newer_one_ends_it(real, nora, mailbox):
    system = real.installation.acting(SYSTEM)
    older = f"/choose-password/{make_link(system, nora, INVITATION)}"
    newer = f"/choose-password/{make_link(system, nora, INVITATION)}"
    visitor = real.visitor()
    assert visitor.open(older).heading == CLOSED
    too_late = real.visitor().open(newer)
    visitor.open(newer).fill({"New password": CHOSEN}).press("Continue")

    assert visitor.open(newer).status == 404
    assert too_late.fill({"New password": CHOSEN}).press("Continue").heading == CLOSED


@pytest.mark.parametrize("kind", sorted(LASTS))
def test_a_link_ends_by_itself(real, nora, kind):
    link = make_link(real.installation.acting(SYSTEM), nora, kind)
    visitor = real.visitor()
    real.later(seconds=LASTS[kind].total_seconds() - 1)
    assert visitor.open(f"/choose-password/{link}").status == 200
    real.later(seconds=1)

    assert visitor.open(f"/choose-password/{link}").heading == CLOSED


def test_whoever_has_not_chosen_a_password_cannot_sign_in_with_none(real, nora):
    assert real.visitor().sign_in("nora@council.example", "").status == 401


@pytest.mark.parametrize(("password", "says"), [
    ("", "12 characters or more"),
    ("short words", "12 characters or more"),
    ("demonstration", "harder to guess"),
    ("Password1234!", "harder to guess"),
    ("qwertyuiop12", "harder to guess"),
    ("wilmaashdown12", "not your name"),
    ("Wilma@Council.Example", "not your name"),
    ("x" * 201, "200 characters or fewer"),
])
def test_a_password_that_is_guessed_easily_is_not_taken(real, password, says):
    link = make_link(real.installation.acting(SYSTEM), real.people["wilma"], "password_forgotten")
    page = real.visitor().open(f"/choose-password/{link}").fill({"New password": password})

    page = page.press("Continue")

    assert page.status == 422
    assert says in page.errors["new_password"]
    assert page.value("New password") == ""


@pytest.mark.parametrize("password", [CHOSEN, "wxqvjzkpbtrm", "żółta gęś łąka dąb"])
def test_no_kind_of_character_is_asked_for(real, phone, password):
    link = make_link(real.installation.acting(SYSTEM), real.people["wilma"], "password_forgotten")
    page = real.visitor().open(f"/choose-password/{link}").fill({"New password": password})

    assert page.press("Continue").heading == "Set up an authenticator app"


def test_a_forgotten_password_never_goes_round_the_second_factor(real, owner, phone, mailbox):
    owner.sign_in_with(WILMA, phone)
    other = real.visitor()
    assert ask(other, " Wilma@Council.Example ").heading == "Check your e-mail"
    letter = mailbox("wilma")[-1]
    assert letter.subject == "Choose a new password for Pepway"

    page = other.open(link_in(letter)).fill({"New password": CHOSEN}).press("Continue")

    assert page.heading == "Check your phone for a code"
    assert other.open("/tasks").heading == "Sign in"
    assert owner.open("/tasks").heading == "Sign in"
    assert owner.sign_in(WILMA).status == 401
    assert "Your password for Pepway was changed" in [each.subject for each in mailbox("wilma")]
    real.later(minutes=1)
    assert owner.sign_in_with(WILMA, phone, CHOSEN).heading == "My tasks"


@pytest.mark.both_stores
def test_whether_somebody_is_known_is_not_told(real, nora, mailbox):
    visitor = real.visitor()
    known, unknown = ask(visitor, WILMA), ask(visitor, "nobody@council.example")
    assert (known.status, known.text) == (unknown.status, unknown.text)
    before = len(mailbox("nora"))

    ask(visitor, "nora@council.example")

    assert len(mailbox("nora")) == before, "whoever has no password signs in by another way"


@pytest.mark.both_stores
def test_nobodys_mailbox_is_filled(real, mailbox):
    visitor = real.visitor()
    for _ in range(3):
        assert ask(visitor, WILMA).status == 200

    assert ask(visitor, WILMA).errors == {
        "email": "There were too many wrong tries. Try again in 5 minutes"}
    assert len(mailbox("wilma")) == 3


def test_a_link_that_waited_too_long_to_leave_is_not_sent(real, mailbox):
    ask(real.visitor(), WILMA)
    real.later(minutes=31)

    assert mailbox("wilma") == []


@pytest.mark.both_stores
def test_one_changes_ones_own_password_and_is_signed_out_everywhere_else(
    real, owner, phone, mailbox
):
    owner.sign_in_with(WILMA, phone)
    elsewhere = real.visitor()
    real.later(minutes=1)
    elsewhere.sign_in_with(WILMA, phone)
    real.later(minutes=1)
    page = owner.open("/account").follow("Change your password")
    refused = page.fill({"The password you have now": "wrong", "Security code": phone.code,
                         "New password": CHOSEN}).press("Change my password")
    assert refused.errors == {"password": "This is not your password. Enter it again"}
    refused = page.fill({"The password you have now": "demonstration", "Security code": "000000",
                         "New password": CHOSEN}).press("Change my password")
    assert list(refused.errors) == ["one_time_code"]

    page = page.fill({"The password you have now": "demonstration", "Security code": phone.code,
                      "New password": CHOSEN}).press("Change my password")

    assert page.heading == "Your account"
    assert "signed out everywhere else" in page.whole
    assert elsewhere.open("/tasks").heading == "Sign in"
    assert owner.open("/tasks").heading == "My tasks"
    assert "Your password for Pepway was changed" in [each.subject for each in mailbox("wilma")]


def test_in_the_demonstration_a_new_password_signs_in(council):
    link = make_link(council.installation.acting(SYSTEM), council.people["wilma"],
                     "password_forgotten")
    page = council.visitor().open(f"/choose-password/{link}")

    assert page.fill({"New password": CHOSEN}).press("Continue").heading == "My tasks"


def test_a_letter_about_ones_account_leaves_whatever_one_chose_to_be_told(real, owner, mailbox):
    choose_how_to_be_told(real.by("wilma"), "escalations")

    ask(real.visitor(), WILMA)

    assert mailbox("wilma")[-1].subject == "Choose a new password for Pepway"
