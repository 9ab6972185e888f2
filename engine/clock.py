"""Time, injected: nothing else in Pepway asks the machine what time it is."""

import math
import threading
from datetime import UTC, datetime, timedelta
from typing import Protocol

from engine.errors import Refused


class Clock(Protocol):
    def now(self) -> datetime:
        """This moment, aware, in UTC."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is moved; for tests and for making demonstration data."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def move_to(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def move_on(self, by: timedelta) -> None:
        self._at += by


class MovableClock:
    """The demonstration's clock: runs on, a while ahead of (or behind) the machine's.

    By whole seconds, so that all processes agree on what was first (`demo_clock.py`).
    """

    def __init__(self, ahead: timedelta = timedelta()) -> None:
        self._lock = threading.Lock()
        self._ahead = _in_whole_seconds(ahead)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    @property
    def ahead(self) -> timedelta:
        return self._ahead

    def set_ahead(self, ahead: timedelta) -> None:
        with self._lock:
            self._ahead = _in_whole_seconds(ahead)

    def ahead_for(self, at: datetime) -> timedelta:
        """How far ahead the clock must run to show `at` now; forwards only."""
        if at < self.now():
            msg = "The clock moves forwards only. Give a later date and time."
            raise Refused(msg)
        return _in_whole_seconds(at - datetime.now(UTC))


def _in_whole_seconds(ahead: timedelta) -> timedelta:
    """Not before the moment that is asked for."""
    return timedelta(seconds=math.ceil(ahead.total_seconds()))
