"""A carer and a child without an account, on a phone, without JavaScript; then the professional."""

import re

import pytest
from elsewhere import Elsewhere
from looking import NARROW, WIDE, follow, nothing_serious, photograph
from PIL import Image
from playwright.sync_api import Page, expect

SAID = "Homework goes best straight after tea."
MOST_PEOPLE = 12


@pytest.fixture
def asker(site, open_page):
    """Somebody who has this step to do, signed in on its page."""
    elsewhere = Elsewhere(site)

    def sign_in(step: str, role: str) -> Page:
        for number in range(MOST_PEOPLE):
            email = site.email_of(role, number)
            rows = elsewhere.tasks_of(email.partition("@")[0])
            if task := next((row["id"] for row in rows if row["element"] == step), None):
                break
        page = open_page("/sign-in", width=WIDE)
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password", exact=True).fill("demonstration")
        follow(page.get_by_role("button", name="Sign in"))
        page.goto(f"/tasks/{task}")
        return page

    return sign_in


def make_link(page: Page, name: str, whom: str = "") -> tuple[str, str]:
    page.get_by_role("link", name="ask by a link").click()
    page.get_by_label("Their name").fill(name)
    if whom:
        page.get_by_label(whom, exact=True).check()
    page.get_by_role("button", name="Make a link").click()
    made = page.locator("#new-link").inner_text()
    return re.search(r"/contribute/\S+", made).group(), re.search(r"\d{3} \d{3}", made).group()


def look(page: Page, name: str) -> None:
    nothing_serious(page)
    assert photograph(page, name) == []


def enter(page: Page, code: str) -> None:
    page.get_by_label("Your code").fill(code)
    page.get_by_role("button", name="Go on").click()


def test_a_carer_on_a_phone(asker, open_page):
    wilma = asker("record_carer_view", "social_worker")
    task = wilma.url
    path, code = make_link(wilma, "Jo Marlow", "A carer")
    look(wilma, "link_made")

    phone = open_page(path, width=NARROW, javascript=False)
    assert photograph(phone, "link_code") == []
    enter(phone, "1")
    expect(phone.locator(".govuk-error-summary")).to_contain_text("You have 4 tries left")
    enter(phone, code)
    assert photograph(phone, "link_carer_form") == []
    phone.get_by_label("What would you like us to know?").fill(SAID)
    phone.get_by_role("button", name="Send", exact=True).click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you. It has been sent")
    assert photograph(phone, "link_sent") == []

    wilma.goto(task)
    look(wilma, "link_on_the_task")
    wilma.get_by_role("button", name="Take this into the answers").click()
    expect(wilma.get_by_label("What does the carer say?")).to_have_value(SAID)


def test_a_child_with_faces_and_a_drawing(asker, open_page, tmp_path):
    tara = asker("record_child_views", "designated_teacher")
    task = tara.url
    look(tara, "link_child_task")
    path, code = make_link(tara, "The young person")
    drawing = tmp_path / "drawing.png"
    Image.new("RGB", (640, 480), "orange").save(drawing)

    child = open_page(path, width=NARROW)
    look(child, "link_code_with_script")
    enter(child, code)
    child.locator(".pepway-faces input").nth(1).check()
    child.locator("main textarea").first.fill("I like it when it is quiet")
    expect(child.locator("[data-autosave-status]")).to_have_text("Saved")
    look(child, "link_child_form")
    child.get_by_role("button", name="Add or remove a picture").click()
    child.get_by_label("Choose a photo or drawing").set_input_files(drawing)
    child.get_by_role("button", name="Add this picture").click()
    expect(child.get_by_role("img", name="Picture 1")).to_be_visible()
    look(child, "link_pictures")
    child.get_by_role("link", name="Go back to your words").click()
    expect(child.locator("main textarea").first).to_have_value("I like it when it is quiet")
    child.get_by_role("button", name="Send", exact=True).click()
    expect(child.get_by_role("heading", level=1)).to_have_text("Thank you. It has been sent")

    tara.goto(task)
    tara.get_by_role("button", name="Take this into the answers").click()
    expect(tara.get_by_role("img", name="Picture 1")).to_be_visible()
    look(tara, "link_taken")
