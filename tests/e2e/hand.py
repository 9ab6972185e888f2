"""A hand on a mouse: it moves over the page in steps, presses where it is, counts its clicks."""

from playwright.sync_api import Locator, Page

STEPS = 8
"""Of one movement: what is drawn under the pointer hears of it on the way."""

PATIENCE = 30_000
"""Milliseconds until what a click leads to is there, on a machine that has much else to do."""


class Hand:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def go_to(self, control: Locator) -> None:
        """The middle of it; of a link that is broken into lines, of its first."""
        control.scroll_into_view_if_needed(timeout=PATIENCE)
        line = control.evaluate("each => each.getClientRects()[0].toJSON()")
        self.page.mouse.move(line["x"] + line["width"] / 2, line["y"] + line["height"] / 2,
                             steps=STEPS)

    def click(self, control: Locator) -> None:
        self.go_to(control)
        self.page.mouse.down()
        self.page.mouse.up()
        self.clicks += 1
        self.page.wait_for_load_state(timeout=PATIENCE)

    def drag(self, control: Locator, onto: Locator) -> None:
        self.go_to(control)
        self.page.mouse.down()
        self.go_to(onto)
        self.page.mouse.up()
        self.clicks += 1

    def choose(self, question: Locator, answer: str) -> None:
        """The list that opens belongs to the browser, not to the page: the script chooses in it."""
        self.click(question)
        question.select_option(label=answer)
        self.clicks += 1

    def press(self, name: str) -> None:
        self.click(self.page.get_by_role("button", name=name).first)

    def follow(self, name: str) -> None:
        self.click(self.page.get_by_role("link", name=name).first)
