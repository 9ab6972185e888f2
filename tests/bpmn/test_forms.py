"""Every form of both procedures asks in plain English and says what is wrong."""

import json

import pytest

from engine.forms import read_answers
from workflows.pep.facts import FACTS
from workflows.pep.record import PLACES

STATEMENTS = ("checkbox", "list")
"""A box to tick says what is ticked, and a list is headed by what it holds."""

OF_TYPE = {
    "text": {"text"}, "textarea": {"text"}, "number": {"number"}, "date": {"date"},
    "radio": {"choice", "yes_no"}, "select": {"choice"}, "checkboxes": {"choices"},
    "checkbox": {"yes_no"}, "list": {"list"},
}


def test_every_form_is_for_the_task_of_its_name(folder):
    assert set(folder.forms) == {task.form for task in folder.of_kind("userTask")}
    for name, content in folder.files.items():
        if name.endswith(".form"):
            assert json.loads(content)["id"] == name.removesuffix(".form")


def test_every_form_is_short(folder):
    for form in folder.forms.values():
        assert 1 <= len(list(form.inputs())) <= 13, form.name


def test_every_field_asks_a_question(folder):
    for form, field in _fields(folder):
        if field.kind not in STATEMENTS:
            assert field.label.endswith("?"), (form.name, field.key)


def test_every_required_field_says_what_to_do_when_it_is_empty(folder):
    for form, field in _fields(folder):
        if field.required:
            said = field.error_messages.get("required", "")
            assert said.startswith(("Enter", "Choose", "Add", "Tick")), (form.name, field.key)


def test_every_date_and_number_says_what_it_must_be(folder):
    for form, field in _fields(folder):
        wrong = {"date": {"date"}, "number": {"type", "min", "max"}}.get(field.kind, set())
        for rule in wrong:
            assert "must be a" in field.error_messages[rule], (form.name, field.key)


def test_every_field_says_what_it_stands_on(folder):
    for form, field in _fields(folder):
        assert field.source, (form.name, field.key)


def test_every_answer_has_a_declared_place_of_its_type(folder):
    for form, field in _fields(folder):
        assert field.path in PLACES, (form.name, field.key)
        assert PLACES[field.path].type in OF_TYPE[field.kind], (form.name, field.key)


def test_no_key_is_the_name_of_a_fact(folder):
    assert not {field.key for _, field in _fields(folder)} & {*FACTS, "started_on"}


def test_a_key_means_the_same_place_everywhere(initial, review):
    places = {}
    for folder in (initial, review):
        for _, field in _fields(folder):
            assert places.setdefault(field.key, field.path) == field.path


def test_what_decides_the_way_is_a_choice_that_must_be_made(initial, review):
    for form, key in (
        (initial.forms["assure_quality"], "quality_rating"),
        (review.forms["assure_quality"], "quality_rating"),
        (review.forms["judge_progress"], "all_on_track"),
    ):
        field = form.input(key)
        assert (field.kind, field.required, field.hidden_when) == ("radio", True, None)


def test_a_signature_is_a_box_that_must_be_ticked(folder):
    for form, path in (("sign_off_teacher", "signoff.designated_teacher.agreed"),
                       ("sign_off_social_worker", "signoff.social_worker.agreed")):
        (field,) = folder.forms[form].inputs()
        assert (field.kind, field.required, field.path) == ("checkbox", True, path)


def test_a_red_plan_is_not_returned_without_reasons(folder):
    form = folder.forms["assure_quality"]
    assert read_answers(form, {"quality_rating": "red"}, {}).errors == {
        "return_reasons": "Enter why the plan is returned"
    }
    assert not read_answers(form, {"quality_rating": "amber"}, {}).errors


def test_a_child_who_does_not_want_to_speak_is_not_asked_for_words(folder):
    form = folder.forms["record_child_views"]
    answers = read_answers(form, {"views_given": "declined", "views_on": "2026-03-27"}, {})
    assert answers.errors == {"view_declined": "Enter who offered and what the child said"}


def test_history_that_cannot_be_found_in_time_is_left_out_with_a_reason(initial):
    form = initial.forms["complete_social_work_sections"]
    errors = read_answers(form, {"disruption_found": "no"}, {}).errors
    assert errors["not_practicable"] == "Enter why this could not be found out"
    assert not {"disruption_schools", "disruption"} & set(errors)


def test_provision_that_was_not_delivered_is_explained(review):
    form = review.forms["judge_progress"]
    assert "not_taken_forward" in read_answers(form, {"delivered": "partly"}, {}).errors
    assert "not_taken_forward" not in read_answers(form, {"delivered": "yes"}, {}).errors


def test_a_date_that_does_not_exist_is_refused_in_words(review):
    form = review.forms["confirm_review_date"]
    for typed in ({"day": "31", "month": "2", "year": "2026"},
                  {"day": "3", "month": "", "year": "2026"}):
        assert read_answers(form, {"planned_review_on": typed}, {}).errors == {
            "planned_review_on": "The day of the review must be a real date, such as 27 3 2026"
        }


@pytest.mark.parametrize("typed", ["about 90", "101", "-1"])
def test_an_impossible_attendance_is_refused_in_words(initial, typed):
    form = initial.forms["complete_education_sections"]
    errors = read_answers(form, {"attendance_percent": typed}, {}).errors
    assert errors["attendance_percent"] == "Attendance must be a number from 0 to 100"


@pytest.mark.parametrize("name", ["set_targets_and_actions", "revise_targets"])
def test_targets_and_actions_are_lists_whose_rows_are_complete(initial, review, name):
    form = {**initial.forms, **review.forms}[name]
    errors = read_answers(form, {"targets": [{"horizon": "short"}], "actions": []}, {}).errors
    assert errors["actions"] == "Add at least one action"
    assert errors["targets[0].target_text"] == "Enter what the child will be able to do"
    assert "targets[0].horizon" not in errors


def _fields(folder):
    """Every field that takes an answer, the cells of lists too, with its form."""
    for form in folder.forms.values():
        for field in form.inputs():
            yield form, field
            yield from ((form, cell) for cell in field.fields)
