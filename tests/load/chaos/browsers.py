"""People at their browsers while the database dies: they press "Try again" until it is answered."""

import threading
import time
from collections.abc import Callable
from random import Random
from uuid import uuid4

from chaos_council import ChaosCouncil, email_of
from clerks import Clerks
from over_http import LOST, Http
from visitor import Page, Visitor

from engine.tasks import TaskView, task_form

BUTTON = "Save and come back later"
AGAIN = "Try again"
SAVED = "/tasks"
"""Where the browser is sent on to from there."""


class Browser:
    """One person at one web process, or at the proxy before all of them, who writes into a text of
    a task and saves it."""

    def __init__(self, clerks: Clerks, name: str, http: Http, seed: int) -> None:
        self._clerks, self._council, self._name = clerks, clerks.council, name
        self._visitor, self._chance = Visitor(http), Random(f"{seed}:{name}:{http.port}")
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def start(self) -> None:
        """Signs in while the database is there."""
        assert self._visitor.sign_in(email_of(self._name)).status == 200
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join(60)
        assert not self._thread.is_alive(), "a page was waited for without end"

    def _work(self) -> None:
        while not self._ended.wait(0.05):
            try:
                tasks = self._mine(self._council)
            except Exception:  # noqa: S112 - what is asked past the web process may meet a dead one
                continue
            if tasks:
                self._save(self._chance.choice(tasks))

    def _mine(self, council: ChaosCouncil) -> list[tuple[TaskView, dict[str, str]]]:
        """With each the paths of its texts, by their labels."""
        by, found = council.by(self._name), []
        for task in self._clerks.open_tasks():
            if task.assignee_id == by.actor.id:
                texts = {each.label: each.path for each in task_form(by, task.id).form.inputs()
                         if each.kind == "textarea" and not each.hidden_when}
                found += [(task, texts)] if texts else []
        return found

    def _save(self, chosen: tuple[TaskView, dict[str, str]]) -> None:
        task, texts = chosen
        page = self._answered(lambda: self._visitor.open(f"/tasks/{task.id}"))
        shown = sorted(texts.keys() & set(page.labels))
        if page.status != 200 or BUTTON not in page.buttons or not shown:
            return
        label, submit = self._chance.choice(shown), str(uuid4())
        if not self._clerks.types_first(task, texts[label]):
            return
        typed = f"Typed in {submit}"
        self._clerks.journal.begun("save_draft", submit=submit, task=task.id,
                                   actor=task.assignee_id, answers={texts[label]: typed})
        page = self._pressed(page.fill({label: typed}), BUTTON)
        while page.status == 503:
            time.sleep(0.2)
            page = self._sent_again(page, typed)
        if page.address == SAVED:
            self._clerks.answered("save_draft", submit)

    def _sent_again(self, page: Page, typed: str) -> Page:
        """What the page offers; one that was only to be shown is loaded again."""
        if AGAIN not in page.buttons:
            return self._answered(lambda: self._visitor.open(page.address))
        if typed not in page.whole:
            self._clerks.never.append("a page that asks to try again has lost the words")
        return self._pressed(page, AGAIN)

    def _pressed(self, page: Page, button: str) -> Page:
        return self._answered(lambda: page.press(button))

    def _answered(self, ask: Callable[[], Page]) -> Page:
        """The page; an error of Pepway's own is noted."""
        try:
            page = ask()
        except LOST as lost:
            self._clerks.never.append(f"no answer came: {lost!r}")
            raise
        if page.status >= 500 and page.status != 503:
            self._clerks.never.append(f"{page.status}: {page.heading}")
        self._clerks.met_dead += page.status == 503
        return page
