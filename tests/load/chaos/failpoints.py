"""Points of one request at which the server dies, and statements of it that fail.

Points are before and after each statement, before and after each commit, and before the response's
first byte; they are counted in the thread that answers the request in question, the first POST.
"""

import os
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterable
from typing import Any

import psycopg
from sqlalchemy import event

POINTS, STATEMENTS = "X-Chaos-Points", "X-Chaos-Statements"
"""Headers of the response: how many there were."""
ERRORS: dict[str, Callable[[], Exception]] = {
    "sqlite": lambda: sqlite3.OperationalError("disk I/O error"),
    "postgresql": lambda: psycopg.OperationalError("could not extend file: no space"),
}


class Request(threading.local):
    """The request in question, in the thread that answers it."""

    in_question = False


class Watch:
    def __init__(self, dialect: str, kill_at: int | None, fail_at: int | None) -> None:
        self._kill_at, self._fail_at, self._error = kill_at, fail_at, ERRORS[dialect]
        self._request, self._seen = Request(), False
        self.points = self.statements = 0

    def begin(self, method: str) -> None:
        self._request.in_question = method == "POST" and not self._seen
        self._seen |= method == "POST"

    def end(self) -> None:
        self.point()
        self._request.in_question = False

    def point(self, *_details: Any, **_named: Any) -> None:
        if self._request.in_question:
            self.points += 1
            if self.points == self._kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    def statement(self, *_details: Any, **_named: Any) -> None:
        """Raises the driver's own error where this one is to fail."""
        if self._request.in_question:
            self.statements += 1
            if self.statements == self._fail_at:
                raise self._error()


def listen(engine: Any, seen: Watch) -> None:
    """Points and statements of everything that this engine is asked."""
    event.listen(engine, "before_cursor_execute", seen.point)
    event.listen(engine, "after_cursor_execute", seen.point)
    for way in ("do_execute", "do_executemany", "do_execute_no_params"):
        event.listen(engine, way, seen.statement)
    commit = engine.dialect.do_commit

    def commit_between_points(connection: Any) -> None:
        seen.statement()
        seen.point()
        commit(connection)
        seen.point()

    engine.dialect.do_commit = commit_between_points


def watch(app: Any, database: Any, kill_at: int | None, fail_at: int | None) -> None:
    seen = Watch(database.engine.dialect.name, kill_at, fail_at)
    listen(database.engine, seen)
    answer = app.wsgi_app

    def answer_at_the_last_point(environ: Any, start_response: Any) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            counted = [(POINTS, str(seen.points)), (STATEMENTS, str(seen.statements))]
            return start_response(status, [*headers, *counted], *more)

        seen.begin(environ["REQUEST_METHOD"])
        body = answer(environ, start)
        seen.end()
        return body

    app.wsgi_app = answer_at_the_last_point
