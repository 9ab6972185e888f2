"""Everyone who is signed in can read both flowcharts, as a picture and as text."""

import pytest


@pytest.mark.parametrize("name", ["wilma", "tara", "rob", "olga", "max"])
def test_both_flowcharts_are_there_for_everyone(council, name):
    page = council.sign_in(name).follow("Procedures")

    assert {"Initial PEP", "3 or 6 monthly PEP"} <= set(page.links)


def test_each_step_says_who_by_when_and_on_what_it_stands(council):
    page = council.sign_in("tara").visitor.open("/procedures/initial-pep")

    assert "7 working days after start of the first placement" in page.text
    assert "S6: " in page.text
    assert "once the steps beside this one are done too" in page.text


def test_no_expression_and_no_id_is_shown_to_a_reader(council):
    for procedure in ("initial-pep", "review-pep"):
        text = council.sign_in("tara").visitor.open(f"/procedures/{procedure}").text
        for code in ("working_days(", "duration(", "placement_start", "==", "&&", "hold_pep"):
            assert code not in text, code


def test_an_unknown_procedure_is_not_found(council):
    assert council.sign_in("tara").visitor.open("/procedures/adoption").status == 404
