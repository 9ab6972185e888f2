"""Outside its picture a step is called so that a reader knows what it is about."""

from pathlib import Path

import pytest

from engine.spiff.elements import read_elements
from engine.spiff.xml import read_xml
from workflows.step_names import StepNames

BPMN = Path(__file__).parents[2] / "bpmn"
CHARTS = sorted(BPMN.glob("*/*.bpmn"))
MEANS_SOMETHING_ALONE = {"Third birthday", "Next review begins"}


def chart(path):
    elements = read_elements(read_xml((BPMN / f"{path}.bpmn").read_bytes()))
    return elements, StepNames(elements)


@pytest.mark.parametrize("path", CHARTS, ids=lambda path: path.stem)
def test_every_date_that_pepway_waits_for_says_what_it_is_about(path):
    elements = read_elements(read_xml(path.read_bytes()))
    names = StepNames(elements)

    for identity in (each.id for each in elements.values() if each.timer):
        named = names.in_full(identity)
        alone = named == elements[identity].name
        assert not alone or named in MEANS_SOMETHING_ALONE, identity
        assert names.only_watches(identity) == (named not in MEANS_SOMETHING_ALONE)


def test_a_reminder_is_called_by_its_question_and_its_day():
    _, names = chart("initial-pep/initial-chasing")

    assert names.in_full("initiation_due") == "PEP initiated? (working day 2)"
    assert names.in_full("education_due") == (
        "School's sections in? (2 working days before they are due)"
    )
    assert names.led_here_by("tell_of_education") == "“School's sections in?” No"


def test_a_date_on_the_border_of_a_task_is_called_with_its_task():
    _, names = chart("review-pep/review-pep")

    assert names.in_full("quality_is_late") == (
        "Review in 3 working days (while “Assure the plan's quality” is open)"
    )
    assert names.in_full("confirm_review_date") == "Confirm the review date"


def test_two_dates_of_one_flowchart_are_never_called_the_same():
    for path in CHARTS:
        if path.stem.endswith("-escalation"):
            continue  # each level waits as long as the one before, and never beside it
        elements = read_elements(read_xml(path.read_bytes()))
        named = [StepNames(elements).in_full(each.id) for each in elements.values() if each.timer]
        assert len(named) == len(set(named)), path.stem
