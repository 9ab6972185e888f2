"""What goes wrong, as a person sees it: words that help, nothing lost, at two widths."""

import sqlite3
from contextlib import closing, contextmanager
from datetime import date

import pytest
from elsewhere import Elsewhere
from looking import WIDE, nothing_serious, photograph
from playwright.sync_api import Page, expect

WEDNESDAY = date(2026, 3, 25)
PATIENCE = 30_000
"""Milliseconds: Pepway waits 15 seconds for a database that another program holds."""
WORDS = "Words that took an hour to find"
WRITER = "josh.penhallick"


@pytest.fixture(scope="module")
def council(new_site):
    return new_site()


@pytest.fixture(scope="module")
def elsewhere(council):
    return Elsewhere(council)


@pytest.fixture
def page(browser, council):
    """Of someone who has tasks, signed in; a page of 500 is what these stories are about."""
    context = browser.new_context(
        base_url=council.url, viewport={"width": WIDE, "height": 800}, locale="en-GB",
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(f"{WRITER}@marrowdale.example")
    page.get_by_label("Password", exact=True).fill("demonstration")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    yield page
    context.close()


@pytest.fixture
def task(page, elsewhere):
    """A step of theirs, which is open before them and asks for words."""
    for row in elsewhere.tasks_of(WRITER):
        page.goto(f"/tasks/{row['id']}")
        if page.locator("main textarea:visible").count():
            return row
    raise AssertionError


def send_words(page: Page) -> None:
    page.locator("main textarea:visible").first.fill(WORDS)
    press_continue(page)


def press_continue(page: Page) -> None:
    page.get_by_role("button", name="Continue", exact=True).last.click()


def shown(page: Page, status: int, heading: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    nothing_serious(page)
    assert photograph(page, f"error {status}") == []


@contextmanager
def database_of(council):
    with closing(sqlite3.connect(council.folder / "pepway.db", isolation_level=None)) as opened:
        yield opened


def test_a_page_that_is_not_there(page):
    page.goto("/cases/00000000-0000-0000-0000-000000000000")

    shown(page, 404, "Page not found")
    page.get_by_role("link", name="Go to my tasks").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My tasks")


def test_too_much_at_once(page, task):
    page.locator("main textarea:visible").first.evaluate("box => { box.value = 'x'.repeat(3.2e6) }")
    press_continue(page)

    shown(page, 413, "This is too much to send in one go")


def test_a_fault(page, task, council):
    with database_of(council) as database:
        database.execute("ALTER TABLE record_value RENAME TO elsewhere")
        send_words(page)
        shown(page, 500, "Sorry, something went wrong")
        database.execute("ALTER TABLE elsewhere RENAME TO record_value")

    expect(page.get_by_text(WORDS).first).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("main").get_by_text(WORDS).first).to_be_visible()


def test_a_database_that_another_program_holds(page, task, council):
    with database_of(council) as database:
        database.execute("BEGIN IMMEDIATE")
        send_words(page)
        shown(page, 503, "Pepway cannot reach its records for a moment")
        database.execute("ROLLBACK")

    expect(page.get_by_text(WORDS).first).to_be_visible()


def test_somebody_was_there_before(page, task, elsewhere):
    elsewhere.do(WRITER, task["case"], task["element"], today=WEDNESDAY)
    send_words(page)

    shown(page, 409, "This task is already done")
    expect(page.locator("main")).not_to_contain_text("Not answered")
    expect(page.get_by_text(WORDS).first).to_be_visible()
