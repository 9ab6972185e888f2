"""`pepway check`: verdicts by the letter of what it promises to programs that read them."""

import json
import shutil
from pathlib import Path

import pytest

BPMN = Path(__file__).parents[3] / "bpmn"
EMPTY_FORM = {"type": "default", "components": []}


def _check(pepway, path, content):
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    said = pepway("check", path, "--json")
    (found,) = said.objects
    return said.code, found


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("large.bpmn", b"<definitions>" + b" " * 2_000_001 + b"</definitions>"),
        ("deep.bpmn", b"<a>" * 5000 + b"</a>" * 5000),
        ("large.dmn", b"<definitions>" + b" " * 2_000_001 + b"</definitions>"),
        ("large.form", {**EMPTY_FORM, "note": "x" * 500_001}),
        ("deep.form", b'{"components":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    ],
)
def test_more_than_pepway_reads_is_refused_as_too_complex(pepway, tmp_path, name, content):
    code, found = _check(pepway, tmp_path / name, content)

    assert code == 1
    assert found["verdict"] == "refused"
    assert [each["rule"] for each in found["findings"]] == ["too-complex"]


@pytest.mark.parametrize("content", [{}, [], {"components": {}}, b"", b"null", b"{"])
def test_what_has_no_components_is_no_form(pepway, tmp_path, content):
    code, found = _check(pepway, tmp_path / "visit.form", content)

    assert code == 3
    assert found["verdict"] == "unusable"
    assert [each["rule"] for each in found["findings"]] == ["unreadable"]


def test_a_form_without_questions_is_one(pepway, tmp_path):
    code, found = _check(pepway, tmp_path / "visit.form", EMPTY_FORM)

    assert (code, found["verdict"], found["procedure"]) == (0, "sound", None)


@pytest.mark.parametrize("content", [b"", b"<a>", b"\xff\xfe", b"<a/>"])
def test_a_decision_that_cannot_be_read_is_not_told_to_be_a_diagram(pepway, tmp_path, content):
    code, found = _check(pepway, tmp_path / "who-visits.dmn", content)

    assert (code, found["verdict"]) == (3, "unusable")
    assert "DMN" in found["findings"][0]["message"]
    assert "BPMN" not in found["findings"][0]["message"]


def test_a_form_named_by_itself_belongs_to_the_procedure_it_stands_in(pepway, tmp_path):
    folder = tmp_path / "initial-pep"
    shutil.copytree(BPMN / "initial-pep", folder)
    form = next(iter(sorted(folder.glob("*.form"))))

    said = pepway("check", form, "--json")

    (found,) = said.objects
    assert said.code == 0
    assert (found["file"], found["procedure"]) == (str(form), "initial-pep")


@pytest.mark.parametrize("limit", ["1e999", "-1e999", "NaN", "1" + "0" * 400, '"nan"', '""'])
def test_a_limit_that_is_no_number_limits_nothing(pepway, tmp_path, limit):
    field = f'{{"type": "textfield", "key": "a", "validate": {{"maxLength": {limit}}}}}'

    code, found = _check(pepway, tmp_path / "a.form", f'{{"components": [{field}]}}'.encode())

    assert (code, found["verdict"], found["findings"]) == (0, "sound", [])


def test_what_is_no_file_beside_it_does_not_matter(pepway, tmp_path):
    (tmp_path / "gone.bpmn").symlink_to(tmp_path / "nowhere")
    (tmp_path / "folder.bpmn").mkdir()

    code, found = _check(pepway, tmp_path / "visit.form", EMPTY_FORM)

    assert (code, found["verdict"], found["procedure"]) == (0, "sound", None)


def test_a_file_that_does_not_exist_or_has_nothing_to_check_is_wrong_usage(pepway, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "letter.txt").write_text("Dear all")

    for words in ([], [tmp_path / "gone.bpmn"], [tmp_path / "empty"], [tmp_path / "letter.txt"]):
        said = pepway("check", *words, "--json")
        assert said.code == 2
        assert said.answer == ""
