"""What a form asks badly is said in sentences that name the question; none of it refuses."""

import json

import pytest

from engine.checker.wording import check_wording
from engine.domain import Vocabulary
from engine.forms import read_form

WORDS = Vocabulary(jargon={"CYP": "Write “child”", "PP+": "Write “pupil premium plus”"})
PLACE = {"pepway.path": "somewhere"}


def found(*components):
    form = read_form(json.dumps({"components": list(components)}).encode(), "visit")
    return [(each.rule, each.severity, each.element) for each in check_wording(form, WORDS)]


def asked(label, kind="textfield", **more):
    return {"type": kind, "key": "it", "label": label, "properties": PLACE, **more}


def choice(*labels, kind="radio", label="Which?", **more):
    values = [{"value": each.lower(), "label": each} for each in labels]
    return asked(label, kind, values=values, **more)


@pytest.mark.parametrize("label", [
    "Is it N/A?", "Did you utilise it?", "Was it utilised?", "The utilisation", "Did it commence?",
    "Prior to the move", "The CYP's wish", "Is PP+ paid?", "When did you ascertain it",
])
def test_jargon_is_found_in_every_form_of_the_word(label):
    assert ("form-jargon", "warning", "it") in found(asked(label))


@pytest.mark.parametrize("label", [
    "Child or young person (CYP)", "cyp", "The utility room", "Commencal",
])
def test_what_only_looks_like_it_is_not(label):
    assert found(asked(label)) == []


def test_jargon_is_found_in_hints_options_headings_and_rows():
    assert found({"type": "group", "label": "The CYP", "key": "part", "components": []},
                 asked("A", properties={**PLACE, "pepway.hint": "Of the CYP"}, key="b"),
                 choice("The CYP", "The parent", key="c"),
                 asked("Rows", "dynamiclist", key="d", components=[asked("CYP?")])) == [
        ("form-jargon", "warning", each) for each in ("part", "b", "c", "it")]


@pytest.mark.parametrize("label", [
    "What happened? And why?", "What happened, and who was there?", "Is it clean and/or safe?",
    "Was it late and if so, why?", "Who applies, and when?",
])
def test_two_questions_in_one_are_found(label):
    assert found(asked(label)) == [("form-question", "warning", "it")]


@pytest.mark.parametrize("label", [
    "What do they eat and drink?", "Hopes and dreams", "How good is “Who and what?” here?",
    "Is the room clean and dry?",
])
def test_one_question_about_two_things_is_one(label):
    assert found(asked(label)) == []


def test_free_words_may_say_both():
    assert found(asked("What happened? Why?", "textarea")) == [("form-question", "note", "it")]


@pytest.mark.parametrize(("label", "kind"), [
    ("What is the date of the move?", "textfield"), ("When did they move?", "textfield"),
    ("On what day was it?", "textfield"), ("WHO IS IT?", "textfield"),
    ("Is it IMPORTANT?", "textfield"), ("Text field", "textfield"), ("Radio group", "textfield"),
])
def test_a_date_as_text_capitals_and_the_editors_own_names_are_found(label, kind):
    assert found(asked(label, kind)) == [("form-question", "warning", "it")]


def test_what_is_asked_as_what_it_is_is_fine():
    assert found({"type": "datetime", "key": "it", "dateLabel": "When did they move?",
                  "properties": PLACE}, asked("Which PEP is it, of which EHC plan?", key="b")) == []


def test_a_label_of_more_than_a_sentence_is_found():
    assert found(asked("x" * 131)) == [("form-question", "note", "it")]
    assert found(asked("x" * 130)) == []


def test_options_that_are_twice_there_alone_or_fit_not_everybody_are_found():
    must = {"validate": {"required": True}}
    assert found(choice("Yes", "yes")) == [("form-options", "warning", "it")]
    assert found(choice("Yes")) == [("form-options", "warning", "it")]
    boxes = choice("A", "B", "C", kind="checklist", **must)
    assert found(boxes) == [("form-options", "note", "it")]
    assert found(choice("A", "B", "C", kind="checklist")) == []
    assert found(choice("A", "B", "None of these", kind="checklist", **must)) == []
    assert found(choice("A", "B", "C", kind="checklist", label="Who came?", **must)) == []
    assert found(choice("A", "x" * 111)) == [("form-options", "note", "it")]


def test_an_answer_without_a_place_in_the_record_is_noted():
    assert found({**asked("What?"), "properties": {}}) == [("form-unbound", "note", "it")]
    assert found({**asked("What?"), "properties": {}, "readonly": True}) == []
