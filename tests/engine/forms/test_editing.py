"""A form that is changed one question at a time keeps everything else that stands in it."""

import json
from pathlib import Path

import pytest

from engine.errors import AnswersInvalid, NotFound
from engine.forms import FormUnreadable, read_form
from engine.forms.editing import (
    Asked,
    copy_of,
    new_form,
    others_like,
    place_of,
    question_at,
    questions_in,
    with_change,
    with_move,
    with_question,
    with_title,
    without_question,
)

BPMN = Path(__file__).parents[3] / "bpmn"
FORMS = sorted(BPMN.glob("*/*.form"))
VISIT = {
    "id": "visit", "title": "Visit", "schemaVersion": 19, "exporter": {"name": "another tool"},
    "components": [
        {"id": "a", "key": "when", "type": "datetime", "subtype": "date", "dateLabel": "When?",
         "layout": {"row": "r1", "columns": 8}, "properties": {"pepway.source": "S1"}},
        {"id": "g", "key": "part", "type": "group", "label": "Part", "components": [
            {"id": "b", "key": "mood", "type": "radio", "label": "Mood?", "values": [
                {"value": "good", "label": "Good", "hint": "Mostly"},
                {"value": "bad", "label": "Bad"}]},
            {"id": "c", "key": "hours", "type": "number", "label": "Hours?",
             "validate": {"min": 0, "max": 60, "required": True}}]},
        {"id": "l", "key": "promises", "type": "dynamiclist", "label": "Promises",
         "components": [{"id": "d", "key": "what", "type": "textfield", "label": "What?"}]},
        {"id": "e", "key": "send", "type": "button", "label": "Send"},
    ],
}


@pytest.fixture
def visit():
    return json.dumps(VISIT).encode()


def labels(content):
    def said(several):
        return [(each.label, said(each.inside)) if each.inside else each.label for each in several]
    return said(questions_in(content, "visit"))


def components(content):
    return json.loads(content)["components"]


def as_it_is(question):
    return Asked(question.type, question.label, question.hint, question.required,
                 question.when_empty, question.options, question.path, question.hidden_when)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_question_that_is_saved_as_it_is_changes_nothing_at_all(path):
    content = path.read_bytes()

    def every(several):
        for each in several:
            yield each
            yield from every(each.inside)

    for question in every(questions_in(content, path.stem)):
        assert with_change(content, path.stem, question.place, as_it_is(question)) == content


def test_what_the_list_says_nothing_of_stays(visit):
    asked = Asked("datetime", "On which day?", required=True, when_empty="Enter the day")
    changed = with_change(visit, "visit", (0,), asked)

    assert components(changed)[0] == {
        **VISIT["components"][0], "dateLabel": "On which day?", "validate": {"required": True},
        "properties": {"pepway.source": "S1", "govuk.error.required": "Enter the day"}}
    assert json.loads(changed)["exporter"] == {"name": "another tool"}
    assert components(changed)[1:] == VISIT["components"][1:]


def test_a_limit_of_nought_is_a_limit(visit):
    asked = Asked("number", "How many hours?")
    assert components(with_change(visit, "visit", (1, 1), asked))[1]["components"][1][
        "validate"] == {"min": 0, "max": 60}


@pytest.mark.parametrize(("options", "values"), [
    (("Good", "Bad", "So so"), ["good", "bad", "so_so"]),
    (("Well", "Bad"), ["good", "bad"]),
    (("Bad", "Good"), ["bad", "good"]),
    (("Bad", "Not good"), ["bad", "not_good"]),
    (("Good", "Bad", "Good!"), ["good", "bad", "good_2"]),
])
def test_an_option_keeps_its_value_while_it_is_known_again(visit, options, values):
    changed = with_change(visit, "visit", (1, 0), Asked("radio", "Mood?", options=options))
    written = components(changed)[1]["components"][0]["values"]

    assert [each["label"] for each in written] == list(options)
    assert [each["value"] for each in written] == values
    assert {each["hint"] for each in written if each["value"] == "good"} <= {"Mostly"}


@pytest.mark.parametrize(("label", "key"), [
    ("When was the school told?", "school_told"),
    ("Who?", "who"),
    ("Mood?", "mood_2"),
    ("What is the child's name?", "child_name"),
    ("3 wishes", "answer_3_wishes"),
    ("In", "answer_in"),
    ("…", "answer"),
    ("Why " + "very " * 20, "very_very_very_very_very_very_very_very"),
])
def test_a_new_question_has_a_key_that_a_person_knows_again(visit, label, key):
    added = with_question(visit, "visit", Asked("textfield", label))
    assert components(added)[-1]["key"] == key


def test_a_question_comes_at_the_end_of_what_it_is_added_to(visit):
    asked = Asked("textarea", "Why?")
    assert labels(with_question(visit, "visit", asked, (1,)))[1] == (
        "Part", ["Mood?", "Hours?", "Why?"])
    assert labels(with_question(visit, "visit", Asked("textfield", "What?"), (2,)))[2] == (
        "Promises", ["What?", "What?"])


def test_a_question_moves_past_others_into_groups_and_out_again(visit):
    order, place = [], (0,)
    content = visit
    for _ in range(4):
        content, place = with_move(content, "visit", place, 1)
        order.append((place, labels(content)))
    assert order[0] == ((0, 0), [("Part", ["When?", "Mood?", "Hours?"]), ("Promises", ["What?"])])
    assert order[2] == ((0, 2), [("Part", ["Mood?", "Hours?", "When?"]), ("Promises", ["What?"])])
    assert order[3] == ((1,), [("Part", ["Mood?", "Hours?"]), "When?", ("Promises", ["What?"])])
    for _ in range(4):
        content, place = with_move(content, "visit", place, -1)
    assert components(content) == VISIT["components"]


def test_a_group_moves_as_a_whole_and_what_stands_at_the_end_stays(visit):
    moved, place = with_move(visit, "visit", (1,), -1)
    assert (labels(moved)[0], place) == (("Part", ["Mood?", "Hours?"]), (0,))
    assert with_move(visit, "visit", (0,), -1) == (visit, (0,))
    assert with_move(visit, "visit", (2, 0), -1) == (visit, (2, 0))


def test_a_removed_question_takes_what_stands_in_it_along(visit):
    assert labels(without_question(visit, "visit", (1,))) == ["When?", ("Promises", ["What?"])]


@pytest.mark.parametrize(("asked", "wrong"), [
    (Asked("iframe", "A page"), "type"),
    (Asked("textfield", "  "), "label"),
    (Asked("textfield", "x" * 2001), "label"),
    (Asked("textfield", "A", hint="x" * 2001), "hint"),
    (Asked("radio", "Which?", options=("One",)), "options"),
    (Asked("checklist", "Which?", options=("One", "One")), "options"),
    (Asked("select", "Which?", options=tuple(map(str, range(201)))), "options"),
    (Asked("textfield", "A", path="Not a place!"), "path"),
])
def test_what_cannot_be_asked_is_refused_by_the_name_of_its_box(visit, asked, wrong):
    with pytest.raises(AnswersInvalid) as refused:
        with_question(visit, "visit", asked)
    assert list(refused.value.errors) == [wrong]


def test_a_list_stands_in_no_list_and_no_question_changes_its_meaning(visit):
    with pytest.raises(AnswersInvalid):
        with_question(visit, "visit", Asked("dynamiclist", "More"), (2,))
    with pytest.raises(AnswersInvalid):
        with_change(visit, "visit", (0,), Asked("textfield", "When?"))
    assert others_like("textfield") == {"textarea"}
    assert others_like("datetime") == frozenset()


@pytest.mark.parametrize("place", [(9,), (0, 0), (3,), ()])
def test_a_place_where_nothing_is_asked_is_not_found(visit, place):
    with pytest.raises(NotFound):
        question_at(visit, "visit", place)


@pytest.mark.parametrize("address", ["", "x", "1-", "-1", "9999", "1-" * 40 + "1", "\uff11"])
def test_what_is_no_address_is_not_found(address):
    with pytest.raises(NotFound):
        place_of(address)


def test_a_new_form_asks_nothing_and_a_copy_asks_the_same(visit):
    assert read_form(new_form("nurse", "Ask the nurse"), "nurse").title == "Ask the nurse"
    copied = copy_of(visit, "again", "Visit again")
    assert labels(copied) == labels(visit)
    assert json.loads(copied)["id"] == "again"
    assert read_form(with_title(visit, "A visit"), "visit").title == "A visit"


def test_what_cannot_be_read_is_not_changed():
    with pytest.raises(FormUnreadable):
        without_question(b'{"components": [7]}', "visit", (0,))
