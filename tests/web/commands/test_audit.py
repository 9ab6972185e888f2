"""`pepway audit verify` says only what it has seen, and changes nothing."""

import sqlite3
from contextlib import closing

import pytest


@pytest.fixture
def database(tmp_path):
    return tmp_path / "pepway.db"


@pytest.mark.parametrize(
    "words",
    [
        ("audit", "verify"),
        ("token", "add", "--person", "wilma@council.example"),
        ("demo", "clock", "2030-01-01"),
    ],
)
def test_a_database_that_is_not_there_is_not_made(pepway, settings, database, tmp_path, words):
    settings.setenv("PEPWAY_DEMO", "1")

    said = pepway(*words)

    assert said.code == 1
    assert said.is_one_sentence()
    assert f"There is no database {database}" in said.remark
    assert list(tmp_path.iterdir()) == []


def test_keys_that_are_not_there_are_not_made(pepway, settings, tmp_path):
    settings.setenv("PEPWAY_DEMO", "1")
    settings.delenv("PEPWAY_AUDIT_KEY")

    said = pepway("audit", "verify")

    assert said.code == 1
    assert said.is_one_sentence()
    assert "PEPWAY_AUDIT_KEY is missing" in said.remark
    assert list(tmp_path.iterdir()) == []


def test_tables_of_another_version_are_refused_and_stay(pepway, database):
    with closing(sqlite3.connect(database)) as empty, empty:
        empty.execute("CREATE TABLE something (id)")

    said = pepway("audit", "verify")

    assert said.code == 1
    assert said.is_one_sentence()
    assert "Run pepway migrate first" in said.remark
    with closing(sqlite3.connect(database)) as still:
        assert still.execute("SELECT name FROM sqlite_master").fetchall() == [("something",)]


def test_an_altered_row_is_named_with_its_table(pepway, database):
    pepway("migrate")
    pepway("user", "add", "--name", "Wilma Ashdown", "--email", "wilma@council.example",
           "--role", "social_worker", "--password", "three random words")
    whole = pepway("audit", "verify")
    with closing(sqlite3.connect(database)) as rows, rows:
        rows.execute("UPDATE audit SET action = 'sign_in'")

    said = pepway("audit", "verify")

    assert (whole.code, whole.answer) == (0, "No row was altered.\n")
    assert said.code == 1
    assert said.answer.startswith("audit ")
    assert said.remark == "1 row was altered after being written.\n"
