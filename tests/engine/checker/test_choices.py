"""Choices whose answers are few are followed by value, and the way to what is wrong is kept."""

import json

import pytest
from tables import table
from walking import VOCABULARY, arrow, ask, choice, drawn, end, parallel, path, start, step

from engine.checker import check_files
from engine.checker.choices import read_choice, values_of
from engine.decisions.table import read_table
from engine.forms import read_form

RATING = ask({"type": "radio", "key": "rating", "validate": {"required": True},
              "values": [{"value": each, "label": each} for each in ("red", "amber", "green")]})
FREE = ask({"type": "textfield", "key": "rating", "validate": {"required": True}})


def found(body, rating=RATING):
    reports = check_files(drawn(body, write=rating), VOCABULARY)
    [report] = [each for each in reports if each.file == "case.bpmn"]
    return [each for each in report.findings
            if each.rule in ("deadlock", "unreachable", "default-missing")]


def three_ways(last):
    """Written, then one of three ways; `last` is the condition of the third."""
    return (start() + step("write", form="write") + choice("how", None) + end()
            + step("a") + step("b") + step("c") + path("begun", "write", "how")
            + arrow("how", "a", 'rating == "red"') + arrow("how", "b", 'rating == "amber"')
            + arrow("how", "c", last) + path("a", "done") + path("b", "done") + path("c", "done"))


def test_ways_that_share_out_all_answers_need_no_default():
    assert found(three_ways('rating == "green"')) == []
    assert {each.rule for each in found(three_ways('rating == "red"'))} == {
        "default-missing", "unreachable"}
    assert [each.rule for each in found(three_ways('rating == "green"'), FREE)] == [
        "default-missing"]


def test_a_way_for_an_answer_that_nobody_can_give_is_never_taken():
    said = found(three_ways('rating == "blue"'))

    assert ("unreachable", "c") in {(each.rule, each.element) for each in said}


def test_what_was_answered_is_known_at_the_next_choice_in_other_words_too():
    body = (start() + step("write", form="write") + choice("good", "good_to_done")
            + choice("how", "how_to_done") + step("never") + end()
            + path("begun", "write", "good", "done")
            + arrow("good", "how", 'rating == "red" || rating == "amber"')
            + arrow("how", "never", 'rating == "green"') + path("how", "done")
            + path("never", "done"))

    assert [(each.rule, each.element) for each in found(body)] == [("unreachable", "never")]
    assert found(body, FREE) == []


def test_the_way_to_what_is_wrong_is_told_by_its_shapes():
    [finding] = found(
        start() + step("write", form="write") + choice("how", "how_to_b") + step("a") + step("b")
        + parallel("both") + step("file") + end()
        + path("begun", "write", "how", "b", "both", "file", "done")
        + arrow("how", "a", 'rating == "red"') + path("a", "both"))

    assert finding.rule == "deadlock"
    assert finding.way[0] == "begun"
    assert finding.way[1] == "write"
    assert finding.way[-1] in ("a", "b")
    assert {"how_to_a", "how_to_b"} & set(finding.way)


def form_of(*fields):
    return read_form(json.dumps({"components": list(fields)}).encode(), "f")


@pytest.mark.parametrize(("condition", "holds_for"), [
    ('rating == "red"', {"red"}), ('rating != "red"', {"amber", "green"}),
    ('rating == "red" || rating == "green"', {"red", "green"}),
    ('rating == "red" && rating == "green"', set()),
    ("signed", None), ('other == "red"', None), ('rating == "red" && signed', None),
    ('known("rating")', None), ("size(rating) > 2", None),
])
def test_for_which_answers_a_condition_holds(condition, holds_for):
    values = {"rating": frozenset({"red", "amber", "green"})}

    read = read_choice(condition, values)

    assert (read and set(read.holds_for)) == holds_for


def test_what_a_name_can_be_is_known_of_choices_tick_boxes_and_tables_alone():
    options = [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]
    forms = [form_of(
        {"type": "radio", "key": "one", "label": "One", "values": options},
        {"type": "checkbox", "key": "ticked", "label": "Ticked"},
        {"type": "textfield", "key": "free", "label": "Free"},
        {"type": "select", "key": "listed", "label": "Listed", "valuesKey": "schools"},
    ), form_of({"type": "radio", "key": "one", "label": "One",
                "values": [{"value": "c", "label": "C"}]})]
    often = read_table(table(["age"], [{"name": "pace"}], ("< 5", '"slow"'), ("-", '"fast"'),
                             policy="FIRST"))

    assert values_of(forms, [often]) == {
        "one": {"a", "b", "c"}, "ticked": {True, False}, "pace": {"slow", "fast"}}
