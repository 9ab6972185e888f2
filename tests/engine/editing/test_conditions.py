"""What an arrow asks, as questions and answers and as the expression: the same both ways."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import ValueType
from engine.editing.conditions import (
    AND,
    ASKING,
    OR,
    Asked,
    Condition,
    Question,
    condition_in_words,
    read_condition,
    write_condition,
    written_askings,
)
from engine.spiff.elements import read_elements
from engine.spiff.expressions import compile_expression
from engine.spiff.xml import read_xml

BPMN = Path(__file__).parents[3] / "bpmn"
QUESTION = Question("rating", "How good is it?", ValueType.STRING, (("red", "Not yet"),))


@given(st.lists(st.sampled_from(sorted(ASKING)), min_size=1, max_size=4, unique=True),
       st.sampled_from([AND, OR]), st.sampled_from(["red", "", "a && b", "it's (not)", "ø"]))
def test_what_is_written_is_read_again_and_can_be_worked_out(askings, joined_by, text):
    parts = tuple(_asked(key, text) for key in askings)
    condition = Condition(parts, joined_by if len(parts) > 1 else AND)

    written = write_condition(condition)

    assert read_condition(written) == condition
    names = {name: kind for key in ASKING for name, kind in _typed(key).items()}
    compile_expression(written, frozenset({ValueType.BOOL}), names, ())


def _asked(key, text):
    name, kind = next(iter(_typed(key).items()))
    value = 3 if kind is ValueType.INT else text
    return Asked(name, key, value if "{value}" in ASKING[key].expression else None)


def _typed(key):
    kind = next(iter(ASKING[key].types), ValueType.STRING)
    return {f"n_{key}": kind}


def test_every_condition_of_the_procedures_can_be_shown_as_questions():
    texts = [each.condition for path in BPMN.glob("*/*.bpmn")
             for each in read_elements(read_xml(path.read_bytes())).values() if each.condition]

    assert len(texts) > 60
    for text in texts:
        condition = read_condition(text)
        assert condition is not None, text
        assert write_condition(condition) == text


@pytest.mark.parametrize("text", ["", "a == b", 'a == "x" && b || c', "size(rows) > 2",
                                  'a == "x" ? true : false', "(a)", None])
def test_what_is_written_otherwise_stays_an_expression(text):
    assert read_condition(text) is None


def test_it_reads_as_a_sentence():
    condition = Condition((Asked("rating", "is", "red"), Asked("has_place", "holds_not")))

    said = condition_in_words(condition, {"rating": QUESTION})

    assert said == "“How good is it?” is “Not yet” and “has place” is no"


def test_the_browser_is_told_the_same_patterns():
    told = {each["key"]: each for each in written_askings()}
    assert told["is"]["pattern"].startswith("(?<name>[a-z]")
    assert told.keys() == ASKING.keys()
