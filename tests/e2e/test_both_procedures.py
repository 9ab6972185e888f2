"""Both procedures from their start to their end, as people live them; each on a site of its own.

The council's first day is Wednesday 25 March 2026. Good Friday is 3 April.
"""

from contextlib import contextmanager
from datetime import date

import pytest
from council_life import PATIENCE, Circle, at_a_browser, circle_around, date_of
from looking import nothing_serious, photograph
from person import Person
from playwright.sync_api import expect

INITIAL, REVIEW = "Initial PEP", "3 or 6 monthly PEP"


@pytest.fixture
def around(browser, new_site):
    """The people around a child, with a council to themselves."""

    @contextmanager
    def of(child: str, **names: str):
        site = new_site()
        with circle_around(browser, site, child, **names) as circle:
            yield circle
        site.stop()

    return of


def look(person: Person, name: str) -> None:
    assert photograph(person.page, f"walk-{name}") == []
    nothing_serious(person.page)


def says(person: Person, *words: str) -> None:
    for each in words:
        expect(person.page.locator("main")).to_contain_text(each)


def never_says(person: Person, *words: str) -> None:
    """Also in what is folded away."""
    for each in words:
        expect(person.page.locator("main")).not_to_contain_text(each)


def test_a_planned_placement_on_time(around):
    with around("Orla Wharram") as circle:
        first = date(2026, 4, 22)
        circle.start_case(
            entry="planned", **date_of("became_looked_after_on", first),
            **date_of("first_placement_on", first),
        )
        the_plan_is_signed_before_the_placement(circle)
        circle.move_on(date(2026, 5, 13))
        circle.officer.do("Hold the first statutory review", circle.child, review_outcome="content")
        circle.settle()
        says(circle.social_worker, "This case has come to its end")
        ended_in_time(circle, INITIAL, "Plan in force")

        circle.see_case(circle.officer, REVIEW)
        says(circle.officer, "Second review within 3 months of the first", "13 August 2026")
        look(circle.officer, "planned-next-review-waits")
        circle.move_on(date(2026, 7, 2))
        the_review_is_prepared(circle, meeting=date(2026, 7, 14), review=date(2026, 7, 30))
        circle.move_on(date(2026, 7, 30))
        circle.officer.do("Hold the statutory review", circle.child, review_outcome="content")
        circle.settle()
        ended_in_time(circle, REVIEW, "Plan updated")


def the_plan_is_signed_before_the_placement(circle: Circle) -> None:
    meeting = date(2026, 4, 16)
    circle.begin()
    circle.gather(**date_of("meeting_planned_on", meeting))
    circle.move_on(meeting)
    circle.virtual_school.do("Hold the PEP meeting", circle.child)
    circle.set_targets()
    circle.both_sign()
    circle.see_case(circle.social_worker, INITIAL)
    says(circle.social_worker, "before the placement")
    look(circle.social_worker, "planned-prepared-before")
    circle.assure("green")


def the_review_is_prepared(circle: Circle, *, meeting: date, review: date) -> None:
    circle.wait_for(circle.officer, "Confirm the review date")
    circle.officer.do(
        "Confirm the review date", circle.child, **date_of("planned_review_on", review)
    )
    circle.gather_for_review(all_on_track="yes", **date_of("meeting_planned_on", meeting))
    circle.move_on(meeting)
    circle.virtual_school.do("Hold the review meeting", circle.child)
    circle.set_targets("Revise targets and actions")
    circle.both_sign()
    circle.assure("green")


def ended_in_time(circle: Circle, case: str, end: str) -> None:
    circle.see_case(circle.officer, case, "Finished")
    says(circle.officer, f"The case came to its end: {end}.", "Done in time")
    never_says(circle.officer, "Done late", "overdue", "was told")
    look(circle.officer, f"planned-{end.lower().replace(' ', '-')}")


def test_an_emergency_placement_late_and_escalated(around, browser):
    with around("Rafe Skelton") as circle:
        circle.start_case()
        circle.begin()
        circle.move_on(date(2026, 4, 11))
        circle.wait_for(circle.team_manager, "Explain the delay")
        the_teacher_sees_what_is_late(circle)
        the_ladder_is_climbed(circle)
        circle.team_manager.do(
            "Explain the delay", circle.child, delay_reason="The school was closed for Easter"
        )
        the_manager_finds_it(circle, browser)

        circle.move_on(date(2026, 4, 23))
        circle.officer.do(
            "Hold the first statutory review", circle.child, plan_seen="no",
            review_outcome="no_plan",
        )
        circle.gather()
        circle.virtual_school.do("Hold the PEP meeting", circle.child)
        circle.set_targets()
        circle.both_sign()
        # Less than 3 working days before the review, quality assurance lets the plan go at once.
        circle.wait_for(circle.virtual_school, "Decide on pupil premium plus")
        circle.settle()
        says(circle.social_worker, "This case has come to its end")
        circle.see_case(circle.social_worker, INITIAL)
        says(
            circle.social_worker, "The case came to its end: Plan in force.", "Done late",
            "The school was closed for Easter",
        )
        look(circle.social_worker, "late-ended")


def the_teacher_sees_what_is_late(circle: Circle) -> None:
    circle.teacher.go("/tasks")
    says(circle.teacher, "overdue")
    look(circle.teacher, "late-my-tasks")
    circle.see_case(circle.social_worker, INITIAL)
    look(circle.social_worker, "late-case")


def the_ladder_is_climbed(circle: Circle) -> None:
    """Each level has 2 working days; the story of the case says who was told."""
    circle.see_case(circle.officer, INITIAL)
    address = circle.officer.page.url
    for day, who in (
        (date(2026, 4, 14), "team manager"),
        (date(2026, 4, 16), "virtual school"),
        (date(2026, 4, 20), "manager"),
    ):
        told = f"The {who} was told: “Plan still late?” Yes."
        circle.officer.go(address)
        before = circle.officer.page.get_by_text(told).count()
        circle.move_on(day)
        circle.officer.see_within(PATIENCE, address, told)
        assert circle.officer.page.get_by_text(told).count() == before + 1
    look(circle.officer, "late-all-told")


def the_manager_finds_it(circle: Circle, browser) -> None:
    with at_a_browser(browser, circle.site, "Harriet Osgodby") as manager:
        circle.see_case(manager, INITIAL)
        says(manager, "The manager was told: “Plan still late?” Yes.")
        look(manager, "late-manager")


def test_a_review_brought_forward_with_less_than_ten_working_days_left(around):
    """Eight are left: every usual day of the plan's steps is over before its task opens."""
    names = {"social_worker": "Nadia Ferreday", "team_manager": "Imran Selwick"}
    with around("Cora Burnby", **names) as circle:
        officer, review = circle.officer, date(2026, 4, 8)
        circle.ask_to_change(
            officer, REVIEW, "Bring the statutory review forward", **date_of("on", review),
            reason="The placement may end",
        )
        says(officer, "8 April 2026")
        never_says(officer, "Harriet Osgodby")  # nothing is late that could not be done before
        look(officer, "forward-preview")
        officer.page.get_by_role("button", name="Confirm").click()
        says(officer, "The placement may end")

        officer.do("Confirm the review date", circle.child, **date_of("planned_review_on", review))
        nothing_is_overdue(circle)
        circle.gather_for_review(all_on_track="yes")
        circle.virtual_school.do("Hold the review meeting", circle.child)
        circle.set_targets("Revise targets and actions")
        circle.both_sign()
        nothing_is_overdue(circle)
        circle.assure("green")
        circle.move_on(review)
        officer.do("Hold the statutory review", circle.child, review_outcome="content")
        circle.settle()
        circle.see_case(officer, REVIEW, "Finished")
        says(officer, "The case came to its end: Plan updated.")
        look(officer, "forward-ended")


def nothing_is_overdue(circle: Circle) -> None:
    circle.see_case(circle.officer, REVIEW)
    tasks = circle.officer.page.locator(".pepway-now__task")
    expect(tasks.first).to_be_visible()
    expect(tasks.filter(has_text="overdue")).to_have_count(0)
    look(circle.officer, "forward-case")


def test_ceased_to_be_looked_after_in_mid_review(around):
    names = {
        "social_worker": "Nadia Ferreday", "team_manager": "Imran Selwick",
        "teacher": "Dev Tolliver",
    }
    with around("Nell Keldhouse", **names) as circle:
        social_worker = circle.social_worker
        waits_for(circle.teacher, "Judge progress", circle.child)
        waits_for(circle.officer, "Hold the statutory review", circle.child)

        circle.ask_to_change(
            social_worker, REVIEW, "The child is no longer looked after", outcome="home",
            reason="Home to her mother, agreed at court",
        )
        says(social_worker, "“Judge progress” is no longer needed")
        look(social_worker, "ceased-preview")
        social_worker.page.get_by_role("button", name="Confirm").click()
        says(social_worker, "Closed", "Home to her mother, agreed at court")
        look(social_worker, "ceased-case")

        for person in circle.everyone:
            has_nothing_to_do(person, circle.child)
        look(circle.teacher, "ceased-teacher")
        circle.see_case(circle.virtual_school, REVIEW)
        says(circle.virtual_school, "Closed")
        look(circle.virtual_school, "ceased-kept")


def waits_for(person: Person, step: str, child: str) -> None:
    person.go("/tasks")
    assert person.has_task(step, child)


def has_nothing_to_do(person: Person, child: str) -> None:
    person.go("/tasks")
    expect(person.page.locator(".pepway-tasks__row").filter(has_text=child)).to_have_count(0)
