"""A head of service who has never seen BPMN adds a step with the keyboard alone, has a colleague
approve it, moves the running cases, and takes the move back."""

import re

from looking import nothing_serious, photograph
from playwright.sync_api import expect

MOST_TABS = 300


def to(page, control):
    """Tab after Tab, as somebody without a mouse comes to it."""
    wanted = control.element_handle()
    for _ in range(MOST_TABS):
        if page.evaluate("each => document.activeElement === each", wanted):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not come to {control}")


def press(page, role, name, within=None):
    to(page, (within or page).get_by_role(role, name=name).first)
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def answer(page, question, text):
    to(page, page.get_by_label(question, exact=True))
    page.keyboard.type(text)


def watch(page, until):
    """The page keeps itself up to date, where that is asked for."""
    expect(page.locator("h1")).to_contain_text(re.compile(f"are being|{until}"))
    if page.get_by_role("link", name="keep this page up to date").count():
        press(page, "link", "keep this page up to date")
    expect(page.locator("h1")).to_contain_text(until, timeout=60_000)


def test_a_step_by_the_list_approved_its_cases_moved_and_put_back(signed_in_page):
    owner = signed_in_page("process_owner")
    owner.goto("/studio")
    press(owner, "link", re.compile("of 3 or 6 monthly PEP"))
    press(owner, "link", "Steps as a list")
    row = owner.locator("tr", has_text="Collect progress from staff").first
    to(owner, row.locator("summary").first)
    owner.keyboard.press("Enter")
    press(owner, "link", re.compile("Add a step after"), row)
    answer(owner, "What is the step called?", "Ask the school nurse")
    answer(owner, "Who does it?", "Designated")
    answer(owner, "Which form is filled in?", "A new form")
    answer(owner, "In what is it counted?", "working")
    answer(owner, "How many?", "5")
    answer(owner, "Which date?", "The day on which the step")
    press(owner, "button", "See what will change")
    expect(owner.locator("main")).to_contain_text("a new step of the designated teacher, due 5 wor")
    photograph(owner, "studio-step-to-be-added")
    nothing_serious(owner)
    press(owner, "button", "Save")
    expect(owner.locator("main")).to_contain_text("It can be published.")

    press(owner, "link", "Changes")
    answer(owner, "What did you change, and why?", "The school nurse is asked too")
    press(owner, "button", "Send for approval")
    expect(owner.locator("h1")).to_contain_text("Release")
    colleague = signed_in_page("virtual_school")
    colleague.goto(owner.url)
    press(colleague, "button", "Approve and make it live")
    expect(colleague.get_by_role("button", name="Approve and make it live")).to_have_count(0)

    owner.goto("/studio/review-pep/move")
    to(owner, owner.get_by_label("All of them"))
    owner.keyboard.press("Space")
    press(owner, "button", "See what would become of them")
    expect(owner.locator("main")).to_contain_text("Moves as it is")
    photograph(owner, "studio-cases-to-be-moved")
    nothing_serious(owner)
    answer(owner, "Why are they moved?", "Every child is asked")
    press(owner, "button", re.compile("Move .* cases"))
    watch(owner, "were moved")
    photograph(owner, "studio-cases-moved")
    press(owner, "button", "Undo the move")
    watch(owner, "were put back")
