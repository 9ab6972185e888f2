"""An invented child comes into care; every role does its part until the second review is held.

One story, told in order: the clock only moves forwards.
"""

from datetime import date

import pytest
from looking import nothing_serious, photograph
from person import Person
from playwright.sync_api import expect
from site_of_pepway import Site

CHILD = "Robin Quennell"
FIRST_DAY = date(2026, 3, 25)
SIGNING = ("Sign as designated teacher", "Sign as social worker")
EMAILS = {
    "social_worker": "amara.lindqvist",
    "team_manager": "ruth.calloway",
    "designated_teacher": "helen.marchbanks",
    "virtual_school": "peter.vosk",
    "reviewing_officer": "colin.strathmere",
}


@pytest.fixture(scope="module")
def own_site(new_site):
    """A council whose clock this story moves."""
    return new_site()


@pytest.fixture
def people(browser, own_site):
    """Every role at a browser of its own."""
    contexts = []
    found = {}
    for role, name in EMAILS.items():
        context = browser.new_context(base_url=own_site.url, locale="en-GB")
        contexts.append(context)
        page = context.new_page()
        page.goto("/sign-in")
        page.get_by_label("E-mail address").fill(f"{name}@marrowdale.example")
        page.get_by_label("Password", exact=True).fill("demonstration")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="My tasks")).to_be_visible()
        found[role] = Person(page, FIRST_DAY)
    yield found
    for context in contexts:
        context.close()


def test_from_coming_into_care_to_the_second_review(people, own_site):
    social_worker, teacher = people["social_worker"], people["designated_teacher"]
    virtual_school, officer = people["virtual_school"], people["reviewing_officer"]

    start_the_case(social_worker)
    social_worker.do("Initiate the PEP", CHILD)
    virtual_school.do("Allocate caseworker, give VSH contact", CHILD, caseworker="Peter Vosk")
    social_worker.do("Complete social work sections", CHILD)
    teacher.do("Complete education sections", CHILD)

    at_midnight_after_the_tenth_day(own_site, people)
    people["team_manager"].do("Explain the delay", CHILD)

    teacher.do("Record the child's views", CHILD)
    virtual_school.do("Hold the PEP meeting", CHILD)
    teacher.do("Set targets and actions", CHILD)
    both_sign(teacher, social_worker)
    virtual_school.do("Assure the plan's quality", CHILD, quality_rating="red",
                      return_reasons="Say how we will know")
    teacher.do("Set targets and actions", CHILD)
    both_sign(social_worker, teacher)
    virtual_school.do("Assure the plan's quality", CHILD, quality_rating="green")
    officer.do("Hold the first statutory review", CHILD)

    the_next_review_waits(officer, "Second review within 3 months of the first")
    move_on(own_site, people, date(2026, 6, 3))
    officer.see_within(5, "/tasks", f"Confirm the review date for {CHILD}")
    officer.do("Confirm the review date", CHILD, **date_of("planned_review_on", 10, 7, 2026))
    social_worker.do("Update social work sections", CHILD)
    teacher.do("Judge progress", CHILD, all_on_track="no")
    teacher.do("Record the child's views", CHILD)
    teacher.do("Agree the way forward", CHILD)
    virtual_school.do("Hold the review meeting", CHILD)
    teacher.do("Revise targets and actions", CHILD)
    both_sign(teacher, social_worker)
    virtual_school.do("Assure the plan's quality", CHILD, quality_rating="amber")
    officer.do("Hold the statutory review", CHILD)
    the_next_review_waits(officer, "Later reviews at most 6 months apart")


def start_the_case(person: Person) -> None:
    person.go("/cases/start")
    person.fill({"upn": "Z123456789012", "family_name": "Quennell", "born-day": "4",
                 "born-month": "5", "born-year": "2016"})
    person.page.get_by_role("button", name="Check").click()
    person.page.get_by_role("link", name="Start a new case").or_(
        person.page.get_by_role("button", name="Start a new case")).first.click()
    person.fill({
        "given_names": "Robin", "family_name": "Quennell", "known_as": "Robin",
        **date_of("born_on", 4, 5, 2016), "upn": "Z123456789012", "entry": "emergency",
        "lives_out_of_area": "no", "school": "Quillbeck Primary School",
        "social_worker": "Amara Lindqvist", "team_manager": "Ruth Calloway",
        "designated_teacher": "Helen Marchbanks", "reviewing_officer": "Colin Strathmere",
    })
    person.page.get_by_role("button", name="Start the case").click()
    expect(person.page.locator("h1, .govuk-panel__title").first).to_contain_text("started")
    nothing_serious(person.page)


def both_sign(first: Person, second: Person) -> None:
    """In either order: one signature alone opens nothing."""
    for person in (first, second):
        person.go("/tasks")
        person.do(next(step for step in SIGNING if person.has_task(step, CHILD)), CHILD)


def at_midnight_after_the_tenth_day(site: Site, people: dict[str, Person]) -> None:
    """Friday 10 April is the last lawful day; on Saturday the case escalates."""
    move_on(site, people, date(2026, 4, 11))
    people["team_manager"].see_within(5, "/tasks", f"Explain the delay for {CHILD}")
    teacher = people["designated_teacher"]
    teacher.open_task("Record the child's views", CHILD)
    expect(teacher.page.locator("main")).to_contain_text("overdue")
    photograph(teacher.page, "story-late-task")


def the_next_review_waits(officer: Person, limit: str) -> None:
    officer.go("/cases")
    officer.page.get_by_role("link", name=CHILD).first.click()
    expect(officer.page.locator("main")).to_contain_text(limit)
    photograph(officer.page, "story-next-review")


def move_on(site: Site, people: dict[str, Person], day: date) -> None:
    site.move_clock(f"{day.isoformat()}T09:00")
    for person in people.values():
        person.today = day
    people["reviewing_officer"].see_within(5, "/procedures", f"{day.day} {day:%B %Y}")


def date_of(key: str, day: int, month: int, year: int) -> dict[str, str]:
    return {f"{key}-day": str(day), f"{key}-month": str(month), f"{key}-year": str(year)}
