"""`pepway import`: a file is taken in whole, or what is wrong is said and nothing is done."""

import json
import os
import pty
import sqlite3
from contextlib import closing

HEADER = "URN,EstablishmentName,PhaseOfEducation (name),LA (name)\n"


def test_schools_are_checked_then_imported(pepway, tmp_path):
    pepway("migrate")
    file = tmp_path / "schools.csv"
    file.write_text(f"{HEADER}123456,Hill School,Primary,Camden\n")

    checked = pepway("import", "schools", str(file), "--check")
    done = pepway("import", "schools", str(file))
    again = pepway("import", "schools", str(file), "--json")

    assert (checked.code, checked.answer.strip()) == (
        0, "To import: 1 new, 0 changed, 0 the same.")
    assert done.answer.strip() == "Imported: 1 new, 0 changed, 0 the same."
    assert json.loads(again.answer) == {
        "new": 0, "changed": 0, "same": 1, "left": 0, "wrong": [], "told": []}


def test_what_is_wrong_is_said_by_row(pepway, tmp_path):
    pepway("migrate")
    file = tmp_path / "schools.csv"
    file.write_text(f"{HEADER}12,Hill School,Primary,Camden\n")

    said = pepway("import", "schools", str(file))

    assert said.code == 1
    assert said.answer.splitlines() == ["Row 2, URN: Write six digits.", "Nothing was imported."]


def test_what_is_no_such_file_is_one_sentence(pepway, tmp_path):
    file = tmp_path / "schools.csv"
    file.write_bytes(b"\xff\xfe")

    said = pepway("import", "schools", str(file))

    assert said.code == 1
    assert "no CSV in UTF-8" in said.remark


def test_a_check_is_on_record_for_its_answer_tells_whom_pepway_knows(pepway, tmp_path):
    pepway("migrate")
    right, wrong = tmp_path / "right.csv", tmp_path / "wrong.csv"
    right.write_text(f"{HEADER}123456,Hill School,Primary,Camden\n")
    wrong.write_text(f"{HEADER}12,Hill School,Primary,Camden\n")

    for file, more in ((right, ["--check"]), (wrong, ["--check"]), (wrong, [])):
        pepway("import", "schools", str(file), *more)

    with closing(sqlite3.connect(tmp_path / "pepway.db")) as database:
        rows = database.execute(
            "SELECT data FROM audit WHERE action = 'check_import_schools' ORDER BY seq").fetchall()
    assert [json.loads(data)["wrong"] for data, in rows] == [0, 1, 1]


def test_a_terminal_shows_how_far_it_is_and_a_program_reads_the_answer_alone(
    pepway, tmp_path, monkeypatch
):
    pepway("migrate")
    file = tmp_path / "schools.csv"
    file.write_text(HEADER + "".join(f"{n},Hill School,Primary,Camden\n"
                                     for n in range(100_000, 100_250)))
    terminal, its_end = pty.openpty()

    with os.fdopen(its_end, "w") as shown_on, monkeypatch.context() as on_a_terminal:
        on_a_terminal.setattr("sys.stderr", shown_on)
        said = pepway("import", "schools", str(file), "--json")
    shown = os.read(terminal, 100_000).decode()
    os.close(terminal)

    assert "Importing" in shown
    for share in ("40%", "80%", "100%"):
        assert share in shown
    assert "Hill" not in shown
    assert json.loads(said.answer)["new"] == 250
