"""A teacher without a mouse fills the longest form, from My tasks to “Task done”, by Tab alone."""

from datetime import date

import pytest
from council_life import circle_around
from playwright.sync_api import Page, expect

CHILD = "Wren Alderby"
STEP = "Complete education sections"
ENOUGH = 600
"""Presses of Tab within which every page must lead on."""


@pytest.fixture
def circle(browser, new_site):
    with circle_around(browser, new_site(), CHILD) as found:
        yield found


def test_the_education_sections_are_filled_without_a_mouse(circle):
    circle.start_case()
    circle.begin()
    page = circle.teacher.page
    circle.teacher.go("/tasks")

    assert press_tab(page)["label"] == "Skip to main content"
    tab_to(page, f"{STEP} for {CHILD}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(STEP)
    answer_until(page, "Continue", circle.teacher.today)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    tab_to(page, "Complete this task")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Task done")


def press_tab(page: Page) -> dict[str, str]:
    """What has the focus now; it must be in sight and show that it has it."""
    page.keyboard.press("Tab")
    found = page.evaluate(FOCUSED)
    assert found["in_sight"], found
    assert found["marked"], found
    return found


def tab_to(page: Page, label: str) -> None:
    for _ in range(ENOUGH):
        if press_tab(page)["label"] == label:
            return
    raise AssertionError(f"Tab does not lead to {label!r}")


def answer_until(page: Page, button: str, today: date) -> None:
    """Answer each question as Tab comes to it, until it comes to the button."""
    for _ in range(ENOUGH):
        found = press_tab(page)
        if found["label"] == button:
            return
        if found["kind"] == "radio":
            page.keyboard.press("Space")
        elif found["kind"] == "select-one":
            page.keyboard.press("ArrowDown")
        elif found["kind"] in ("text", "textarea") and not found["value"]:
            page.keyboard.type(words_for(found, today))
    raise AssertionError(f"Tab does not lead to {button!r}")


def words_for(box: dict[str, str], today: date) -> str:
    if box["label"] in ("Day", "Month", "Year"):
        return str(getattr(today, box["label"].lower()))
    return "5" if box["mode"] in ("decimal", "numeric") else "As agreed"


FOCUSED = """() => {
  const it = document.activeElement
  const words = node => (node?.textContent ?? '').replace(/\\s+/g, ' ').trim()
  const box = it.getBoundingClientRect()
  const style = getComputedStyle(it)
  const around = it.type === 'radio' || it.type === 'checkbox'
    ? getComputedStyle(it.nextElementSibling, '::before') : style
  return {
    label: words(it.labels?.[0] ?? it), kind: it.type ?? '', value: it.value ?? '',
    mode: it.inputMode ?? '',
    in_sight: box.bottom > 0 && box.top < innerHeight,
    marked: [style, around].some(each => each.outlineStyle !== 'none' || each.boxShadow !== 'none'),
  }
}"""
