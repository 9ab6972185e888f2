"""A pattern of a form is matched in no time, whatever it is and whatever is typed."""

import json
from time import process_time

import pytest

from engine.forms import FormUnreadable, read_answers, read_form
from engine.forms.patterns import LONGEST_MATCHED, matches

CATASTROPHES = ["(a+)+$", "(a|aa)+$", "(a|a?)+$", "(a*)*b", "([a-z]+)*@", "(.*a){30}"]
NOT_SO = "Which code?: enter this in the form that the hint shows"
TOO_LONG = "Which code?: use 1,000 characters or fewer"


def form_with(pattern, **validate):
    field = {"type": "textfield", "key": "code", "label": "Which code?",
             "validate": {"pattern": pattern, **validate}}
    return read_form(json.dumps({"id": "f", "components": [field]}).encode(), "f")


def error(pattern, typed, **validate):
    return read_answers(form_with(pattern, **validate), {"code": typed}, {}).errors.get("code")


@pytest.mark.parametrize("pattern", CATASTROPHES)
def test_nested_repetitions_take_no_time_over_five_thousand_letters(pattern):
    """Python's own would not be through with the first of them within years."""
    began = process_time()

    assert not matches(pattern, "a" * 4999 + "!")
    assert error(pattern, "a" * (LONGEST_MATCHED - 1) + "!") == NOT_SO
    assert error(pattern, "a" * 4999 + "!") == TOO_LONG
    assert process_time() - began < 1


@pytest.mark.parametrize(
    ("pattern", "right", "wrong"),
    [
        ("[^@ ]+@[^@ ]+[.][^@ ]+", "sam@school.example", "sam at school"),
        ("[A-Z]{2}|[0-9]{3}", "123", "1234"),
        ("[A-Z]{2}|[0-9]{3}", "AB", "ABC"),
        (r"\d+", "12", "٣"),
        ("^é.$", "éa", "éab"),
        ("(?i)sam", "SAM", "SAM\nX"),
    ],
)
def test_the_whole_answer_is_as_the_pattern_says(pattern, right, wrong):
    assert error(pattern, right) is None
    assert error(pattern, wrong) == NOT_SO


def test_a_longer_answer_than_a_pattern_looks_through_is_not_let_by():
    assert error("[0-9]*", "1" * (LONGEST_MATCHED + 1)) == TOO_LONG
    assert error("[0-9]*", "1" * 40, maxLength=30) == "Which code?: use 30 characters or fewer"


@pytest.mark.parametrize("pattern", ["(", "a)|(b", r"(a)\1", "(?=a)a", "(?<!a)b", "(a{1000}){1000}",
                                     "a" * 501, "\ud800", "*"])
def test_a_pattern_that_cannot_be_matched_is_refused_with_its_place(pattern):
    with pytest.raises(FormUnreadable) as refused:
        form_with(pattern)

    assert "The form f has a pattern on “code” that cannot be used" in refused.value.message
