"""Dates that cannot be, wherever one is typed: a sentence that says what to do."""

import pytest

YEARS = ("99999999999999999999999", "-1", "0", "²", "twenty", "1e3")


@pytest.mark.parametrize("year", YEARS)
def test_in_the_check_for_a_record(council, year):
    page = council.sign_in("wilma").visitor.open("/cases/start")
    page = page.fill({"Family name": "Testerby", "Date of birth": ("4", "5", year)}).press("Check")

    assert page.status == 422
    assert page.errors == {"born-day": "Enter a real date, such as 27 3 2014"}
    assert page.value("Date of birth") == ["4", "5", year]
    assert page.value("Family name") == "Testerby"


@pytest.mark.parametrize("year", YEARS)
def test_in_a_tasks_form_it_is_kept_as_it_was_typed(council, year):
    council.home_visit()
    page = council.open_task("wilma", "visit")
    page = page.fill({"When did you see the child?": ("24", "3", year)}).press("Continue")

    assert page.status == 422
    assert page.value("When did you see the child?") == ["24", "3", year]
    assert "seen_on-day" in page.errors


def test_on_the_page_that_says_that_the_task_is_gone(council):
    council.home_visit()
    page = council.open_task("wilma", "visit")
    council.do("wilma", "visit")

    page = page.fill({"When did you see the child?": ("24", "3", "9" * 30)}).press("Continue")

    assert page.status == 409
    assert page.answers["When did you see the child?"] == f"24 3 {'9' * 30}"
