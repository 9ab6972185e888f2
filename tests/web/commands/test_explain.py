"""`pepway explain` answers every expression of a call: with a value, or with why there is none."""

import pytest


@pytest.mark.parametrize(
    ("expression", "kind", "value", "text"),
    [
        ('[date("2026-01-01")]', "list", ["2026-01-01"], "Thursday 1 January 2026"),
        ('[duration("1h")]', "list", ["PT3600S"], "1 hour"),
        ("[true, false]", "list", [True, False], "yes, no"),
        ('duration("24h")', "duration", "PT86400S", "1 day"),
        ('duration("90m")', "duration", "PT5400S", "1 hour 30 minutes"),
        ('duration("1.5s")', "duration", "PT1.5S", "1.5 seconds"),
        ('duration("-25h")', "duration", "-PT90000S", "minus 1 day 1 hour"),
        ('duration("0s")', "duration", "PT0S", "no time"),
        ("P1W", "duration", "PT604800S", "7 days"),
        ("1 + 1 == 2", "bool", True, "yes"),
    ],
)
def test_a_value_is_json_and_words(pepway, expression, kind, value, text):
    said = pepway("explain", expression, "--json")

    assert said.code == 0
    assert said.objects == [
        {"expression": expression, "type": kind, "value": value, "text": text, "steps": []}
    ]


def test_one_that_gives_nothing_does_not_silence_the_next(pepway):
    said = pepway("explain", "1.0 / 0.0", "[0.0 / 0.0]", '[b"x"]', "2", "--json")

    assert said.code == 1
    divided, listed, unusable, two = said.objects
    assert divided == {
        "expression": "1.0 / 0.0",
        "error": "“1.0 / 0.0” gives no number: it divides by zero, or what it gives is too large.",
    }
    assert "gives no number" in listed["error"]
    assert "cannot use" in unusable["error"]
    assert two["value"] == 2


@pytest.mark.parametrize(
    ("given", "kind", "value"),
    [
        ("2026-03-25", "date", "2026-03-25"),
        ("2026-W01-1", "string", "2026-W01-1"),
        ("2026-02-30", "string", "2026-02-30"),
        ("true", "bool", True),
        ("-5", "int", -5),
        ("--5", "string", "--5"),
        ("٣", "string", "٣"),
        ("", "string", ""),
    ],
)
def test_what_is_set_is_a_day_a_yes_or_no_a_whole_number_or_else_text(pepway, given, kind, value):
    said = pepway("explain", "x", "--set", f"x={given}", "--json")

    assert said.code == 0
    (answer,) = said.objects
    assert (answer["type"], answer["value"]) == (kind, value)


def test_a_number_that_is_too_large_is_said_in_words(pepway):
    said = pepway("explain", "x", "--set", "x=99999999999999999999", "--json")

    assert said.code == 1
    assert said.objects[0]["error"].startswith("x is too large: whole numbers go up to")


@pytest.mark.parametrize("words", [["--set", "x"], ["--set", "=1"], ["--set", "1=2"]])
def test_a_wrong_assignment_is_wrong_usage(pepway, words):
    said = pepway("explain", "x", *words)

    assert said.code == 2
    assert "Write --set NAME=VALUE" in said.remark
