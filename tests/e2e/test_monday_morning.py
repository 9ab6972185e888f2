"""Monday morning of a Virtual School Head: what will be late, why, and put right from there."""

import re
from datetime import datetime

from hand import PATIENCE, Hand
from looking import nothing_serious, photograph
from playwright.sync_api import expect

FIGURES_WITHIN = 120_000
"""Milliseconds until all that has happened is in the chain, and counted."""
WILL_BE_LATE = re.compile(r"Will be late \([1-9]")


def wait_for_the_figures(page):
    page.goto("/board/late-soon")
    for _ in range(60):
        if page.get_by_role("link", name=WILL_BE_LATE).count():
            return
        page.wait_for_timeout(FIGURES_WITHIN / 60)
        page.reload()
    raise AssertionError(page.locator("main").inner_text())


def give_the_first(page, hand):
    """What will be late first, to somebody else; it stays on the list, for it is not done yet."""
    hand.click(page.get_by_role("link", name=re.compile("^Give to someone else")).first)
    hand.click(page.get_by_role("radio").first)
    hand.click(page.get_by_label("Why?"))
    page.keyboard.type("Away this week")
    hand.press("Give the task")
    expect(page.locator("h1")).to_have_text("What will be late", timeout=PATIENCE)
    expect(page.locator("body")).to_contain_text("now belongs to")


def enter_an_absence(page, hand):
    """For the first colleague of the workload who has anything to do, from today on."""
    hand.follow("Workload")
    assert photograph(page, "workload") == []
    hand.click(page.locator("main tbody tr a").first)
    hand.follow("Enter an absence")
    shown = re.search(r"The clock shows (\d+ \w+ \d{4})", page.locator("body").inner_text())
    day = datetime.strptime(shown[1], "%d %B %Y")  # noqa: DTZ007 - a day, as the page shows it
    for part, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        hand.click(page.get_by_label(part).first)
        page.keyboard.type(str(value))
    hand.click(page.get_by_label("Leave"))
    hand.press("Continue")
    hand.click(page.get_by_role("radio").first)
    hand.click(page.get_by_label("All of them are covered"))
    hand.press("See what will happen")
    expect(page.locator("h1")).to_have_text("Check what will happen", timeout=PATIENCE)
    assert photograph(page, "absence-to-be-entered") == []
    nothing_serious(page)
    hand.press("Enter the absence")
    expect(page.locator("main")).to_contain_text("covers", timeout=PATIENCE)


def test_what_will_be_late_is_found_explained_and_given_to_others(signed_in_page):
    page = signed_in_page("virtual_school")
    wait_for_the_figures(page)
    page.goto("/tasks")
    hand = Hand(page)

    hand.click(page.get_by_role("link", name=re.compile("will be late")))
    expect(page.locator("h1")).to_have_text("What will be late", timeout=PATIENCE)
    hand.click(page.get_by_role("link", name=re.compile("^How long each step took")).first)
    expect(page.locator("h1")).to_contain_text(re.compile("late|took"), timeout=PATIENCE)
    page.go_back()
    expect(page.locator("h1")).to_have_text("What will be late", timeout=PATIENCE)
    give_the_first(page, hand)
    give_the_first(page, hand)
    assert hand.clicks <= 12

    for name in ("late-soon", "children", "deadlines", "quality", "times"):
        page.goto(f"/board/{name}")
        assert photograph(page, f"board-{name}") == []
        nothing_serious(page)


def test_a_colleague_is_covered_and_the_list_goes_to_a_meeting(signed_in_page):
    page = signed_in_page("virtual_school", 1)
    hand = Hand(page)
    enter_an_absence(page, hand)

    hand.follow("Cases")
    hand.follow("Late")
    hand.follow("Download as a spreadsheet")
    with page.expect_download() as file:
        hand.press("Download the file")

    assert file.value.suggested_filename.endswith(".csv")
    assert hand.clicks <= 20
