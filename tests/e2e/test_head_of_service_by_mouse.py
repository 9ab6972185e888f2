"""The same head of service with the mouse, in the drawn diagram: a step is put between two others,
tried, approved; the running cases are moved to it and put back."""

import re

from hand import PATIENCE, Hand
from looking import nothing_serious, photograph
from playwright.sync_api import expect


def put_a_step_between_two(owner, hand):
    hand.click(owner.locator('[data-element-id="collect_progress"]').first)
    hand.click(owner.get_by_title("Add a step after this"))
    panel = owner.locator("#panel")
    expect(panel.get_by_label("Name")).to_be_focused()
    owner.keyboard.type("Ask the school nurse")
    hand.choose(panel.get_by_label("Who does it"), "Designated teacher")
    hand.choose(panel.get_by_label("Which form"), "A new form, with one question")
    expect(panel).to_contain_text("It asks “What was done?” so far.")
    hand.choose(panel.get_by_label("Counted in"), "working days")
    expect(panel.get_by_label("How many")).to_have_value("5")
    expect(owner.locator("#verdict")).to_have_text("It can be published.",
                                                 timeout=PATIENCE)
    expect(panel.locator("[data-found]")).to_be_hidden()


def try_it(owner, hand):
    hand.follow("Try it")
    expect(owner).to_have_url(re.compile("/try/child"), timeout=PATIENCE)
    hand.press("Begin")
    hand.press("On to what comes next")
    for step in ("Confirm the review date", "Collect progress from staff", "Ask the school nurse"):
        hand.click(owner.get_by_role("link", name=re.compile(f"Do this as the .*{step}")))
        hand.press("Fill in what is empty")
        hand.press("Do this step")
        expect(owner.locator("main")).to_contain_text(re.compile(f"The last act: .*{step}"))


def watch(page, hand, until):
    expect(page.locator("h1")).to_contain_text(re.compile(f"are being|{until}"))
    if page.get_by_role("link", name="keep this page up to date").count():
        hand.follow("keep this page up to date")
    expect(page.locator("h1")).to_contain_text(until, timeout=60_000)


def test_a_step_drawn_between_two_tried_approved_its_cases_moved_and_put_back(signed_in_page):
    owner = signed_in_page("process_owner", width=1366)
    hand = Hand(owner)
    owner.goto("/studio")
    hand.click(owner.get_by_role("link", name=re.compile("of 3 or 6 monthly PEP")).first)
    hand.follow("Diagram")
    put_a_step_between_two(owner, hand)
    try_it(owner, hand)

    hand.follow("Changes")
    main = owner.locator("main")
    expect(main).to_contain_text("The step “Ask the school nurse” is new")
    hand.click(owner.get_by_label("What did you change, and why?"))
    owner.keyboard.type("The school nurse is asked too")
    hand.press("Send for approval")
    expect(owner.locator("h1")).to_contain_text("Release")
    colleague = signed_in_page("virtual_school")
    colleague.goto(owner.url)
    Hand(colleague).press("Approve and make it live")
    expect(colleague.get_by_role("button", name="Approve and make it live")).to_have_count(0)

    owner.goto("/studio/review-pep/move")
    hand.click(owner.get_by_label("All of them"))
    hand.press("See what would become of them")
    expect(main).to_contain_text("Moves as it is")
    photograph(owner, "studio-cases-to-be-moved-by-mouse")
    nothing_serious(owner)
    hand.click(owner.get_by_label("Why are they moved?"))
    owner.keyboard.type("Every child is asked")
    hand.click(owner.get_by_role("button", name=re.compile("Move .* cases")))
    watch(owner, hand, "were moved")
    hand.press("Undo the move")
    watch(owner, hand, "were put back")
    assert hand.clicks <= 40
