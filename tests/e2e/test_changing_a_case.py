"""Changing something about a case in a real browser, on a phone and without script."""

import pytest
from looking import NARROW, follow, photograph, serious_faults
from playwright.sync_api import Page, expect


def open_a_case(page: Page) -> None:
    page.goto("/cases")
    links = page.locator(".pepway-list tbody a").all()
    page.goto(next(link.get_attribute("href") for link in links))


@pytest.mark.parametrize("javascript", [True, False])
def test_a_reason_and_what_will_happen_come_before_the_change(signed_in_page, javascript):
    page = signed_in_page("social_worker", width=NARROW, javascript=javascript)
    open_a_case(page)
    follow(page.get_by_role("link", name="Report a suspension or exclusion"))
    faults = photograph(page, f"change-form-{javascript}")
    page.get_by_label("A permanent exclusion").check()
    first = page.get_by_role("group", name="From which day?")
    for box, words in (("Day", "5"), ("Month", "1"), ("Year", "2026")):
        first.get_by_label(box).fill(words)
    page.get_by_role("button", name="See what will happen").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    faults += photograph(page, f"change-refused-{javascript}")
    if javascript:
        faults += serious_faults(page)
        expect(page.get_by_label("How many sessions?")).to_be_hidden()

    page.get_by_label("What did the school give as the reason?").fill("A fight at lunch")
    page.get_by_role("button", name="See what will happen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What will happen")
    faults += photograph(page, f"change-preview-{javascript}")
    if javascript:
        faults += serious_faults(page)
    page.get_by_role("button", name="Change what I entered").click()
    expect(page.get_by_label("What did the school give as the reason?")).to_have_value(
        "A fight at lunch"
    )

    assert not faults, "\n".join(faults)


def test_all_that_a_virtual_school_can_change_fits_a_phone(signed_in_page):
    page = signed_in_page("virtual_school", width=NARROW)
    open_a_case(page)
    faults = photograph(page, "case-with-changes")
    page.get_by_role("link", name="Change something").first.click()
    ways = page.locator("#change ~ ul a")
    addresses = [way.get_attribute("href") for way in ways.all()]
    assert len(addresses) > 5

    for address in addresses:
        page.goto(address)
        faults += photograph(page, f"change-{address.rsplit('/', 1)[-1]}") + serious_faults(page)

    assert not faults, "\n".join(faults)
