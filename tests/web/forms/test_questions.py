"""Each kind of question, as a person reads it and as a browser sends it."""

import pytest
from home_visit import ANSWERS
from werkzeug.datastructures import MultiDict

from engine.forms import Field, Form, Option, read_answers
from web.forms import error_targets, hidden_pairs, only_when, raw_from_post
from workflows.answers_in_words import in_words

YES_NO = (Option("yes", "Yes"), Option("no", "No"))
ASKED = Field("mood", "radio", "How was it?", "f.mood", options=YES_NO)
TICKED = Field("told", "checkbox", "I have told them", "f.told")


def test_every_question_has_a_label_and_a_wrong_answer_is_tied_to_it(council):
    council.home_visit()
    page = council.open_task("wilma", "visit").press("Continue")

    shown = "//main//input[not(@type='hidden' or @hidden)]|//main//textarea"
    for control in page.tree.xpath(shown):
        assert page.tree.xpath(f"//label[@for='{control.get('id')}']"), control.get("name")
    described = page.tree.get_element_by_id("met").get("aria-describedby")
    assert "Enter whom you met" in page.tree.get_element_by_id(described).text_content()


def test_ids_are_unique_on_the_page(council):
    council.home_visit()
    page = council.open_task("wilma", "visit").press("Add another")
    ids = page.tree.xpath("//@id")

    assert len(ids) == len(set(ids))


def test_a_conditional_question_says_when_to_answer_it(council):
    council.home_visit()
    page = council.open_task("wilma", "visit")

    assert "Answer this only if you chose “Bad” above" in page.text


def test_a_hidden_question_is_neither_asked_nor_kept(council):
    council.home_visit()
    page = council.open_task("wilma", "visit").fill({**ANSWERS, "Why was it bad?": "Never mind"})
    page = page.press("Continue")

    assert page.heading == "Check your answers"
    assert "Never mind" not in page.text


def test_a_question_that_its_answer_calls_up_is_asked(council):
    council.home_visit()
    page = council.open_task("wilma", "visit").fill({**ANSWERS, "How was the mood?": "Bad"})
    page = page.press("Continue")

    assert page.errors == {"why_bad": "Enter why it was bad"}


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ('mood = "yes"', "Answer this unless you chose “Yes” above"),
        ('mood != "no"', "Answer this only if you chose “No” above"),
        ("told = false", "Answer this only if you ticked: I have told them"),
        ("told = true", "Answer this only if you did not tick: I have told them"),
        ('mood != "no" and mood != "yes"', "Answer this only if you chose “No” or “Yes” above"),
        ('mood = "no" or mood = "yes"', "Answer this unless you chose “No” or “Yes” above"),
        ('"yes" in mood', "Answer this unless you chose “Yes” above"),
        ('not("yes" in mood)', "Answer this only if you chose “Yes” above"),
        ('mood = "yes" and told = true', ""),
        ("age_today < 16", ""),
    ],
)
def test_conditions_in_words(condition, sentence):
    field = Field("why", "text", "Why?", "f.why", hidden_when=condition)

    assert only_when((ASKED, TICKED, field), field) == sentence


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (ASKED, "no", "No"),
        (ASKED, "", "Not answered"),
        (TICKED, True, "Yes"),
        (TICKED, None, "No"),
        (Field("n", "number", "", "f.n", suffix="%"), 94.0, "94%"),
        (Field("n", "number", "", "f.n", prefix="£"), 94.5, "£94.5"),
        (Field("n", "number", "", "f.n", suffix="hours"), "lots", "lots hours"),
        (Field("d", "date", "", "f.d"), "2026-03-01", "1 March 2026"),
        (Field("d", "date", "", "f.d"), {"day": "31", "month": "2", "year": "26"}, "31 2 26"),
        (Field("d", "date", "", "f.d"), {"day": "", "month": "", "year": ""}, "Not answered"),
        (Field("c", "checkboxes", "", "f.c", options=YES_NO), ["no", "yes"], "No, Yes"),
        (Field("c", "checkboxes", "", "f.c", options=YES_NO), [], "Not answered"),
    ],
)
def test_answers_in_words(field, value, words):
    assert in_words(field, value) == words


def test_what_is_checked_is_what_is_sent():
    """The check page carries the answers in hidden inputs: nothing may change on the way."""
    row = (Field("text", "textarea", "", "l[].text"), Field("on", "date", "", "l[].on"))
    form = Form("f", "F", (
        ASKED, TICKED, Field("t", "textarea", "", "f.t"), Field("n", "number", "", "f.n"),
        Field("d", "date", "", "f.d"), Field("c", "checkboxes", "", "f.c", options=YES_NO),
        Field("l", "list", "", "l[]", fields=row),
    ))
    kept = {"mood": "no", "told": False, "t": "one\ntwo & <three>", "n": 12.5,
            "d": "2026-03-01", "c": [],
            "l": [{"id": "a", "text": "x", "on": "2026-04-09"}, {"id": "b", "text": "y"}]}

    posted = raw_from_post(form, MultiDict(hidden_pairs(form, kept)))

    before, after = read_answers(form, kept, {}), read_answers(form, posted, {})
    assert after.errors == {}
    assert after.values == before.values


def test_errors_stand_in_the_order_of_the_questions():
    form = Form("f", "F", (
        Field("d", "date", "", "f.d"),
        Field("l", "list", "", "l[]", fields=(Field("t", "text", "", "l[].t"),)),
        Field("z", "text", "", "f.z"),
    ))
    errors = {"z": "Z", "l[10].t": "Ten", "l[2].t": "Two", "d": "D", "odd": "?"}

    assert error_targets(form, errors) == {
        "d-day": "D", "l-2-t": "Two", "l-10-t": "Ten", "z": "Z", "odd": "?"
    }


def test_a_field_that_was_not_on_the_page_is_left_out():
    form = Form("f", "F", (ASKED, TICKED, Field("t", "text", "", "f.t")))

    assert raw_from_post(form, MultiDict({"t": "x"})) == {"t": "x"}
    assert raw_from_post(form, MultiDict({"told-shown": "1", "mood-shown": "1"})) == {
        "told": False, "mood": ""
    }
