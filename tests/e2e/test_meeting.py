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
