"""`pepway import`: a file is taken in whole, or what is wrong is said and nothing is done."""

import json

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
