"""Help in a real browser: read beside one's work, at both widths, without script, on paper."""

import pytest
from looking import NARROW, follow, nothing_serious, photograph
from playwright.sync_api import expect

WORDS = "Words that must not be lost"


@pytest.mark.parametrize("javascript", [True, False])
def test_a_teacher_reads_help_and_comes_back_to_the_words_typed(signed_in_page, javascript):
    page = signed_in_page("designated_teacher", javascript=javascript, width=NARROW)
    page.goto("/tasks")
    page.goto(page.locator(".pepway-tasks__name a").first.get_attribute("href"))
    box = page.locator("main form textarea:visible").first
    box.fill(WORDS)

    with page.expect_popup() as opening:
        page.get_by_role("link", name="Help (opens a new tab)").click()
    beside = opening.value
    expect(beside.get_by_role("heading", level=1)).to_have_text(
        "Do the task that is waiting for you")
    follow(beside.get_by_role("link", name="If you cannot answer a question yet"))
    expect(beside.locator("main")).to_contain_text("Save and come back later")
    beside.close()

    expect(box).to_have_value(WORDS)
    page.get_by_role("button", name="Save and come back later", exact=True).last.click()
    page.go_back()
    expect(page.locator("main form textarea:visible").first).to_have_value(WORDS)


def test_pages_of_help_at_both_widths(signed_in_page):
    page = signed_in_page("virtual_school", width=NARROW)
    faults = []
    for address in ("/help", "/help/do-a-task", "/help/how-a-plan-comes-about",
                    "/help/change-a-diagram", "/help/words", "/help/new"):
        page.goto(address)
        nothing_serious(page)
        for picture in page.locator("main img").all():
            picture.scroll_into_view_if_needed()
            expect(picture).to_have_js_property("complete", value=True)
            assert picture.evaluate("it => it.naturalWidth") > 0
        faults += photograph(page, f"help {address.rpartition('/')[2]}")

    page.goto("/help")
    page.get_by_label("Search help").fill("placment")
    follow(page.get_by_role("button", name="Search help"))
    expect(page.get_by_role("link", name="Change a child's placement")).to_be_visible()
    nothing_serious(page)
    assert faults + photograph(page, "help found") == []


def test_a_guide_on_paper_and_before_signing_in(open_page):
    page = open_page("/sign-in", width=NARROW, javascript=False)
    page.goto(page.get_by_role("link", name="Help (opens a new tab)").get_attribute("href"))
    expect(page.get_by_role("heading", level=1)).to_have_text("How to sign in")
    faults = photograph(page, "help sign in")

    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="Help", exact=True).first).to_be_hidden()
    expect(page.get_by_text("If it does not work")).to_be_visible()
    assert faults + photograph(page, "help on paper") == []
