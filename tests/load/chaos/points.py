"""One action at one point: the server dies there, or a statement fails; then it is sent again.

Each try stands on the same database, put back; each sentence says what is broken.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from actions_recorded import Recorded, acts_in, record
from chaos_council import ChaosCouncil
from chaos_stores import Store, new_store
from failpoints import POINTS, STATEMENTS
from forks import Fork, Forks
from journal import Journal
from lxml import html
from oracle import wrong_with
from over_http import Answer
from postgres import Postgres
from standing import row_counts
from visitor import words

KILLED = -9


@dataclass
class Figures:
    """What was tried, and what came of it."""

    killed: int = 0
    failed: int = 0
    """Statements that were made to fail."""
    acknowledged: int = 0
    wrong: list[str] = field(default_factory=list)

    def of(self, what: str) -> int:
        return sum(f": {what}: " in each for each in self.wrong)

    def add(self, other: "Figures") -> None:
        self.killed += other.killed
        self.failed += other.failed
        self.acknowledged += other.acknowledged
        self.wrong += other.wrong


@dataclass
class Counted:
    """What an action is made of."""

    points: int = 0
    statements: int = 0
    rows: list[dict[str, int]] = field(default_factory=list)
    """How many each table has before it, after it, and after it was sent once more."""


@dataclass
class Ready:
    """A store with the council as it stands before each action, and a server that can be forked."""

    store: Store
    forks: Forks
    actions: list[Recorded]
    _before: Path
    fault: str | None = None
    """Planted into every server."""
    figures: Figures = field(default_factory=Figures)
    counted: dict[str, Counted] = field(default_factory=dict)
    """By the action's name, without a fault."""

    def action(self, name: str) -> Recorded:
        return next(each for each in self.actions if each.name == name)

    def count(self, action: Recorded) -> Counted:
        """Points and statements of the action, once; it is done twice, and nothing may be wrong."""
        if action.name not in self.counted:
            self.store.put_back()
            self.forks.warm(action.http, action.address, action.body)
            counted = Counted()
            self.send_twice(action, counted)
            self.counted[action.name] = counted
        return self.counted[action.name]

    def send_twice(self, action: Recorded, counted: Counted | None = None) -> list[str]:
        """Without a kill; what it is made of is noted where that is wanted."""
        noted = counted or Counted()

        def once(tried: "Try") -> Iterator[str]:
            noted.rows.append(row_counts(self.store.url))
            with tried.server() as server:
                answer = tried.sent(server)
                assert answer is not None
                noted.points = int(answer.headers[POINTS])
                noted.statements = int(answer.headers[STATEMENTS])
                yield from tried.is_done(answer)
                noted.rows.append(row_counts(self.store.url))
                yield from tried.again(server)
                noted.rows.append(row_counts(self.store.url))

        return self._try(action, "sent twice", once)

    def kill_at(self, action: Recorded, point: int) -> list[str]:
        """Die at the point; what is there then is whole or nothing; sent again it is done."""

        def once(tried: "Try") -> Iterator[str]:
            with tried.server(kill_at=point) as server:
                answer = tried.sent(server)
                if answer is not None or server.kill() != KILLED:
                    yield "half done: the server has not died where it should"
            self.figures.killed += 1
            yield from tried.whole_or_nothing()
            with tried.server() as server:
                yield from tried.again(server)

        return self._try(action, f"killed at point {point}", once)

    def kill_after_the_answer(self, action: Recorded) -> list[str]:
        """Die as soon as the browser has its answer."""

        def once(tried: "Try") -> Iterator[str]:
            with tried.server() as server:
                yield from tried.is_done(tried.sent(server))
            self.figures.killed += 1
            yield from tried.whole_or_nothing()
            with tried.server() as server:
                yield from tried.again(server)

        return self._try(action, "killed after the answer", once)

    def fail_at(self, action: Recorded, statement: int) -> list[str]:
        """One statement fails: a sentence, the words, nothing half done; sent again it is done."""

        def once(tried: "Try") -> Iterator[str]:
            with tried.server(fail_at=statement) as server:
                yield from tried.is_refused_in_words(tried.sent(server))
                yield from tried.whole_or_nothing()
                yield from tried.again(server)
            self.figures.failed += 1

        return self._try(action, f"statement {statement} failed", once)

    def _try(self, action: Recorded, how: str, once: Any) -> list[str]:
        self.store.put_back()
        path = self._before.with_name("journal")
        shutil.copyfile(self._before, path)
        journal = Journal(path)
        tried = Try(self, action, journal)
        journal.begun(action.kind, submit="it", **action.details)
        found = [*once(tried), *tried.whole_or_nothing()]
        journal.close()
        found = [f"{self.store.name}, {action.name}, {how}: {each}" for each in found]
        self.figures.wrong += found
        return found


@dataclass
class Try:
    ready: Ready
    action: Recorded
    journal: Journal

    @contextmanager
    def server(self, **plan: Any) -> Iterator[Fork]:
        with self.ready.forks.server(fault=self.ready.fault, **plan) as server:
            yield server

    def sent(self, server: Fork) -> Answer | None:
        action = self.action
        return server.sent(action.http, action.address, action.body)

    def is_done(self, answer: Answer | None) -> Iterator[str]:
        """Whether the browser is told so; then the journal has it."""
        if answer is not None and self.action.done(answer):
            self.journal.acknowledged(self.action.kind, submit="it")
            self.ready.figures.acknowledged += 1
            return
        said = f"{answer.status_code} {answer.location}" if answer else "no answer"
        yield f"refused: the same form again is answered by {said}"

    def again(self, server: Fork) -> Iterator[str]:
        yield from self.is_done(self.sent(server))

    def whole_or_nothing(self) -> Iterator[str]:
        """All the rows of the action are there, or none of them."""
        yield from wrong_with(self.ready.store.url, self.journal)
        counted = self.ready.counted.get(self.action.name)
        found = row_counts(self.ready.store.url)
        if counted is not None and found not in counted.rows:
            other = {name: f"{count} of {counted.rows[1][name]}"
                     for name, count in found.items() if count != counted.rows[1][name]}
            yield f"half done: other rows than before it and after it: {other}"

    def is_refused_in_words(self, answer: Answer | None) -> Iterator[str]:
        """Where it was not done in spite of all: a page says so, with what was typed."""
        if answer is None:
            yield "refused: the server has died"
            return
        if self.action.done(answer):
            return
        if "Location" in answer.headers:
            answer = self.action.http.get(answer.headers["Location"])
        page = html.fromstring(answer.body)
        if not words(page.find(".//h1")) or answer.status_code < 400:
            yield f"refused: status {answer.status_code}, “{words(page.find('.//h1'))}”"
        if self.action.typed not in words(page.body) and self.action.typed not in _kept(page):
            yield f"words lost: they are not on the page “{words(page.find('.//h1'))}”"


def _kept(page: Any) -> str:
    """What stands in the boxes and hidden inputs of a page."""
    return " ".join(page.xpath("//input/@value | //textarea/text()"))


@contextmanager
def ready(name: str, folder: Path, server: Postgres | None = None) -> Iterator[Ready]:
    with new_store(name, folder, server) as store:
        before = folder / "journal-before"
        council, journal = ChaosCouncil(store.url), Journal(before)
        acts = acts_in(council, journal)
        council.close()
        journal.close()
        forks = Forks(store.url, folder / "server.log")
        try:
            with forks.server():
                actions = record(acts, forks.port)
            store.keep()
            yield Ready(store, forks, actions, before)
        finally:
            forks.stop()
