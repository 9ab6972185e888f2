"""Lets what may be the death of its process in alone, so that it takes no other work with it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Many go in together, or one alone; who wants to be alone is next."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._wanting_alone = 0

    @contextmanager
    def together(self) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: not self._wanting_alone)
            self._inside += 1
        with self._leaving():
            yield

    @contextmanager
    def alone(self) -> Iterator[None]:
        with self._changed:
            self._wanting_alone += 1
            self._changed.wait_for(lambda: not self._inside)
            self._inside += 1
        with self._leaving(alone=1):
            yield

    @contextmanager
    def _leaving(self, *, alone: int = 0) -> Iterator[None]:
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._wanting_alone -= alone
                self._changed.notify_all()
