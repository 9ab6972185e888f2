"""A process owner changes a step in the editor's panel, and never writes an expression."""

import re

from hand import Hand
from looking import nothing_serious, photograph
from playwright.sync_api import expect


def opened(signed_in_page, step):
    owner = signed_in_page("process_owner")
    owner.set_viewport_size({"width": 1280, "height": 1000})
    owner.goto("/studio/reopened-plan/draw/reopened-plan")
    owner.locator(f'[data-element-id="{step}"]').first.click()
    return owner, owner.locator("#panel")


def discard(owner):
    owner.goto("/studio/reopened-plan")
    owner.get_by_role("button", name="Throw the draft away").click()


def test_who_when_and_a_reminder_are_chosen_and_saved_by_itself(signed_in_page):
    owner, panel = opened(signed_in_page, "sign_off_teacher")
    panel.get_by_label("How many").fill("9")
    panel.get_by_label("How many").press("Tab")
    panel.get_by_label("Who does it").select_option("virtual_school")
    panel.get_by_role("button", name="Add one").click()
    panel.get_by_label("Who is told").select_option("team_manager")
    photograph(owner, "studio-panel-reminder")
    nothing_serious(owner)
    panel.get_by_role("button", name="Add it").click()
    expect(panel).to_contain_text("Remind: ")

    expect(owner.locator("#saving")).to_contain_text("The draft was saved", timeout=15_000)
    expect(owner.locator("#findings")).to_contain_text("It can be published")
    owner.get_by_role("link", name="Changes").click()
    main = owner.locator("main")
    expect(main).to_contain_text("who does it is Virtual school, before Designated teacher")
    expect(main).to_contain_text("9 working days after")
    expect(main).to_contain_text("who is told is Team manager")
    discard(owner)


def test_what_an_arrow_asks_is_chosen_as_question_and_answer(signed_in_page):
    owner = signed_in_page("process_owner")
    owner.set_viewport_size({"width": 1280, "height": 1000})
    owner.goto("/studio/review-pep/draw/review-pep")
    owner.locator('[data-element-id="on_track_to_agree_way_forward_label"]').first.click()
    panel = owner.locator("#panel")
    expect(panel.get_by_label("What is asked")).to_have_value("is")
    panel.get_by_label("What is asked").select_option("is_not")
    panel.get_by_role("button", name="Add another question").click()
    photograph(owner, "studio-panel-condition")
    nothing_serious(owner)
    panel.get_by_role("button", name="Take it out").last.click()
    panel.get_by_role("button", name="Write it as an expression").click()
    expect(panel.get_by_label("The condition as an expression")).to_have_value(
        'all_on_track != "no"')
    for _ in range(3):
        owner.get_by_role("button", name="Undo").click()
    expect(panel.get_by_label("What is asked")).to_have_value("is")


def test_a_shape_is_found_and_the_diagram_taken_away_as_a_picture(signed_in_page):
    owner, panel = opened(signed_in_page, "sign_off_teacher")
    owner.get_by_role("button", name="Find a shape").click()
    expect(owner.get_by_label("Search in diagram")).to_be_focused()
    owner.keyboard.type("teacher")
    expect(owner.locator(".djs-search-results")).to_contain_text("Sign as designated teacher")
    owner.keyboard.press("Enter")
    expect(panel.get_by_label("Name")).to_have_value(re.compile("teacher"))

    with owner.expect_download() as saved:
        owner.get_by_role("button", name="Download as a picture").click()
    assert saved.value.suggested_filename == "reopened-plan.svg"


def test_a_step_is_dropped_on_an_arrow_what_follows_makes_room_and_one_undo_takes_it_back(
    signed_in_page,
):
    owner, panel = opened(signed_in_page, "sign_off_teacher")
    hand = Hand(owner)
    before, behind = (owner.locator(f'[data-element-id="{each}"]').first
                      for each in ("signed", "pass_plan_on"))
    shapes = owner.locator(".djs-shape")
    number = shapes.count()

    step = owner.get_by_role("button", name="Add a step: put it on an arrow")
    hand.drag(step, owner.locator('[data-element-id="signed_to_pass_plan_on"] .djs-hit-stroke'))

    expect(panel.get_by_label("Name")).to_be_focused()
    expect(panel).to_contain_text("It has no form")
    expect(shapes).to_have_count(number + 1)
    new = owner.locator(".djs-shape.selected").first
    assert right_of(before) < left_of(new) < right_of(new) < left_of(behind)
    photograph(owner, "studio-step-dropped")
    hand.press("Undo")
    expect(shapes).to_have_count(number)


def left_of(shape):
    return shape.bounding_box()["x"]


def right_of(shape):
    box = shape.bounding_box()
    return box["x"] + box["width"]
