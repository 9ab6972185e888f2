"""What will be late, on Monday morning: why, on whom it hangs, and from there to the case."""

from datetime import date, timedelta

import pytest
from figures_followed import follow_to_the_end
from table_rows import row_of

from engine.work import verb
from workflows.figures.tables import CameTrue, StoodAlike, Variant


def late_school(council):
    council.gathering()
    for name, step in (("wilma", "complete_social_work_sections"), ("tara", "record_child_views"),
                       ("wilma", "record_carer_view"), ("viktor", "convene_meeting")):
        council.do(name, step)
    council.clock.move_on(timedelta(days=14))


def page_of(council, query=""):
    follow_to_the_end(council.installation)
    return council.sign_in("vera").visitor.open(f"/board/late-soon{query}")


def test_a_plan_that_cannot_be_ready_in_time_is_named_with_the_step_it_hangs_on(council):
    late_school(council)
    page = page_of(council)

    assert "Robin Testerby" in page.text
    assert "Plan prepared within 10 working days" in page.text
    assert "It hangs on: Complete education sections" in page.text
    assert "Not enough history to say what is usual (0 finished, 20 are needed)." in page.text


def test_the_step_can_be_given_to_someone_else_from_there(council):
    late_school(council)

    asked = page_of(council).follow("Give to someone else")

    assert asked.status == 200
    assert "Complete education sections" in asked.text


def test_what_is_due_this_week_and_what_is_late_have_lists_of_their_own(council):
    late_school(council)
    assert "Due this week (1)" in page_of(council).text
    council.clock.move_on(timedelta(days=7))

    page = page_of(council, "?which=late")

    assert "Late now (1)" in page.text
    assert "Robin Testerby" in page.text


def test_the_first_page_of_the_virtual_school_says_it_in_four_numbers(council):
    late_school(council)
    council.clock.move_on(timedelta(days=7))
    follow_to_the_end(council.installation)

    page = council.sign_in("vera")

    assert "1 late now" in page.text
    assert page.follow("1 child without a plan").status == 200


def test_who_has_no_board_has_no_numbers(council):
    late_school(council)
    follow_to_the_end(council.installation)

    assert "late now" not in council.sign_in("wilma").text


@verb
def past_cases(work, finished=300, said=400, late=40, alike=46):
    """So many have finished; of a hundred it was said how many come late, and so many did."""
    work.session.add(Variant(procedure="initial-pep", year=2025, sha256="0" * 64, steps=[],
                             cases=finished))
    work.session.add(CameTrue(quarter=date(2026, 1, 1), band=2, cases=100, said=said * 100,
                              late=late))
    for days_left in (0, 1, 2):
        work.session.add(StoodAlike(
            procedure="initial-pep", deadline="T2", element="complete_education_sections",
            days_left=days_left, quarter=date(2025, 10, 1), cases=alike, late=15 + days_left))


@pytest.mark.parametrize(("later", "said"), [
    (0, "that waited at this step with 2 working days left, 17 came late"),
    (1, "that waited at this step with one working day left, 16 came late"),
    (2, "that waited at this step on the last day, 15 came late"),
])
def test_how_often_cases_that_stood_like_this_one_came_late(council, later, said):
    late_school(council)
    council.clock.move_on(timedelta(days=later))
    past_cases(council.by("vera"))

    page = page_of(council)

    assert f"Of 46 past cases {said}." in page.text
    assert "has come true closely enough" in page.text
    assert row_of(page, "40 to 60 %")[1:] == ["40 %", "40 of 100 (40 %)"]


def test_of_fewer_than_twenty_like_it_nothing_is_said(council):
    late_school(council)
    past_cases(council.by("vera"), alike=19)

    page = page_of(council)

    assert "came late." not in page.text
    assert ("Not enough history to say how often cases came late that waited at this step "
            "with 2 working days left (fewer than 20).") in page.text


def test_of_what_is_late_already_nothing_is_said(council):
    late_school(council)
    past_cases(council.by("vera"))
    council.clock.move_on(timedelta(days=3))

    page = page_of(council, "?which=late")

    assert "Robin Testerby" in page.text
    assert "that waited at this step" not in page.text


@pytest.mark.parametrize(("past", "sentence"), [
    ({"finished": 299}, "only when 300 cases have finished here. So far 299 have."),
    ({"finished": 1}, "So far 1 has."),
    ({"late": 80}, "it has not come true closely enough"),
])
def test_nothing_is_said_of_few_nor_where_it_did_not_come_true(council, past, sentence):
    late_school(council)
    past_cases(council.by("vera"), **past)

    page = page_of(council)

    assert "that waited at this step" not in page.text
    assert sentence in page.text
