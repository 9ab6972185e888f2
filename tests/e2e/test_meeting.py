"""Booking a meeting, and holding it on one screen, in a real browser."""

from looking import nothing_serious, photograph
from playwright.sync_api import expect


def open_task(page, name):
    page.goto("/tasks")
    page.get_by_role("link", name=name).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def test_whoever_books_a_meeting_sees_which_days_fit(signed_in_page):
    page = signed_in_page("virtual_school", 1)
    open_task(page, "Convene the PEP meeting")
    expect(page.get_by_role("heading", name="Which days fit")).to_be_visible()
    nothing_serious(page)
    assert photograph(page, "meeting-booking") == []


LONGEST = 12_000
"""Pixels of the meeting on a phone, where every question is shown; it was 33,700 with all open."""


def test_a_meeting_on_a_phone_without_javascript(signed_in_page):
    page = signed_in_page("virtual_school", 1, width=320, javascript=False)
    open_task(page, "Hold the PEP meeting")
    page.get_by_role("link", name="The meeting on one screen").click()
    ways = page.get_by_role("navigation", name="On this page")
    expect(ways, "a page just asked for has no document to measure").to_be_visible()
    assert page.evaluate("document.documentElement.scrollHeight") < LONGEST

    for way, name in (("Actions", "Actions"), ("Targets", "Targets"), ("Notes", "Running notes")):
        ways.get_by_role("link", name=way).click()
        heading = page.get_by_role("heading", name=name, exact=True)
        expect(heading).to_be_in_viewport()
        expect(ways).to_be_in_viewport()
        assert heading.bounding_box()["y"] >= ways.bounding_box()["height"], "not covered"
    closed = page.locator("summary", has_text="Education now")
    closed.focus()
    page.keyboard.press("Enter")
    expect(page.locator("details[open] > summary", has_text="Education now")).to_be_visible()


def test_a_meeting_is_held_on_one_screen(signed_in_page):
    page = signed_in_page("virtual_school", 1)
    open_task(page, "Hold the PEP meeting")
    page.get_by_role("link", name="The meeting on one screen").click()
    expect(page.locator("summary h2").first).to_have_text("In their own words")
    notes = page.get_by_label("What is being said?")
    notes.fill("Began with the drawing.")
    expect(page.locator("[data-autosave-status]").first).to_have_text("Saved")
    nothing_serious(page)
    assert photograph(page, "meeting-mode") == []

    page.reload()
    expect(page.get_by_label("What is being said?")).to_have_value("Began with the drawing.")
