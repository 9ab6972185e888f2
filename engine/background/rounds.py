"""What a log for programs says of the background work: each round that did something."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

log = logging.getLogger(__name__)


@contextmanager
def told_of(what: str) -> Iterator[dict[str, int]]:
    """The numbers that are put into it are told, with the milliseconds; where all are 0 nothing."""
    began, done = time.monotonic(), dict[str, int]()
    yield done
    if any(done.values()):
        took = round((time.monotonic() - began) * 1_000)
        log.info(what, extra={"known": {"ms": took, **done}})
