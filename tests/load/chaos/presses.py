"""The same button pressed many times at once, at real web processes.

As `many_at_once.py`, and by what the browser is shown.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from uuid import UUID

from chaos_council import ChaosCouncil, email_of
from many_at_once import at_once, queued_task, virtual_school, wrong_effects
from over_http import Http
from visitor import Page, Visitor

ANSWERS = {
    "Who in the virtual school will work with this child?": "Viktor",
    "What is the name of the Virtual School Head?": "Vera",
    "What is their e-mail address?": "vera@council.example",
    "What is their telephone number?": "01482 000000",
}
"""To the form of the step that everyone in the virtual school may do."""


class Poised(Visitor):
    """A browser whose finger is on the button: what it would send is kept."""

    _kept: tuple[str, Sequence[tuple[str, str]]] | None = None
    _waits = False

    def about_to(self, page: Page, button: str) -> "Poised":
        self._waits = True
        page.press(button)
        return self

    def send(self, address: str, fields: list[tuple[str, str]]) -> Page:
        if not self._waits:
            return super().send(address, fields)
        self._kept = (address, fields)
        return None  # type: ignore[return-value]

    def lets_go(self, port: int) -> Page:
        """At this web process; may be done many times at once."""
        assert self._kept is not None
        again = Visitor(Http(port, dict(self.client.cookies)))
        return again.send(*self._kept)


def filled(name: str, port: int, task_id: UUID) -> tuple[Poised, Page]:
    """Somebody who has answered everything and saved nothing."""
    browser = Poised(Http(port))
    browser.sign_in(email_of(name))
    return browser, browser.open(f"/tasks/{task_id}").fill(ANSWERS)


def same_press(council: ChaosCouncil, ports: Sequence[int], times: int) -> Iterator[str]:
    task_id = queued_task(council)
    browser, page = filled("vera", ports[0], task_id)
    browser.about_to(page.press("Continue"), "Complete")

    said = at_once(times, lambda number: browser.lets_go(ports[number % len(ports)]))

    pages = Counter((each.status, each.heading) if isinstance(each, Page) else each
                    for each in said)
    if list(pages.items()) != [((200, "Task done"), times)]:
        yield f"one press that was sent {times} times was answered by {pages}"
    yield from wrong_effects(council, task_id)


def all_press(council: ChaosCouncil, ports: Sequence[int], number: int) -> Iterator[str]:
    """So many people of one queue have the task open, and each goes on with it."""
    names, task_id = virtual_school(council, number), queued_task(council)
    browsers = [filled(name, ports[each % len(ports)], task_id)
                for each, name in enumerate(names)]
    for browser, page in browsers:
        browser.about_to(page, "Continue")

    said = at_once(number, lambda each: browsers[each][0].lets_go(ports[each % len(ports)]))

    broken = [each for each in said if not isinstance(each, Page)]
    yield from (f"no page came: {each!r}" for each in broken)
    won = [name for name, page in zip(names, said, strict=True) if page.status == 200]
    if len(won) != 1:
        yield f"{len(won)} of {number} people have the task"
        return
    for page in (each for each in said if each.status != 200):
        words = "01482 000000" in page.text
        if page.status != 409 or won[0].title() not in page.text or not words:
            yield f"a loser was shown {page.status}: {page.text}"
