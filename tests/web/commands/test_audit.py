"""`pepway audit` says only what it has seen; `verify` changes nothing."""

import sqlite3
from contextlib import closing
from datetime import datetime

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


@pytest.fixture
def with_rows(pepway, database):
    """A database with a few people in it, and the command."""
    pepway("migrate")
    for name in ("wilma", "ben"):
        pepway("user", "add", "--name", "Wilma Ashdown", "--email", f"{name}@council.example",
               "--role", "social_worker", "--password", "three random words")
    return pepway


def alter(database, *statements):
    """As someone would who holds the database, and so can take its refusals away."""
    with closing(sqlite3.connect(database)) as rows, rows:
        for what in ("update", "delete"):
            rows.execute(f"DROP TRIGGER audit_no_{what}")
        for statement in statements:
            rows.execute(statement)


def test_what_is_whole_is_said_to_be_and_what_cannot_be_told(with_rows):
    unsealed = with_rows("audit", "verify")
    with_rows("audit", "anchor")

    sealed = with_rows("audit", "verify")

    assert (unsealed.code, unsealed.answer.splitlines()) == (0, [
        "No row was altered: 2 rows are as written, sealed in 0 batches.",
        "Of these, 2 rows are not sealed yet: whether one was removed cannot be told.",
        "No anchor was given: rows removed from the end would not show.",
    ])
    assert (sealed.code, sealed.remark, sealed.answer.splitlines()) == (0, "", [
        "No row was altered: 2 rows are as written, sealed in 1 batch.",
        "No anchor was given: rows removed from the end would not show.",
    ])


def test_an_altered_row_is_named_with_its_table(with_rows, database):
    alter(database, "UPDATE audit SET action = 'sign_in' WHERE seq = 1")

    said = with_rows("audit", "verify")

    assert said.code == 1
    assert said.answer.startswith("audit 1 was changed after being written (")
    assert said.remark == "1 thing is not as written.\n"


def test_a_removed_row_is_named(with_rows, database):
    with_rows("audit", "anchor")
    alter(database, "DELETE FROM audit WHERE seq = 1")

    said = with_rows("audit", "verify")

    assert said.code == 1
    assert said.answer == "audit 1 was removed after being sealed in batch 1.\n"


def test_a_program_reads_what_is_whole_in_one_object(with_rows, tmp_path):
    unsealed = with_rows("audit", "verify", "--json")
    kept = tmp_path / "kept.txt"
    kept.write_text(with_rows("audit", "anchor").answer)

    sealed = with_rows("audit", "verify", "--anchors", kept, "--json")

    assert (unsealed.code, unsealed.remark, sealed.code, sealed.remark) == (0, "", 0, "")
    [before], [after] = unsealed.objects, sealed.objects
    since = before.pop("unsealed_since")
    assert datetime.fromisoformat(since).tzinfo is not None
    whole = {"whole": True, "findings": 0, "rows": 2, "altered": 0}
    assert before == {**whole, "batches": 0, "unsealed": 2, "anchors": 0}
    assert after == {**whole, "batches": 1, "unsealed": 0, "unsealed_since": None, "anchors": 1}


def test_a_program_reads_each_finding_and_is_told_by_the_exit_code(with_rows, database):
    with_rows("audit", "anchor")
    alter(database, "UPDATE audit SET action = 'sign_in' WHERE seq = 1",
          "DELETE FROM audit WHERE seq = 2")

    said = with_rows("audit", "verify", "--json")

    *found, summed_up = said.objects
    assert said.code == 1
    assert said.is_one_sentence()
    assert len(found) == summed_up["findings"] == 2
    assert {"finding": "audit 2 was removed after being sealed in batch 1."} in found
    assert (summed_up["whole"], summed_up["altered"], summed_up["rows"]) == (False, 1, 1)


def test_where_nothing_can_be_read_there_is_no_object(pepway):
    said = pepway("audit", "verify", "--json")

    assert (said.code, said.answer) == (1, "")
    assert said.is_one_sentence()


def test_an_end_that_was_cut_off_is_found_by_the_anchor_that_was_kept(
    with_rows, database, tmp_path
):
    kept = tmp_path / "kept.txt"
    first = with_rows("audit", "anchor").answer
    kept.write_text(f"Nov 25 council pepway: INFO engine.sealer {first}")
    whole = with_rows("audit", "verify", "--anchors", kept)
    alter(database, "DROP TRIGGER sealed_batch_no_delete", "DELETE FROM sealed_batch",
          "DELETE FROM audit")

    without = with_rows("audit", "verify")
    said = with_rows("audit", "verify", "--anchors", kept)

    assert first.startswith("pepway-anchor 1 ")
    assert "The chain fits 1 anchor." in whole.answer
    assert without.code == 0
    assert "rows removed from the end would not show" in without.answer
    assert said.code == 1
    assert said.answer == "batch 1 has an anchor and is gone: the end was removed.\n"


def test_a_file_without_an_anchor_is_refused(with_rows, tmp_path):
    (tmp_path / "kept.txt").write_text("pepway-anchor 12")

    said = with_rows("audit", "verify", "--anchors", "kept.txt")

    assert said.code == 1
    assert "There is no anchor in kept.txt" in said.remark


def test_an_empty_database_has_nothing_to_anchor(pepway):
    pepway("migrate")

    said = pepway("audit", "anchor")

    assert said.code == 1
    assert said.is_one_sentence()
    assert "nothing to anchor yet" in said.remark


def test_another_key_is_guessed_from_the_whole_not_fitting(with_rows, settings):
    settings.setenv("PEPWAY_AUDIT_KEY", "b" * 32)

    said = with_rows("audit", "verify")

    assert said.code == 1
    assert "Not one row fits the key" in said.remark


def test_a_sealer_that_does_not_run_is_noticed(with_rows, settings):
    settings.setenv("PEPWAY_DEMO", "1")
    settings.setenv("PEPWAY_TODAY", "2031-01-01")

    said = with_rows("audit", "verify")

    assert said.code == 0
    assert "Nothing seals the newest rows: 2 rows are not sealed" in said.remark
