"""Help with targets: what each rule says, and where it says nothing."""

from datetime import date

import pytest
from names import forms

from workflows.pep.smart import (
    BY_WHEN,
    DAY_IS_OVER,
    DUE_ON,
    HOW_TO_KNOW,
    JUDGEMENT,
    MEASURE,
    MORE_WORDS,
    TEXT,
    WHAT,
    help_with,
    help_with_targets,
)

TODAY = date(2026, 3, 25)
SMART = {TEXT: "Reads a story aloud to an adult", MEASURE: "Three stories a month, in her diary",
         DUE_ON: "2026-07-20"}


def said(**changed):
    places = {"text": TEXT, "measure": MEASURE, "due_on": DUE_ON, "judgement": JUDGEMENT}
    return help_with({**SMART, **{places[key]: value for key, value in changed.items()}}, TODAY)


def test_a_target_that_says_what_how_much_and_by_when_gets_no_help():
    assert help_with(SMART, TODAY) == {}
    assert said(due_on="2026-03-25") == {}, "today is not over"


@pytest.mark.parametrize("text", [
    "Improve", "Do better", "Try harder", "TRY HARDER!", "He will try to do better",
    "To be the best and make more progress",
])
def test_vague_words_alone_are_asked_what_the_child_will_do(text):
    assert said(text=text) == {TEXT: WHAT}


@pytest.mark.parametrize("text", [
    "Read", "Read more books", "Improve reading", "Lis à l\u2019école",
])
def test_fewer_than_four_words_are_asked_for_more(text):
    assert said(text=text) == {TEXT: MORE_WORDS}


def test_four_words_are_enough():
    assert said(text="Read books to grandmother") == {}


def test_vague_words_among_others_are_left_alone():
    assert said(text="Improve reading in small groups") == {}


@pytest.mark.parametrize("measure", [
    "Every week in his diary", "at least 4", "Level 3 or above", "80%", "twice at school",
    "Year5 test", "EACH lesson",
])
def test_whatever_can_be_counted_or_seen_is_enough(measure):
    assert said(measure=measure) == {}


@pytest.mark.parametrize("measure", ["The teacher will see it", "", "   ", "Someone notices"])
def test_a_target_that_nobody_can_measure_is_asked_how_to_know(measure):
    assert said(measure=measure) == {MEASURE: HOW_TO_KNOW}


def test_a_number_in_the_target_itself_is_enough():
    assert said(text="Reads 3 chapters by himself", measure="Teacher") == {}


@pytest.mark.parametrize(("day", "sentence"), [
    ("", BY_WHEN), (None, BY_WHEN), ({"day": "", "month": "", "year": ""}, BY_WHEN),
    ("2026-03-24", DAY_IS_OVER), ("0001-01-01", DAY_IS_OVER),
])
def test_a_day_is_asked_for_and_one_to_come(day, sentence):
    assert said(due_on=day) == {DUE_ON: sentence}


@pytest.mark.parametrize("day", ["soon", "31-2-2026", {"day": "1"}, "2026-02-31"])
def test_a_day_that_is_no_day_is_an_error_of_its_own_and_gets_no_help(day):
    assert said(due_on=day) == {}


def test_nothing_is_said_of_an_empty_row_or_a_target_that_was_achieved():
    assert help_with({}, TODAY) == {}
    assert help_with({TEXT: " ", MEASURE: None, DUE_ON: ""}, TODAY) == {}
    assert said(text="Improve", due_on="2026-01-01", judgement="achieved") == {}
    assert said(due_on="2026-01-01", judgement="not_on_track") == {DUE_ON: DAY_IS_OVER}


def test_several_things_are_said_at_once_each_at_its_place():
    assert help_with({TEXT: "Do better"}, TODAY) == {
        TEXT: WHAT, MEASURE: HOW_TO_KNOW, DUE_ON: BY_WHEN}


ROWS = [
    {"target_text": "Reads a story aloud to an adult", "target_measure": "Three stories a month",
     "target_due": "2026-07-20"},
    {"target_text": "Improve", "target_measure": "Level 3", "target_due": "2026-07-20"},
]


@pytest.mark.parametrize("step", ["initial-pep/set_targets_and_actions",
                                  "review-pep/revise_targets"])
def test_help_stands_at_the_row_that_wants_it(step):
    form = forms()[tuple(step.split("/"))]
    assert help_with_targets(form, {"targets": ROWS}, TODAY) == {"targets[1].target_text": WHAT}


def test_whoever_judges_a_target_is_not_helped_to_write_it():
    form = forms()["review-pep", "judge_progress"]
    assert help_with_targets(form, {"targets": ROWS}, TODAY) == {}
