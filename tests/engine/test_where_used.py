"""Which steps use a form, and what reads the answers to its questions."""

import json
from pathlib import Path

import pytest

from engine.where_used import CONDITION, DUE, QUESTION, TIMER, Use, names_said, where_used

BPMN = Path(__file__).parents[2] / "bpmn"


@pytest.fixture(scope="module")
def used():
    folder = BPMN / "review-pep"
    return where_used({path.name: path.read_bytes() for path in folder.iterdir()})


@pytest.mark.parametrize(("text", "names"), [
    ('quality_rating == "red" && known("plan")', {"quality_rating", "plan", "known"}),
    ("working_days(review_date, -10)", {"working_days", "review_date"}),
    ("not(\"it's\" in several) and x != 'known(\"y\")'", {"not", "in", "several", "and", "x"}),
    ('"never \\" closed', {"never", "closed"}),
    ("", set()),
])
def test_what_stands_in_quotes_is_no_name(text, names):
    assert names_said(text) - {"known"} == names - {"known"}


def test_every_step_that_uses_a_form_is_found_also_in_called_processes(used):
    assert [each.name for each in used.steps["revise_targets"]] == [
        "Correct targets and actions", "Revise targets and actions"]


def test_conditions_dates_and_other_questions_that_read_an_answer_are_found(used):
    assert Use(CONDITION, "Meet again? Yes") in used.reads["meet_again"]
    assert Use(DUE, "Hold the review meeting") in used.reads["meeting_planned_on"]
    assert Use(QUESTION, "How much is given?", "decide_pupil_premium") in used.reads[
        "premium_decision"]
    assert TIMER in {use.kind for use in used.reads["review_limit"]}
    assert "no_such_answer" not in used.reads


def test_what_cannot_be_read_hides_nothing_of_the_rest():
    form = json.dumps({"components": [
        {"type": "textfield", "key": "a", "label": "A", "conditional": {"hide": '=b = "yes"'}}]})
    used = where_used({"a.form": form.encode(), "b.form": b"{", "c.bpmn": b"<", "d.dmn": b"<d/>"})
    assert used.reads["b"] == [Use(QUESTION, "A", "a")]
