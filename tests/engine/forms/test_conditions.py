"""Conditions of forms: FEEL as the editor writes it, answered as FEEL would."""

from datetime import date

import pytest

from engine.domain import ValueType
from engine.feel import FeelRefused
from engine.forms import Field, names_asked
from engine.forms.conditions import holds, names_in, to_cel

TYPES = {"a": ValueType.STRING, "n": ValueType.INT, "b": ValueType.BOOL, "d": ValueType.DATE,
         "l": ValueType.LIST}


@pytest.mark.parametrize(
    ("feel", "cel"),
    [
        ('a = "x"', 'a == "x"'),
        ('=a != "x"', 'a != "x"'),
        ('a = "x" and n > 3', '(a == "x") && (n > 3)'),
        ('a = "x" or n in [3..6]', 'a == "x" || (n >= 3) && (n <= 6)'),
        ('not(a in ("x", "y"))', '!(a in ["x", "y"])'),
        ("n >= -2", "n >= -2"),
        ('not("x" in l)', '!("x" in l)'),
        ("(n < 3 or b) and not(b)", "(n < 3 || b) && (!(b))"),
    ],
)
def test_translation(feel, cel):
    assert to_cel(feel, TYPES) == cel


@pytest.mark.parametrize(
    "feel",
    ["", "a =", "a = = b", "a.b = 1", 'contains(a, "x")', "if b then 1 else 2", "a = 'x'",
     "for x in a return x", "a = \"x\" extra", "__import__('os')", "[1..2", "a in 3"],
)
def test_outside_the_subset_is_refused_with_an_example(feel):
    with pytest.raises(FeelRefused, match="Compare a field with a value"):
        to_cel(feel, TYPES)


@pytest.mark.parametrize(
    ("feel", "values", "expected"),
    [
        ('a = "x"', {"a": "x"}, True),
        ('a = "x"', {}, False),
        ('a != "x"', {}, True),
        ("n > 3", {}, False),
        ("n in [3..6]", {"n": 6}, True),
        ("not(b)", {}, True),
        ("b", {"b": True}, True),
        ('a = "x" or n > 3', {"n": 4}, True),
        ("d = d", {"d": date(2026, 3, 25)}, True),
        ("d = d", {}, True),
        ("n < 3", {}, False),
        ("n in [3..6]", {}, False),
        ("not(n < 3)", {}, False),
        ("not(not(n < 3))", {}, False),
        ("n < 3 or b", {"b": True}, True),
        ("n < 3 and b", {"b": True}, False),
        ('a in ("x", "y")', {}, False),
        ('"x" in l', {"l": ["y", "x"]}, True),
        ('"x" in l', {"l": ["y"]}, False),
        ('not("x" in l)', {}, True),
        ("unheard_of < 11", {}, False),
    ],
)
def test_an_unanswered_question_equals_nothing(feel, values, expected):
    assert holds(feel, values, TYPES) is expected


@pytest.mark.parametrize("feel", ["(" * 900 + "b" + ")" * 900, "not(" * 21 + "b" + ")" * 21,
                                  " or ".join(f"n = {number}" for number in range(400))])
def test_what_is_too_long_or_too_deep_is_refused_in_words(feel):
    with pytest.raises(FeelRefused, match=r"Write it (flatter|shorter)"):
        to_cel(feel, TYPES)


def test_names():
    assert names_in('a = "n" and not(b in (n))') == {"a", "b", "n"}


def test_a_form_says_what_its_conditions_ask_those_in_groups_and_lists_too():
    cell = Field("why", "textfield", "Why?", "rows[].why", hidden_when="kind = \"none\"")
    rows = Field("rows", "list", "Rows", "rows[]", fields=(cell,))
    group = Field("more", "group", "More", "", hidden_when="age_today < 14", fields=(rows,))

    assert names_asked([group, Field("name", "textfield", "Name", "name")]) == {
        "kind", "age_today"
    }
