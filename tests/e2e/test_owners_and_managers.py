"""A process owner publishes a change; a manager finds late work and gives it to someone else."""

import re

from looking import nothing_serious, photograph
from playwright.sync_api import expect


def test_an_edit_is_published_and_new_cases_use_it(signed_in_page):
    owner = signed_in_page("process_owner")
    owner.goto("/studio/initial-pep/draw/initial-pep")
    owner.locator('[data-element-id="hold_pep_meeting"]').first.click()
    panel = owner.locator("#panel")
    panel.get_by_label("Name").fill("Hold the first PEP meeting")
    panel.get_by_label("Name").press("Tab")
    owner.get_by_role("button", name="Save the draft").click()
    expect(owner.locator("#saving")).to_contain_text("saved", ignore_case=True)
    photograph(owner, "studio-changed")
    nothing_serious(owner)

    owner.set_viewport_size({"width": 1280, "height": 800})
    owner.get_by_role("link", name="Changes").click()
    expect(owner.locator("main")).to_contain_text("before “Hold the PEP meeting”")
    owner.get_by_label("What did you change, and why?").fill("The name says which meeting it is")
    owner.get_by_role("button", name="Send for approval").click()
    expect(owner.locator("body")).to_contain_text("waits for a colleague")
    photograph(owner, "studio-proposed")
    nothing_serious(owner)

    colleague = signed_in_page("virtual_school")
    colleague.goto(owner.url)
    photograph(colleague, "studio-to-approve")
    nothing_serious(colleague)
    colleague.get_by_role("button", name="Approve and make it live").click()
    expect(colleague.locator("main")).to_contain_text("The name says which meeting it is")
    owner.goto("/procedures/initial-pep")
    expect(owner.locator("main")).to_contain_text("Hold the first PEP meeting")
    running = signed_in_page("virtual_school")
    running.goto("/board/initial-pep/hold_pep_meeting")
    expect(running.locator("main li h2").first).to_be_visible()


def test_a_change_that_could_strand_a_case_is_not_published(signed_in_page):
    owner = signed_in_page("process_owner")
    owner.goto("/studio/review-pep/draw/review-pep")
    owner.locator('[data-element-id="judge_progress"]').first.click()
    panel = owner.locator("#panel")
    panel.get_by_label("Counted in").select_option(label="Written as an expression")
    panel.get_by_label("The date as an expression").fill("earlier_of(review_dat, review_date)")
    panel.get_by_label("The date as an expression").press("Tab")
    owner.get_by_role("button", name="Save the draft").click()

    expect(owner.locator("#findings")).to_contain_text("there is nothing called review_dat here")
    owner.get_by_role("link", name="Changes").click()
    owner.get_by_label("What did you change, and why?").fill("A slip of the keyboard")
    owner.get_by_role("button", name="Send for approval").click()
    expect(owner.get_by_role("alert")).to_contain_text("Correct what the check has found")


def test_from_a_number_to_a_late_case_and_to_someone_else(signed_in_page):
    manager = signed_in_page("manager")
    manager.goto("/board")
    manager.get_by_role("link", name=re.compile(r"late at", re.IGNORECASE)).first.click()
    expect(manager.locator("main")).to_contain_text("overdue")
    photograph(manager, "board-late-step")
    nothing_serious(manager)

    manager.goto("/board/initial-pep/hold_pep_meeting")
    manager.get_by_role("link", name=re.compile("Give to someone else")).first.click()
    manager.get_by_role("button", name="Give the task").click()
    expect(manager.get_by_role("alert")).to_contain_text("There is a problem")
    manager.get_by_role("radio").first.check()
    manager.get_by_label("Why?").fill("Peter is on leave until Monday")
    manager.get_by_role("button", name="Give the task").click()

    manager.locator("main li h2 a").first.click()
    expect(manager.locator("main")).to_contain_text("Peter is on leave until Monday")
