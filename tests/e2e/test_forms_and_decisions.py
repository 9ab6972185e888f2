"""A process owner draws a form and a decision table with the mouse, and sees what comes of it."""

import re

import pytest
from looking import nothing_serious, photograph
from playwright.sync_api import expect

FORM = "/studio/reopened-plan/forms/sign_off_teacher"
DECISIONS = "/studio/reopened-plan/decisions"


@pytest.fixture
def owner(signed_in_page):
    page = signed_in_page("process_owner")
    page.set_viewport_size({"width": 1280, "height": 900})
    return page


def is_saved(page):
    expect(page.locator("#saving")).to_contain_text("The draft was saved")


def test_a_question_that_is_drawn_stands_in_the_preview_and_in_the_list(owner):
    owner.goto(FORM)
    palette = owner.locator(".fjs-palette")
    expect(palette.locator("[data-field-type]")).to_have_count(11)

    palette.get_by_title("Create a One of several element").press("Enter")
    panel = owner.locator(".fjs-properties-panel")
    expect(owner.locator("#preview")).to_contain_text("Radio group")
    expect(owner.locator("#words")).to_contain_text("still has the name that the editor gave it")

    owner.locator(".fjs-form-field-radio").last.click()
    panel.get_by_text("The question", exact=True).click()
    panel.get_by_text("Field label").locator("xpath=following::*[self::textarea or self::input "
                                             "or @contenteditable='true'][1]").click()
    owner.keyboard.press("Control+A")
    owner.keyboard.type("Was the <b>nurse</b> utilised?")
    expect(owner.locator("#preview")).to_contain_text("Was the <b>nurse</b> utilised?")
    expect(owner.locator("#words")).to_contain_text("Write “use”")

    panel.get_by_text("In Pepway").click()
    panel.get_by_label("Hint").fill("Of the school")
    panel.get_by_label("Hint").press("Tab")
    expect(owner.locator("#preview .govuk-hint").last).to_contain_text("Of the school")

    is_saved(owner)  # by itself, after a while
    photograph(owner, "studio-form")
    nothing_serious(owner)
    owner.get_by_role("link", name="edit the questions as a list").click()
    expect(owner.locator("main")).to_contain_text("Was the <b>nurse</b> utilised?")


def test_whoever_saves_second_is_asked_what_shall_stand(owner, signed_in_page):
    owner.goto(FORM)
    other = signed_in_page("process_owner")
    other.goto(f"{FORM}/questions/add")
    other.get_by_label("Question", exact=True).fill("Who else has read it?")
    other.get_by_label("A line of text").check()
    other.get_by_role("button", name="Add the question").click()

    owner.locator(".fjs-palette").get_by_title("Create a Short text element").press("Enter")
    owner.get_by_role("button", name="Save the draft").click()

    conflict = owner.get_by_role("alert")
    expect(conflict).to_contain_text("Somebody was there before you")
    conflict.get_by_role("button", name="Save mine over theirs").click()
    is_saved(owner)
    expect(conflict).to_be_hidden()


def test_a_cell_that_is_drawn_is_checked_and_tested(owner):
    owner.goto(f"{DECISIONS}/new")
    owner.get_by_label("What does it decide?").fill("How soon to look again")
    owner.get_by_label("First").select_option("age_today")
    owner.get_by_label("What does it give?").fill("Weeks until then")
    owner.get_by_label("Its name in conditions").fill("look_weeks")
    owner.get_by_label("A number").check()
    owner.get_by_role("button", name="Make the table").click()
    owner.get_by_role("link", name="Tests", exact=True).click()
    owner.get_by_role("button", name="Add a test").click()
    owner.get_by_label(re.compile("Test 1, if")).fill("5")
    owner.get_by_label(re.compile("Test 1, Then")).fill("4")
    owner.get_by_role("button", name="Save the tests").last.click()
    expect(owner.locator("main")).to_contain_text("Fails")

    owner.get_by_role("link", name="The table with the mouse").click()
    cell = owner.locator(".dmn-decision-table-container td.output-cell").first
    cell.click()
    owner.keyboard.type("4")
    owner.locator(".dmn-decision-table-container td.input-cell").first.click()
    expect(owner.locator("#checked")).not_to_contain_text("fails")
    is_saved(owner)
    photograph(owner, "studio-decision")
    nothing_serious(owner)

    owner.get_by_role("link", name="Tests", exact=True).click()
    expect(owner.locator("main")).to_contain_text("Passes")
