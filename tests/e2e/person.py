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
        return self.page.get_by_role("link", name=f"{step} for {child}").count() > 0

    def do(self, step: str, child: str, **chosen: str) -> None:
        """Open the task, fill its form, check the answers, complete it."""
        self.open_task(step, child)
        self.fill(chosen)
        self.page.get_by_role("button", name="Continue", exact=True).last.click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text("Check your answers")
        self.page.get_by_role("button", name="Complete this task").click()
        expect(self.page.get_by_role("heading", name="Done")).to_be_visible()

    def fill(self, chosen: Mapping[str, str]) -> None:
        """Answer every question that is shown and still empty; `chosen` by the field's key."""
        form = self.page.locator("main form").first
        for name in _names(form):
            if name in chosen:
                _answer(form, name, chosen[name])
        for name in _names(form):
            if name not in chosen:
                _answer_somehow(form, name, self.today)
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


def _names(form: Locator) -> list[str]:
    """Names of the visible questions, in order, each once."""
    found = form.locator("input:not([type=hidden]), select, textarea")
    names = [found.nth(n).get_attribute("name") or "" for n in range(found.count())]
    return list(dict.fromkeys(name for name in names if name))


def _answer(form: Locator, name: str, value: str) -> None:
    field = form.locator(f'[name="{name}"]')
    kind = field.first.get_attribute("type")
    if kind in ("radio", "checkbox"):
        form.locator(f'[name="{name}"][value="{value}"]').check()
    elif field.first.evaluate("element => element.tagName") == "SELECT":
        field.select_option(label=value)
    else:
        field.fill(value)


def _answer_somehow(form: Locator, name: str, today: date) -> None:
    field = form.locator(f'[name="{name}"]').first
    if not field.is_visible() or _is_of_no_list(form, name):
        return
    kind = field.get_attribute("type")
    tag = field.evaluate("element => element.tagName")
    if kind in ("radio", "checkbox"):
        if form.locator(f'[name="{name}"]:checked').count() == 0:
            field.check()
    elif tag == "SELECT":
        if not field.input_value():
            field.select_option(index=1)
    elif not field.input_value():
        field.fill(_words(name, field.get_attribute("inputmode"), today))


def _is_of_no_list(form: Locator, name: str) -> bool:
    """A box of "None of these" stands at the end: it is the one that is ticked."""
    last = form.locator(f'[type=checkbox][name="{name}"][value="none"]')
    if last.count() and form.locator(f'[name="{name}"]:checked').count() == 0:
        last.check()
    return last.count() > 0


def _words(name: str, inputmode: str | None, today: date) -> str:
    for part, value in (("day", today.day), ("month", today.month), ("year", today.year)):
        if name.endswith(f"-{part}"):
            return str(value)
    if inputmode in ("decimal", "numeric") and not name.endswith("phone"):
        return "5"
    if name.endswith("email"):
        return "head@marrowdale.example"
    return "As agreed with everyone around the child."
