"""Rules between questions of a form, which the form declares: a row for each row, or for a yes."""

import json

import pytest

from engine.checker import check_files
from engine.domain import Vocabulary
from engine.forms import entries, read_answers, read_form
from engine.forms.reading import FormUnreadable

AREAS = [{"value": "english", "label": "English"}, {"value": "maths", "label": "Maths"}]


def schema(*, covers="goals.area", needs_row="yes: helps.by = tutor"):
    def cell(kind, key, **more):
        return {"type": kind, "key": key, "label": key.capitalize(), **more}

    components = [
        {"type": "dynamiclist", "key": "goals", "path": "goals", "label": "Goals", "components": [
            cell("select", "area", values=AREAS), cell("textfield", "goal")]},
        {"type": "dynamiclist", "key": "helps", "path": "helps", "label": "Helps",
         "validate": {"required": True},
         "properties": {"govuk.error.covers": "Add help for the goal “{goal}” ({area})"},
         "components": [
             cell("select", "serves", values=AREAS, properties={"pepway.covers": covers}),
             cell("radio", "by", values=[{"value": "tutor", "label": "Tutor"},
                                         {"value": "school", "label": "School"}])]},
        {"type": "radio", "key": "tuition", "label": "Tuition?",
         "properties": {"pepway.needs_row": needs_row,
                        "govuk.error.needs_row": "Add the tuition above, or choose “No”"},
         "values": [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}]},
    ]
    return {"id": "plan", "components": components}


def form(**rules):
    return read_form(json.dumps(schema(**rules)).encode(), "plan")


GOALS = [{"area": "english", "goal": "Read a book"}, {"area": "maths", "goal": "Add fractions"}]
HELPS = [{"serves": "english", "by": "school"}, {"serves": "maths", "by": "school"}]


def errors(**answers):
    return read_answers(form(), {"goals": GOALS, "helps": HELPS, **answers}, {}).errors


def test_each_row_of_the_one_list_is_served_by_a_row_of_the_other():
    assert errors() == {}
    assert errors(helps=HELPS[:1]) == {"helps": "Add help for the goal “Add fractions” (Maths)"}
    both = errors(helps=[{"serves": "", "by": "school"}])
    assert both == {"helps": "Add help for the goal “Read a book” (English). "
                             "Add help for the goal “Add fractions” (Maths)"}


def test_a_list_that_is_empty_is_told_so_and_nothing_else():
    assert errors(helps=[]) == {"helps": "Add at least one to: Helps"}


def test_a_row_of_which_nobody_knows_the_area_yet_needs_none():
    assert errors(goals=[*GOALS, {"goal": "Swim"}]) == {}


def test_a_yes_is_found_in_a_row_and_a_no_needs_none():
    told = {"tuition": "Add the tuition above, or choose “No”"}
    assert errors(tuition="yes") == told
    assert errors(tuition="yes", helps=[*HELPS, {"serves": "maths", "by": "tutor"}]) == {}
    assert errors(tuition="no") == {}


def test_what_is_typed_is_kept_all_the_same():
    raw = {"goals": GOALS, "helps": HELPS[:1], "tuition": "yes"}
    kept = {each.key: each for each in entries(form(), raw, read_answers(form(), raw, {}), {})}

    assert [row["serves"] for row in kept["helps"].value] == ["english"]
    assert (kept["helps"].valid, kept["goals"].valid) == (False, True)
    assert (kept["tuition"].value, kept["tuition"].valid) == ("yes", False)


@pytest.mark.parametrize("wrong", [{"covers": "goals"}, {"needs_row": "yes"}])
def test_a_rule_that_cannot_be_read_is_refused_with_how_to_write_it(wrong):
    with pytest.raises(FormUnreadable) as refused:
        form(**wrong)
    assert "Write it as" in refused.value.message


@pytest.mark.parametrize("wrong", [
    {"covers": "aims.area"}, {"covers": "goals.subject"},
    {"needs_row": "yes: aims.by = tutor"}, {"needs_row": "yes: helps.who = tutor"},
    {"needs_row": "yes: helps.by = nobody"}, {"needs_row": "perhaps: helps.by = tutor"},
])
def test_the_check_refuses_a_rule_about_what_the_form_does_not_ask(wrong):
    files = {"plan.form": json.dumps(schema(**wrong)).encode()}
    [told] = check_files(files, Vocabulary())

    assert [each.rule for each in told.findings if each.severity == "error"] == ["rule-in-form"]
    assert not [each for each in check_files(
        {"plan.form": json.dumps(schema()).encode()}, Vocabulary())[0].findings
        if each.severity == "error"]


def test_a_choice_that_another_form_made_and_no_longer_offers_is_left_out():
    told = read_form(json.dumps({"id": "judge", "components": [
        {"type": "dynamiclist", "key": "helps", "path": "helps", "label": "Helps",
         "components": [
             {"type": "select", "key": "serves", "label": "For", "readonly": True,
              "values": AREAS},
             {"type": "textfield", "key": "effect", "label": "Effect"}]},
    ]}).encode(), "judge")

    read = read_answers(told, {"helps": [{"serves": "The reading goal", "effect": "Good"}]}, {})

    assert not read.errors
    assert read.values["helps"] == [{"effect": "Good"}]
