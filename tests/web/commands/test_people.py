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
    assert "Write read, write or read,write." in said.remark


def test_a_token_for_nobody_is_refused(pepway):
    pepway("migrate")

    said = pepway("token", "add", "--person", "nobody@council.example")

    assert said.code == 1
    assert said.remark == "Nobody signs in as nobody@council.example.\n"
