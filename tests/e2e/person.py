"""A person at a browser: signs in, finds their task, fills the form, completes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from playwright.sync_api import Locator, Page, expect


@dataclass
class Person:
    """One person with a browser of their own."""

    page: Page
    today: date

    def go(self, path: str) -> None:
        self.page.goto(path)

    def find(self, name: str) -> None:
        """Among all cases, the finished ones too."""
        self.go("/cases?status=all")
        self.page.get_by_label("Name, UPN, school or case reference").fill(name)
        self.page.get_by_role("button", name="Search", exact=True).click()

    def see_within(self, seconds: int, path: str, text: str) -> None:
        """Look again and again, as a person would, until the page says it."""
        for _ in range(seconds * 2):
            self.go(path)
            if text in (self.page.locator("body").text_content() or ""):
                return
            self.page.wait_for_timeout(500)
        expect(self.page.locator("body")).to_contain_text(text)

    def open_task(self, step: str, child: str) -> None:
        """From My tasks, to the task of this name for this child."""
        self.go("/tasks")
        self.page.get_by_role("link", name=f"{step} for {child}").first.click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(step)

    def has_task(self, step: str, child: str) -> bool:
        """Whether the list of tasks at hand has this one."""
        at_hand = self.page.locator(".pepway-tasks")
        return at_hand.get_by_role("link", name=f"{step} for {child}").count() > 0

    def do(self, step: str, child: str, **chosen: str) -> None:
        """Open the task, fill its form, check the answers, complete it."""
        self.open_task(step, child)
        self.fill(chosen)
        self.page.get_by_role("button", name="Continue", exact=True).last.click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text("Check your answers")
        self.page.get_by_role("button", name="Complete this task").click()
        expect(self.page.get_by_role("heading", name="Done")).to_be_visible()

    def fill(self, chosen: Mapping[str, str]) -> None:
        """Answer every question that is shown and still empty; `chosen` by the field's key.

        What a story chooses is typed as a person does; the rest is filled in at one stroke, since
        a form has up to two hundred boxes.
        """
        form = self.page.locator("main form").first
        chosen = {**WITH_ONE_ACTION, **chosen}
        for name in form.evaluate(NAMES):
            if name in chosen:
                _answer(form, name, chosen[name])
        day = self.today
        form.evaluate(ANSWER_THE_REST, {"today": [day.day, day.month, day.year]})
        self._one_row_for_each_term(form, chosen)

    def _one_row_for_each_term(self, form: Locator, chosen: Mapping[str, str]) -> None:
        """A plan needs a short-term and a long-term target: the second one in a row of its own."""
        first = form.locator('[name="targets-0-horizon"][value="short"]')
        second = form.locator('[name="targets-1-horizon"][value="long"]')
        if first.count() == 0 or second.count() > 0:
            return
        form.get_by_role("button", name="Add another to Targets").click()
        second.check()
        self.fill(chosen)


WITH_ONE_ACTION = {"tuition_planned": "no", "study_support_planned": "no"}
"""A plan with one action, which is for homework, says that nothing else is planned."""


def _answer(form: Locator, name: str, value: str) -> None:
    field = form.locator(f'[name="{name}"]')
    kind = field.first.evaluate("box => box.type")
    if kind in ("radio", "checkbox"):
        form.locator(f'[name="{name}"][value="{value}"]').check()
    elif kind == "select-one":
        field.select_option(label=value)
    else:
        field.fill(value)


NAMES = """form => [...new Set(
  [...form.querySelectorAll('input:not([type=hidden]), select, textarea')].map(box => box.name)
)]"""

ANSWER_THE_REST = """(form, {today}) => {
  const named = box => [...form.elements].filter(other => other.name === box.name)
  const date = {day: today[0], month: today[1], year: today[2]}
  const words = box => date[box.name.split('-').pop()]
    ?? (['decimal', 'numeric'].includes(box.inputMode) && !box.name.endsWith('phone') ? '5'
      : box.name.endsWith('email') ? 'head@marrowdale.example'
      : box.name.endsWith('starts_at') ? '2:30pm'
      : 'As agreed with everyone around the child.')
  const say = (box, value) => {
    box.value = value
    for (const what of ['input', 'change']) box.dispatchEvent(new Event(what, {bubbles: true}))
  }
  const answer = box => {
    if (box.type === 'radio' || box.type === 'checkbox') {
      const boxes = named(box)
      if (boxes.some(each => each.checked)) return
      (boxes.find(each => each.value === 'none' && each.type === 'checkbox') ?? boxes[0]).click()
    } else if (!box.value) say(box, box.tagName === 'SELECT' ? box.options[1].value : words(box))
  }
  // In the form's order: an answer may show a question further down.
  for (const box of form.querySelectorAll('input:not([type=hidden]), select, textarea'))
    if (box.name && box.type !== 'submit' && box.checkVisibility()) answer(box)
}"""
