"""What a log says of a database that is away: one line when it goes, and one when it is back."""

import logging
import threading

from engine.faults import is_passing, kinds, where

log = logging.getLogger(__name__)


class Outage:
    """As one adapter finds it, by whichever of its threads."""

    def __init__(self) -> None:
        self._away = False
        self._turn = threading.Lock()

    def tell(self, what: str, fault: BaseException) -> None:
        """Log what failed and where; of a database that is away only that it is."""
        if not is_passing(fault):
            log.error("%s\n%s", what, where(fault))
            return
        with self._turn:
            if not self._away:
                log.error("the database is away or busy: all that waits is tried again until it "
                          "is back (%s)", kinds(fault))
            self._away = True

    def over(self) -> None:
        """Something went through."""
        with self._turn:
            if self._away:
                log.warning("the database is back")
            self._away = False
