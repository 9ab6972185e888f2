"""The pictures of help, taken from the demonstration, and that they still say what pages say.

`make pictures` takes them anew. Beside each, in `shown_in_help`, is what can be read on it: a page
that says something else by now fails here, where a pixel that has moved does not.
"""

import io
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from looking import ROOT
from PIL import Image
from playwright.sync_api import Locator, Page, expect

SHOWN = Path(__file__).parent / "shown_in_help"
PICTURES = ROOT / "web" / "static" / "help"
TAKEN_ANEW = "TAKE_PICTURES" in os.environ
PHONE = 360
"""Pixels: a guide is read there, and wider pictures would not be."""
SHARPNESS = 1.5
MARGIN, ABOVE = 12, 6
PASSWORD = "demonstration"
REFERENCE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b")
"""Of a case, which another council of the demonstration has by chance."""


@dataclass(frozen=True)
class Picture:
    role: str
    reach: Callable[[Page], tuple[Locator, Locator]]
    """Goes there; gives where the picture begins and where it ends."""


def my_tasks(page):
    page.goto("/tasks")
    return page.locator("h1"), page.locator(".pepway-tasks__row").nth(1)


def end_of_a_form(page):
    page.goto("/tasks")
    page.goto(page.locator(".pepway-tasks__name a").first.get_attribute("href"))
    return (page.get_by_role("button", name="Continue", exact=True).last,
            page.get_by_role("link", name="This is not my task"))


def check_first(page):
    page.goto("/cases/start")
    return page.locator("h1"), page.get_by_role("button", name="Check", exact=True)


def change_something(page):
    page.goto("/cases")
    page.goto(page.locator(".pepway-list tbody tr a").first.get_attribute("href"))
    section = page.locator("section[aria-labelledby=change]")
    return section, section


def steps_as_a_list(page):
    page.goto("/studio/initial-pep/steps")
    row = page.locator("tbody tr").filter(has_text="4. Initiate the PEP")
    return row, row


PICTURES_OF_HELP = {
    "my-tasks": Picture("designated_teacher", my_tasks),
    "end-of-a-form": Picture("designated_teacher", end_of_a_form),
    "check-first": Picture("social_worker", check_first),
    "change-something": Picture("social_worker", change_something),
    "steps-as-a-list": Picture("process_owner", steps_as_a_list),
}


@pytest.fixture(scope="module")
def council(new_site):
    """As it is on its first day: no other story has changed anything in it."""
    return new_site()


@pytest.fixture
def page_of(browser, council):
    opened = []

    def sign_in(role: str) -> Page:
        context = browser.new_context(base_url=council.url, device_scale_factor=SHARPNESS,
                                      viewport={"width": PHONE, "height": 800}, locale="en-GB")
        opened.append(context)
        page = context.new_page()
        page.goto("/sign-in")
        page.get_by_label("E-mail address").fill(council.email_of(role))
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        return page

    yield sign_in
    for context in opened:
        context.close()


@pytest.mark.parametrize("name", PICTURES_OF_HELP)
def test_a_picture_says_what_the_page_says(name, page_of):
    asked = PICTURES_OF_HELP[name]
    page = page_of(asked.role)
    place = between(page, *asked.reach(page))
    words = [REFERENCE.sub("AAAA-AAAA", each) for each in page.evaluate(WORDS_WITHIN, place)]
    if TAKEN_ANEW:
        keep(name, page.screenshot(clip=place, full_page=True), words)

    assert (PICTURES / f"{name}.webp").is_file()
    assert words == (SHOWN / f"{name}.txt").read_text(encoding="utf-8").splitlines(), (
        f"the picture {name} of help shows another page than there is: `make pictures`, and look")


def between(page: Page, first: Locator, last: Locator) -> dict[str, float]:
    """The stripe of the page from one thing to another, as wide as the page's main part."""
    main, top, end = (each.evaluate(PLACE) for each in (page.locator("main"), first, last))
    x, y = max(main["x"] - MARGIN, 0), top["y"] - ABOVE
    return {"x": x, "y": y, "width": min(main["width"] + 2 * MARGIN, page.viewport_size["width"]),
            "height": end["y"] + end["height"] + MARGIN - y}


def keep(name: str, picture: bytes, words: list[str]) -> None:
    PICTURES.mkdir(exist_ok=True)
    SHOWN.mkdir(exist_ok=True)
    with Image.open(io.BytesIO(picture)) as taken:
        taken.convert("RGB").save(PICTURES / f"{name}.webp", quality=60, method=6)
    (SHOWN / f"{name}.txt").write_text("\n".join(words) + "\n", encoding="utf-8")


PLACE = """it => {
  const box = it.getBoundingClientRect()
  return {x: box.x + scrollX, y: box.y + scrollY, width: box.width, height: box.height}
}"""

WORDS_WITHIN = """place => {
  const words = []
  const walk = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT)
  while (walk.nextNode()) {
    const text = walk.currentNode.data.trim().replace(/\\s+/g, ' ')
    const range = document.createRange()
    range.selectNodeContents(walk.currentNode)
    const box = range.getBoundingClientRect()
    const y = box.y + scrollY
    if (text && box.width > 1 && box.height > 1
        && walk.currentNode.parentElement.checkVisibility()
        && y >= place.y && y + box.height <= place.y + place.height) words.push(text)
  }
  return words
}"""
