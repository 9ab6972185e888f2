"""The Back button of a real browser, with and without script: a page is shown, no word is lost."""

import pytest
from looking import NARROW
from playwright.sync_api import Page, expect

both = pytest.mark.parametrize("javascript", [True, False])


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def open_first_task(page: Page) -> str:
    page.goto("/tasks")
    link = page.locator(".pepway-tasks__name a").first
    page.goto(link.get_attribute("href"))
    return page.get_by_role("heading", level=1).text_content().strip()


@both
def test_from_a_task_that_was_sent_back_with_errors(signed_in_page, javascript):
    page = signed_in_page("designated_teacher", javascript=javascript, width=NARROW)
    step = open_first_task(page)
    box = page.locator("main form textarea:visible").first
    box.fill("Words that must not be lost")
    name = box.get_attribute("name")
    page.get_by_role("button", name="Continue", exact=True).click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()

    page.goto("/tasks")
    page.go_back()

    heading(page, step)
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    expect(page.locator(f'[name="{name}"]')).to_have_value("Words that must not be lost")
    page.go_back()
    heading(page, step)
    expect(page.locator(f'[name="{name}"]')).to_have_value("Words that must not be lost")


@both
def test_from_the_page_that_shows_what_a_change_would_do(signed_in_page, javascript):
    page = signed_in_page("social_worker", javascript=javascript)
    page.goto("/cases")
    page.goto(page.locator(".pepway-list tbody tr a").first.get_attribute("href"))
    page.get_by_role("link", name="Report a suspension or exclusion").click()
    page.get_by_label("A permanent exclusion").check()
    first = page.get_by_role("group", name="From which day?")
    for box, words in (("Day", "5"), ("Month", "1"), ("Year", "2026")):
        first.get_by_label(box).fill(words)
    reason = page.get_by_label("What did the school give as the reason?")
    reason.fill("A fight at lunch")
    page.get_by_role("button", name="See what will happen").click()
    heading(page, "What will happen")

    page.go_back()

    expect(reason).to_have_value("A fight at lunch")
    page.go_forward()
    heading(page, "What will happen")


@both
def test_through_the_start_of_a_case(signed_in_page, javascript):
    page = signed_in_page("social_worker", javascript=javascript)
    page.goto("/cases/start")
    page.get_by_label("Family name").fill("Backwards")
    for box, words in (("Day", "4"), ("Month", "5"), ("Year", "2015")):
        page.get_by_label(box, exact=True).fill(words)
    page.get_by_role("button", name="Check", exact=True).click()
    page.get_by_role("button", name="Start a new case").click()
    given = page.get_by_label("Given names", exact=True)
    given.fill("Robin")
    page.get_by_role("button", name="Start the case").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()

    page.go_back()
    expect(given).to_have_value("Robin")
    page.go_back()
    heading(page, "Does the child have a record already?")
    expect(page.get_by_label("Family name")).to_have_value("Backwards")


@both
def test_after_a_wrong_password(open_page, site, javascript):
    page = open_page("/sign-in", javascript=javascript)
    email = site.email_of("social_worker")
    for password in ("a guess", "demonstration"):
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password", exact=True).fill(password)
        page.get_by_role("button", name="Sign in").click()
    heading(page, "My tasks")

    page.go_back()

    heading(page, "My tasks")
