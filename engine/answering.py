"""No read of a child's record leaves Pepway, and no change of one is kept, without a trace.

What an answer to a person is told from is noticed as the statements are sent, by the tables that
they name; so a page that forgets its audit is found by being asked for, whoever wrote it.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Engine, event

from engine.store.sight import CHILDS

_NOTICED = "pepway_noticed"
_NAMED = re.compile(r'(?:\b(?:FROM|JOIN|INTO|UPDATE|USING)|,)[\s(]+"?(\w+)"?', re.IGNORECASE)
_WRITTEN = re.compile(r'\b(?:INSERT INTO|DELETE FROM|UPDATE)\s+"?(\w+)"?', re.IGNORECASE)


class Unaudited(Exception):
    """A child's record was read or changed, and nothing says who did it."""


@dataclass(slots=True, eq=False)
class Answer:
    """What one answer to a person is told from, in however many transactions."""

    read: set[str] = field(default_factory=set)
    """Tables of children's records."""
    audited: bool = False
    excuses: list[str] = field(default_factory=list)

    @contextmanager
    def excused(self, why: str) -> Iterator[None]:
        """What is read meanwhile is not shown: it only decides, or is counted."""
        self.excuses.append(why)
        try:
            yield
        finally:
            self.excuses.pop()

    def must_be_audited(self) -> None:
        """Raises `Unaudited`."""
        if self.read and not self.audited:
            msg = f"nobody has noted who looked: {', '.join(sorted(self.read))}"
            raise Unaudited(msg)


@dataclass(slots=True)
class Noticed:
    """What one transaction of a person's touches of children's records."""

    answer: Answer
    written: set[str] = field(default_factory=set)

    def notice(self, statement: str) -> None:
        named, written = _of_children(statement)
        if named:
            self.written |= written
            if not self.answer.excuses:
                self.answer.read |= named


def notice_from_here(connection: Connection, answer: Answer) -> Noticed:
    noticed = connection.info[_NOTICED] = Noticed(answer)
    return noticed


def notice_no_more(connection: Connection) -> None:
    """One that was given back or has died meanwhile notices nothing any more."""
    if not connection.closed and not connection.invalidated:
        connection.info.pop(_NOTICED, None)


def notice_statements(engine: Engine) -> None:
    """Tell whoever notices of every statement that this engine's connections send."""

    @event.listens_for(engine, "before_cursor_execute")
    def _sent(connection: Connection, _cursor: Any, statement: str, *_more: Any) -> None:
        noticed = connection.info.get(_NOTICED)
        if noticed is not None:
            noticed.notice(statement)

    @event.listens_for(engine, "checkin")
    def _given_back(_connection: Any, record: Any) -> None:
        record.info.pop(_NOTICED, None)


@lru_cache(maxsize=4_096)
def _of_children(statement: str) -> tuple[frozenset[str], frozenset[str]]:
    """The children's tables that a statement names, and those of them that it writes."""
    named = CHILDS.intersection(_NAMED.findall(statement))
    return named, CHILDS.intersection(_WRITTEN.findall(statement)) if named else frozenset()
