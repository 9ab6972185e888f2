"""Ends a piece of background work that takes too long, so that it holds up nothing else.

First by an exception in its thread. Where that changes nothing within a minute (code of another
language may hold the whole interpreter) the process ends, and whoever runs it starts it again.
"""

import ctypes
import faulthandler
import logging
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

log = logging.getLogger(__name__)

LONGEST = 10.0
"""Seconds. A step takes some thousandths; and on SQLite others wait 15 s for it at most."""
LAST = 60.0
"""Seconds without an end of what took too long after which the process ends."""
LOOK = 1.0


class TookTooLong(BaseException):
    """No `Exception`, so that nothing on the way takes it for a slip that can be passed over."""


@contextmanager
def watched(longest: float | None = None) -> Iterator[None]:
    """Raises `TookTooLong` in what is done here after so many seconds, by default `LONGEST`."""
    _watchdog.begin(LONGEST if longest is None else longest)
    try:
        yield
    finally:
        _watchdog.end()


class _Watchdog:
    """One thread looks at what all others do."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._until: dict[int, float] = {}
        """When each thread is to have ended what it is at."""
        self._told: set[int] = set()
        """Threads that have got the exception."""
        self._thread: threading.Thread | None = None

    def begin(self, longest: float) -> None:
        with self._changed:
            self._until[threading.get_ident()] = time.monotonic() + longest
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._look, name="pepway-watchdog", daemon=True
                )
                self._thread.start()
            self._changed.notify()

    def end(self) -> None:
        try:
            with self._changed:
                self._until.pop(threading.get_ident(), None)
                self._told.discard(threading.get_ident())
        except TookTooLong:  # it came just as the work had ended
            self.end()

    def _look(self) -> None:
        while True:
            with self._changed:
                while not self._until:
                    faulthandler.cancel_dump_traceback_later()
                    self._changed.wait()
                self._tell_who_takes_too_long()
                if not self._told:
                    _end_process_after(LAST)
            time.sleep(LOOK)

    def _tell_who_takes_too_long(self) -> None:
        now = time.monotonic()
        for thread, until in self._until.items():
            if now > until and thread not in self._told:
                self._told.add(thread)
                log.error("what takes too long is broken off")
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(thread), ctypes.py_object(TookTooLong)
                )


def _end_process_after(seconds: float) -> None:
    """Put off the end that is on its way; needs no interpreter to come about."""
    try:
        faulthandler.dump_traceback_later(seconds, exit=True, file=sys.__stderr__ or sys.stderr)
    except (AttributeError, ValueError, OSError):
        log.debug("without a standard error this process is not ended")


_watchdog = _Watchdog()
