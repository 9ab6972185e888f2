"""The procedure, word for word: each of its sentences is met by something that exists."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from names import ROOT, elements, fields, known_names, named_in, rows, sentences_of

from workflows.pep.record import PLACES, SECTIONS

TEXT = Path(__file__).with_name("procedure.txt")
HEADINGS = (
    "4.9.2 Personal Education Plans Procedure",
    "1. Key Points",
    "2. Information to be Included in the PEP",
    "3. Flowcharts",
    "Monitoring and reviewing the PEP in school",
)
NUMBER = re.compile(r"S\d+[a-d]?")


@pytest.fixture(scope="module")
def register():
    """Number, sentence, what meets it and what proves that, in the order of the README."""
    text = (ROOT / "workflows/pep/README.md").read_text(encoding="utf-8")
    return [row for row in rows(text, 4) if NUMBER.fullmatch(row[0])]


def test_the_sentences_are_the_procedures_own_words_and_all_of_them(register):
    assert " ".join(sentence for _, sentence, _, _ in register) == _words_of_the_procedure()


def test_each_sentence_has_a_number_of_its_own(register):
    numbers = [number for number, *_ in register]
    assert len(set(numbers)) == len(numbers)


def test_each_sentence_is_met_by_something_that_exists(register):
    for number, _, met_by, _ in register:
        names = named_in(met_by)
        assert names, number
        assert set(names) <= known_names(), (number, set(names) - known_names())


def test_each_sentence_is_proved_by_tests_that_exist(register):
    tests = _tests()
    for number, _, _, proved_by in register:
        names = named_in(proved_by)
        assert names, number
        assert [name for name in names if tests[name] != 1] == [], number


def test_each_story_of_a_sentence_is_named_by_that_sentence(register):
    """So that no row loses its proof unseen."""
    named = {number.lower(): proved_by for number, _, _, proved_by in register}
    for name in _tests():
        if told := re.fullmatch(r"test_sentences::test_(s\d+[a-d]?)_\w+", name):
            assert f"`{name}`" in named[told[1]], name


def test_each_number_that_a_shape_a_field_or_a_section_stands_on_is_a_sentence(register):
    numbers = {number for number, *_ in register}
    stands_on = [
        *(f"{shape.documentation} {shape.source}"
          for process in elements().values() for shape in process.values()),
        *(field.source for field in fields()),
        *(section.source for section in SECTIONS.values()),
    ]
    assert set().union(*map(sentences_of, stands_on)) <= numbers


def test_each_place_that_meets_a_sentence_is_filled_by_a_form_or_a_command(register):
    commands = "".join(path.read_text() for path in (ROOT / "workflows/pep/changes").glob("*.py"))
    filled = {field.path for field in fields()} | {p for p in PLACES if f'"{p}"' in commands}
    for number, _, met_by, _ in register:
        assert set(named_in(met_by)) & set(PLACES) <= filled, number


@pytest.mark.parametrize(
    "form", ["initial-pep/set_targets_and_actions", "review-pep/revise_targets"]
)
def test_the_sentence_that_asks_for_nothing_is_shown_where_targets_are_set(register, form):
    [sentence] = [sentence for number, sentence, *_ in register if number == "S12d"]
    assert sentence in (ROOT / f"bpmn/{form}.form").read_text(encoding="utf-8")


def _tests():
    """`module::function` of every test, with how many there are of that name."""
    return Counter(
        f"{path.stem}::{node.name}"
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def _words_of_the_procedure():
    """Without headings, and without the marks and numbers of its lists."""
    lines = [line.strip() for line in TEXT.read_text(encoding="utf-8").splitlines()]
    bare = [re.sub(r"^(•|\d\.) ", "", line) for line in lines if line not in HEADINGS]
    contents = {re.sub(r"^\d\. ", "", heading) for heading in HEADINGS}
    return " ".join(line for line in bare if line and line not in contents)
