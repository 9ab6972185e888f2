"""An invented child comes into care; every role does its part until the second review is held.

One story, told in order: the clock only moves forwards.
"""

from datetime import date

import pytest
from council_life import Circle, circle_around, date_of
from looking import nothing_serious, photograph
from playwright.sync_api import expect

CHILD = "Robin Quennell"


@pytest.fixture
def circle(browser, new_site):
    with circle_around(browser, new_site(), CHILD) as found:
        yield found


def test_from_coming_into_care_to_the_second_review(circle):
    circle.start_case()
    nothing_serious(circle.social_worker.page)
    circle.begin()
    circle.gather(without=("Record the child's views",))

    at_midnight_after_the_tenth_day(circle)
    circle.team_manager.do("Explain the delay", CHILD)

    circle.teacher.do("Record the child's views", CHILD)
    circle.virtual_school.do("Hold the PEP meeting", CHILD)
    circle.set_targets()
    circle.both_sign()
    circle.assure("red", return_reasons="Say how we will know")
    circle.set_targets("Correct targets and actions")
    circle.both_sign()
    circle.assure("green")
    circle.officer.do("Hold the first statutory review", CHILD)
    circle.settle()

    the_next_review_waits(circle, "Second review within 3 months of the first")
    circle.move_on(date(2026, 6, 3))
    circle.wait_for(circle.officer, "Confirm the review date")
    circle.officer.do(
        "Confirm the review date", CHILD, **date_of("planned_review_on", date(2026, 7, 10)),
    )
    circle.gather_for_review(all_on_track="no")
    circle.teacher.do("Agree the way forward", CHILD)
    circle.virtual_school.do("Hold the review meeting", CHILD)
    circle.set_targets("Revise targets and actions")
    circle.both_sign()
    circle.assure("amber")
    circle.officer.do("Hold the statutory review", CHILD)
    circle.settle()
    the_next_review_waits(circle, "Later reviews at most 6 months apart")


def at_midnight_after_the_tenth_day(circle: Circle) -> None:
    """Friday 10 April is the last lawful day; on Saturday the case escalates."""
    circle.move_on(date(2026, 4, 11))
    circle.wait_for(circle.team_manager, "Explain the delay")
    circle.teacher.open_task("Record the child's views", CHILD)
    expect(circle.teacher.page.locator("main")).to_contain_text("overdue")
    photograph(circle.teacher.page, "story-late-task")


def the_next_review_waits(circle: Circle, limit: str) -> None:
    circle.officer.go("/cases")
    circle.officer.page.get_by_role("link", name=CHILD).first.click()
    expect(circle.officer.page.locator("main")).to_contain_text(limit)
    photograph(circle.officer.page, "story-next-review")
