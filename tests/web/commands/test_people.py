"""`pepway user add` and `pepway token add`: what is wrong is said in words and nothing is made."""

import pytest

WILMA = ("--name", "Wilma Ashdown", "--email", "wilma@council.example", "--role", "social_worker")
PASSWORD = ("--password", "three random words")


def test_someone_is_added_and_gets_a_token(pepway):
    added = pepway("user", "add", *WILMA, *PASSWORD)
    token = pepway("token", "add", "--person", "wilma@council.example", "--scope", "read, write")

    assert added.code == 0
    assert added.answer.startswith("wilma@council.example can sign in")
    assert token.code == 0
    assert token.answer.startswith("pepway_")


SIGN_ON = {"PEPWAY_SIGN_ON_ISSUER": "https://sign-on.example", "PEPWAY_SIGN_ON_CLIENT_ID": "pepway",
           "PEPWAY_SIGN_ON_CLIENT_SECRET": "secret"}


def test_who_signs_in_at_the_council_gets_a_link_and_no_password(pepway, monkeypatch):
    for name, value in SIGN_ON.items():
        monkeypatch.setenv(name, value)

    added = pepway("user", "add", *WILMA, "--sign-on")
    again = pepway("user", "link", "wilma@council.example")
    nobody = pepway("user", "link", "nobody@council.example")

    links = [said.answer.split()[0] for said in (added, again)]
    assert all(link.startswith("http://127.0.0.1:8000/link/") for link in links)
    assert links[0] != links[1]
    assert "it works once, for 72 hours" in added.remark
    assert nobody.code == 1
    assert "Nobody signs in as nobody@council.example." in nobody.remark


def test_without_a_sign_on_of_the_councils_there_is_no_link(pepway, tmp_path):
    said = pepway("user", "add", *WILMA, "--sign-on")

    assert said.code == 1
    assert "set PEPWAY_SIGN_ON_ISSUER" in said.remark
    assert not (tmp_path / "pepway.db").exists()


def test_without_a_password_a_link_is_printed_and_a_newer_one_can_be_had(pepway):
    added = pepway("user", "add", *WILMA)
    again = pepway("user", "invite", "--email", "wilma@council.example")

    for said in (added, again):
        assert said.code == 0
        assert said.answer.startswith("http://127.0.0.1:8000/choose-password/")
        assert "to nobody else" in said.remark
    assert added.answer != again.answer


def test_an_invitation_can_be_mailed_instead(pepway):
    said = pepway("user", "add", *WILMA, "--mail")

    assert said.answer == "The invitation leaves by e-mail within a minute.\n"


def test_whoever_has_a_password_is_not_invited_and_nobody_unknown_either(pepway):
    pepway("user", "add", *WILMA, *PASSWORD)

    for email, says in (("wilma@council.example", "has a password already"),
                        ("nobody@council.example", "Nobody signs in as")):
        said = pepway("user", "invite", "--email", email)
        assert said.code == 1
        assert says in said.remark


def test_a_lost_second_factor_is_reset(pepway):
    pepway("user", "add", *WILMA, *PASSWORD)

    said = pepway("user", "reset-second-factor", "--email", "wilma@council.example")

    assert said.code == 0
    assert "sets up a new app" in said.answer


def test_an_address_in_use_is_said(pepway):
    pepway("user", "add", *WILMA, *PASSWORD)

    said = pepway("user", "add", *WILMA, *PASSWORD)

    assert said.code == 1
    assert said.is_one_sentence()
    assert "Someone already signs in with this e-mail address" in said.remark


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--email", "notmail", "Write an e-mail address"),
        ("--email", "a@b", "Write an e-mail address"),
        ("--email", f"{'x' * 250}@council.example", "Write an e-mail address"),
        ("--name", " ", "Write the person's name"),
        ("--name", "x" * 201, "Write the person's name"),
        ("--password", "x", "Choose a password of 12 characters or more"),
        ("--role", "queen", "'queen' is not one of"),
    ],
)
def test_what_cannot_be_a_person_is_wrong_usage(pepway, tmp_path, option, value, says):
    said = pepway("user", "add", *WILMA, *PASSWORD, option, value)

    assert said.code == 2
    assert says in said.remark
    assert not (tmp_path / "pepway.db").exists()


@pytest.mark.parametrize("scope", ["admin", "read,admin", "", "read,"])
def test_a_scope_that_does_not_exist_is_wrong_usage(pepway, scope):
    said = pepway("token", "add", "--person", "wilma@council.example", "--scope", scope)

    assert said.code == 2
    assert "Write read, write, care, import, or some of them" in said.remark


def test_only_an_administrators_token_imports(pepway):
    pepway("user", "add", *WILMA, *PASSWORD)

    said = pepway("token", "add", "--person", "wilma@council.example", "--scope", "import")

    assert said.code == 2
    assert "Only a token of an administrator imports" in said.remark


def test_a_token_for_nobody_is_refused(pepway):
    pepway("migrate")

    said = pepway("token", "add", "--person", "nobody@council.example")

    assert said.code == 1
    assert said.remark == "Nobody signs in as nobody@council.example.\n"


def test_tokens_are_listed_with_their_last_day_and_ended(pepway):
    pepway("user", "add", *WILMA, *PASSWORD)
    pepway("token", "add", "--person", "wilma@council.example", "--name", "School portal",
           "--days", "30")
    [listed] = pepway("token", "list", "--json").objects

    in_words = pepway("token", "list").answer
    ended = pepway("token", "end", listed["id"])
    [after] = pepway("token", "list", "--person", "wilma@council.example", "--json").objects
    nobodys = pepway("token", "end", "00000000-0000-4000-8000-000000000000")

    assert (listed["name"], listed["scopes"], listed["works"]) == ("School portal", ["read"], True)
    assert listed["last_used"] is None
    assert "School portal" in in_words
    assert "never used" in in_words
    assert ended.answer == "The token lets nobody in any more.\n"
    assert after["works"] is False
    assert nobodys.code == 1
    assert "There is no token with this id." in nobodys.remark


@pytest.mark.parametrize("wrong", [
    ("--until", "2020-01-01"), ("--until", "2099-01-01"), ("--until", "soon"), ("--days", "366"),
    ("--days", "0"), ("--until", "2027-01-01", "--days", "3"), ("--name", "x" * 81),
])
def test_a_token_lasts_a_year_at_most(pepway, wrong):
    pepway("user", "add", *WILMA, *PASSWORD)

    said = pepway("token", "add", "--person", "wilma@council.example", *wrong)

    assert said.code == 2
    assert said.answer == ""
    assert pepway("token", "list").answer == "There are no tokens.\n"
