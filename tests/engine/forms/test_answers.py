"""What a person types, right or wrong: values, sentences, and nothing else."""

import json
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.forms import FormUnreadable, entries, read_answers, read_form, settled

FORM = read_form(
    json.dumps(
        {
            "id": "about",
            "components": [
                {"type": "textfield", "key": "name", "label": "What is the name?",
                 "validate": {"required": True, "maxLength": 300},
                 "properties": {"govuk.error.required": "Enter the name",
                                "pepway.path": "identity.known_as"}},
                {"type": "number", "key": "hours", "label": "How many hours?",
                 "decimalDigits": 0, "validate": {"min": 0, "max": 60}},
                {"type": "datetime", "subtype": "date", "key": "on", "dateLabel": "When?"},
                {"type": "radio", "key": "given", "label": "How?",
                 "values": [{"value": "told", "label": "They told me"},
                            {"value": "declined", "label": "They did not want to"}]},
                {"type": "textarea", "key": "words", "label": "What did they say?",
                 "validate": {"required": True},
                 "conditional": {"hide": '=given = "declined"'}},
                {"type": "checklist", "key": "who", "label": "Who came?",
                 "values": [{"value": "child", "label": "Child"},
                            {"value": "carer", "label": "Carer"}]},
                {"type": "checkbox", "key": "agreed", "label": "I agree"},
                {"type": "dynamiclist", "key": "targets", "label": "Targets", "path": "targets",
                 "properties": {"pepway.path": "targets[]"},
                 "components": [
                     {"type": "textfield", "key": "text", "label": "Target",
                      "validate": {"required": True}},
                     {"type": "datetime", "subtype": "date", "key": "due", "dateLabel": "By"}]},
            ],
        }
    ).encode(),
    "about",
)
RIGHT = {"name": "Robin", "given": "told", "words": "I like it"}


def read(**changed):
    return read_answers(FORM, {**RIGHT, **changed}, {})


def test_right_answers_become_values_of_their_types():
    answers = read(hours="25", on={"day": "29", "month": "2", "year": "2028"}, who=["carer"],
                   agreed=True, targets=[{"text": "Read", "due": "2026-07-01"}])

    assert not answers.errors
    assert answers.values["hours"] == 25
    assert answers.values["on"] == date(2028, 2, 29)
    assert answers.values["targets"] == [{"text": "Read", "due": date(2026, 7, 1)}]


@pytest.mark.parametrize(
    ("key", "typed", "says"),
    [
        ("name", "", "Enter the name"),
        ("name", " \u200b\u00a0", "Enter the name"),
        ("name", "x" * 301, "300 characters or fewer"),
        ("name", "a\x00b", "cannot be shown"),
        ("name", ["a"], "enter text"),
        ("hours", "12.5", "whole number"),
        ("hours", "1e400", "enter a number"),
        ("hours", "NaN", "enter a number"),
        ("hours", "0x10", "enter a number"),
        ("hours", "-1", "enter 0 or more"),
        ("hours", "61", "enter 60 or less"),
        ("hours", True, "enter a number"),
        ("hours", "9" * 400, "enter a number"),
        ("on", "2026-02-30", "real date"),
        ("on", {"day": "31", "month": "2", "year": "2026"}, "real date"),
        ("on", {"day": "1", "month": "", "year": "2026"}, "must include a month"),
        ("on", {"day": "x", "month": "y", "year": "z"}, "real date"),
        ("on", "0001-01-01", "between 1900 and 2100"),
        ("given", "forged", "choose one of the options"),
        ("who", ["child", "stranger"], "choose from the options"),
        ("agreed", "maybe", "tick the box"),
        ("targets", [{"text": ""}], ""),
        ("targets", [{"text": "Read", "role": "admin"}], "There is no field called"),
        ("targets", "Read", "row of its own"),
        ("targets", [{"text": "x"}] * 101, "100 or fewer"),
        ("role", "administrator", "This form has no field called “role”"),
    ],
)
def test_wrong_answers_get_a_sentence(key, typed, says):
    errors = read(**{key: typed}).errors

    found = " ".join(text for place, text in errors.items() if place.startswith(key))
    assert errors
    assert says in found


def test_a_hidden_field_is_neither_demanded_nor_read():
    answers = read(given="declined", words="smuggled in")

    assert not answers.errors
    assert "words" in answers.hidden
    assert "words" not in answers.values
    kept = entries(FORM, {**RIGHT, "given": "declined", "words": "smuggled in"}, answers, {})
    assert "words" not in {entry.key for entry in kept}


def test_names_keep_their_spelling():
    for name in ("Łukasz", "O'Brien", "Caoimhín", "Null", "李", "محمد", "e\u0301", "👶 Max"):
        assert read(name=name).values["name"] == name


def test_entries_carry_paths_versions_and_wrong_values_as_typed():
    typed = {**RIGHT, "hours": "many"}

    kept = {e.key: e for e in entries(FORM, typed, read_answers(FORM, typed, {}), {"hours": 3})}

    assert (kept["name"].path, kept["name"].valid) == ("identity.known_as", True)
    assert (kept["hours"].value, kept["hours"].valid, kept["hours"].seen) == ("many", False, 3)
    assert kept["words"].path == "forms.about.words"
    assert kept["words"].seen is None


def test_rows_of_a_list_keep_their_ids_and_new_ones_get_theirs():
    typed = {**RIGHT, "targets": [{"id": "first", "text": "Read"}, {"text": "Count"}]}

    [targets] = [e for e in entries(FORM, typed, read_answers(FORM, typed, {}), {})
                 if e.key == "targets"]

    assert targets.value[0]["id"] == "first"
    assert len(targets.value[1]["id"]) == 36


JUDGED = read_form(
    json.dumps(
        {
            "id": "judged",
            "components": [
                {"type": "group", "label": "Younger", "conditional": {"hide": "=year >= 9"},
                 "components": [
                     {"type": "textfield", "key": "nurse", "label": "Who?",
                      "validate": {"required": True}},
                     {"type": "textfield", "key": "why", "label": "Why?",
                      "conditional": {"hide": '=nurse = "none"'}}]},
                {"type": "dynamiclist", "key": "goals", "label": "Goals", "allowAddRemove": False,
                 "components": [
                     {"type": "radio", "key": "term", "label": "Term?",
                      "properties": {"pepway.each_option": "true"},
                      "values": [{"value": "short", "label": "Short"},
                                 {"value": "long", "label": "Long"}]},
                     {"type": "textfield", "key": "goal", "label": "Goal", "readonly": True,
                      "validate": {"required": True}},
                     {"type": "radio", "key": "done", "label": "Done?",
                      "validate": {"required": True},
                      "values": [{"value": "yes", "label": "Yes"},
                                 {"value": "no", "label": "No"}]},
                     {"type": "textfield", "key": "reason", "label": "Why not?",
                      "validate": {"required": True},
                      "conditional": {"hide": '=done != "no" or year < 5'}}]},
            ],
        }
    ).encode(),
    "judged",
)
BOTH = [{"term": "short", "goal": "Read", "done": "yes"}, {"term": "long", "done": "yes"}]


def judge(year, goals):
    return read_answers(JUDGED, {"nurse": "none", "goals": goals}, {"year": year})


def test_a_cell_is_asked_by_what_stands_in_its_own_row():
    undone = [BOTH[0], {"term": "long", "done": "no"}]

    assert judge(9, undone).errors == {"goals[1].reason": "Answer: Why not?"}
    assert not judge(4, undone).errors
    smuggled = judge(4, [BOTH[0], {**undone[1], "reason": "smuggled in"}])
    assert "reason" not in smuggled.values["goals"][1]


def test_what_another_form_asks_in_a_row_is_carried_and_not_demanded():
    assert judge(9, BOTH).values["goals"] == BOTH


def test_each_option_must_stand_in_some_row():
    assert judge(9, [BOTH[0]]).errors == {"goals": "Goals: one row each for: short, long"}
    assert not judge(9, []).errors


def test_groups_in_groups_may_each_have_as_long_a_condition_as_a_question():
    """Sound one by one, their conditions were too long, and too deep, when put into one."""
    years = " or ".join(f"year = {year}" for year in range(100, 220))
    assert 1000 < len(years) < 2000
    inner = {"type": "textfield", "key": "asked", "label": "Asked?"}
    for _ in range(25):
        inner = {"type": "group", "components": [inner],
                 "conditional": {"hide": f"=(({years}))"}}
    form = read_form(json.dumps({"components": [
        {"type": "number", "key": "year", "label": "Year?", "decimalDigits": 0}, inner]}).encode(),
        "deep")

    assert read_answers(form, {"year": "219", "asked": "yes"}, {}).hidden == {"asked"}
    assert read_answers(form, {"year": "8", "asked": "yes"}, {}).values["asked"] == "yes"
    assert read_answers(form, {"asked": "yes"}, {}).values["asked"] == "yes"


def test_what_the_facts_hide_is_gone_and_what_waits_for_an_answer_stays():
    younger, older = settled(JUDGED, {"year": 4}), settled(JUDGED, {"year": 9})

    assert [each.key for each in older.inputs()] == ["goals"]
    assert {each.key: each.hidden_when for each in younger.inputs()} == {
        "nurse": None, "why": 'nurse = "none"', "goals": None
    }


def test_a_fact_that_is_not_known_hides_nothing():
    assert [each.key for each in settled(JUDGED, {}).inputs()] == ["nurse", "why", "goals"]
    assert "nurse" in read_answers(JUDGED, {}, {}).errors


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(st.sampled_from([f.key for f in FORM.inputs()]) | st.text(), JSON))
def test_whatever_is_sent_is_answered(typed):
    answers = read_answers(FORM, typed, {})
    kept = entries(FORM, typed, answers, {})

    assert all(isinstance(text, str) and text for text in answers.errors.values())
    json.dumps([entry.value for entry in kept], allow_nan=True)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200) | st.builds(lambda value: json.dumps(value).encode(), JSON))
def test_whatever_calls_itself_a_form_is_read_or_refused_with_a_sentence(content):
    with suppress(FormUnreadable):
        read_answers(read_form(content, "any"), {}, {})


@settings(max_examples=300, deadline=None)
@given(st.lists(st.dictionaries(
    st.sampled_from(["type", "key", "label", "values", "components", "validate", "properties",
                     "conditional", "subtype", "valuesKey", "decimalDigits"]),
    JSON | st.sampled_from(["textfield", "radio", "dynamiclist", "group", "date", "number"]),
), max_size=4))
def test_strange_components_are_read_or_refused_with_a_sentence(components):
    content = json.dumps({"id": "any", "components": components}).encode()
    with suppress(FormUnreadable):
        read_answers(read_form(content, "any"), {}, {})
