"""What will be late, on Monday morning: why, on whom it hangs, and from there to the case."""

from datetime import date, timedelta

import pytest
from figures_followed import follow_to_the_end
from table_rows import row_of

from engine.work import verb
from workflows.figures.days_to_limits import Way
from workflows.figures.tables import CameTrue, DaysToLimit, Variant


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


EDUCATION_TO_PREPARED = Way("initial-pep", "T2", "complete_education_sections")


@verb
def past_cases(work, finished, said=400, late=40):
    """So many have finished; of a hundred it was said how many come late, and so many did."""
    work.session.add(Variant(procedure="initial-pep", year=2025, sha256="0" * 64, steps=[],
                             cases=finished))
    work.session.add(CameTrue(quarter=date(2026, 1, 1), band=2, cases=100, said=said * 100,
                              late=late))
    way = EDUCATION_TO_PREPARED._asdict()
    for days, times in ((5, 40), (10, 6), (25, 31)):
        work.session.add(DaysToLimit(**way, quarter=date(2025, 10, 1), days=days, times=times))


def test_how_often_cases_that_stood_like_this_one_came_late(council):
    late_school(council)
    past_cases(council.by("vera"), finished=300)

    page = page_of(council)

    assert ("Of 37 past cases that had been at that step as long, 31 took longer than "
            "the 2 working days that are left.") in page.text
    row = row_of(page, "40 to 60 %")
    assert row[1:] == ["100", "40 %", "40 %"]


@pytest.mark.parametrize(("past", "sentence"), [
    ({"finished": 299}, "when there are 300 of them. So far there are 299."),
    ({"finished": 300, "late": 80}, "it has not come true closely enough"),
])
def test_nothing_is_said_of_few_nor_where_it_did_not_come_true(council, past, sentence):
    late_school(council)
    past_cases(council.by("vera"), **past)

    page = page_of(council)

    assert "past cases that had been at that step" not in page.text
    assert sentence in page.text
