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
