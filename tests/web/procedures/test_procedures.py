"""Everyone who is signed in can read both flowcharts, as a picture and as text."""

import re

import pytest
from visitor import words

from workflows.pep.deadlines import DEADLINES, Kind


@pytest.mark.parametrize("name", ["wilma", "tara", "rob", "olga", "max"])
def test_both_flowcharts_are_there_for_everyone(council, name):
    page = council.sign_in(name).follow("Procedures")

    assert {"Initial PEP", "3 or 6 monthly PEP"} <= set(page.links)


def test_each_step_says_who_by_when_and_on_what_it_stands(council):
    page = council.sign_in("tara").visitor.open("/procedures/initial-pep")

    assert re.search(r"Limit\s*\d working days (after|before) [a-z]", page.text)
    assert "S6: " in page.text
    assert "once the steps beside this one are done too" in page.text


def test_no_expression_and_no_id_is_shown_to_a_reader(council):
    for procedure in ("initial-pep", "review-pep"):
        text = council.sign_in("tara").visitor.open(f"/procedures/{procedure}").text
        for code in ("working_days(", "duration(", "placement_start", "==", "&&", "hold_pep"):
            assert code not in text, code
        assert re.findall(r"\w+_\w+", text) == []
        assert "before day by" not in text


def test_the_flowcharts_that_a_procedure_calls_are_folded_beneath_it(council):
    page = council.sign_in("tara").visitor.open("/procedures/initial-pep")

    folded = [words(each.find("summary")) for each in page.tree.xpath("//main//details")]
    assert "Chase what is missing for the initial PEP" in folded
    shown = [words(line) for line in page.tree.xpath(
        "//main//h3[not(ancestor::details)]")]
    assert "4 Initiate the PEP" in shown
    assert not any("Remind the social worker" in line for line in shown)


def test_an_unknown_procedure_is_not_found(council):
    assert council.sign_in("tara").visitor.open("/procedures/adoption").status == 404


def test_a_timer_with_a_choice_is_said_in_words(council):
    page = council.sign_in("tara").visitor.open("/procedures/review-pep")

    assert ("If the plan before was an interim one: the first day of the present or next term; "
            "otherwise if the cut-off date of the term that this plan is for is before the latest "
            "lawful date of the statutory review: 30 working days before the cut-off date of the "
            "term that this plan is for; otherwise 30 working days before the latest lawful date "
            "of the statutory review") in page.text
    assert "at the earliest 1 working day after the step began" in page.text


@pytest.mark.parametrize("name", ["wilma", "tara", "rob", "olga", "max"])
def test_all_twenty_deadlines_are_there_for_everyone(council, name):
    page = council.sign_in(name).follow("Procedures").follow("Deadlines")

    titles = [node.text_content() for node in page.tree.xpath("//main//h3")]
    assert titles == [each.title for kind in Kind for each in DEADLINES if each.kind is kind]
    assert len(titles) == 20
    statutory = page.section("Statutory")
    assert "Plan prepared within 10 working days" in statutory
    assert "10 working days from the start of the first placement" in statutory
    assert "When both have signed the plan" in statutory
    assert "3 months from the first review, as held" in statutory
    local = page.section("Local practice")
    assert "3 working days before the PEP meeting" in local
    assert "The form is with the school 15 school days before the PEP meeting" in local
