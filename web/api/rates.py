"""How often a token's program may ask: so many requests a minute, over all web processes.

Each process takes some requests of the minute at once from the table of tokens and answers them
without asking again, so that the limit is held together and few requests write anything.
"""

import threading
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from engine.work import Acting
from workflows.tokens import take_requests

SHARE = 20
"""So many a process takes at once: a few of those that it does not use are lost to the others."""


@dataclass(slots=True)
class _Taken:
    left: int
    is_all: bool
    """The minute has no more to give."""


class Rates:
    def __init__(self, most: int) -> None:
        self.most = most
        self._lock = threading.Lock()
        self._minute: datetime | None = None
        self._taken: dict[UUID, _Taken] = {}

    def is_too_often(self, by: Acting, token_id: UUID, at: datetime) -> bool:
        """Whether this request of a token is one too many in its minute."""
        minute = at.replace(second=0, microsecond=0)
        known = self._use_one(token_id, minute)
        if known is not None:
            return not known
        taken = take_requests(by, token_id, minute, self.most, SHARE)
        with self._lock:
            here = self._taken.setdefault(token_id, _Taken(0, is_all=False))
            here.left += taken - 1 if taken else 0
            here.is_all = not taken
        return not taken

    def _use_one(self, token_id: UUID, minute: datetime) -> bool | None:
        """Whether it may be answered; None where more has to be taken first."""
        with self._lock:
            if minute != self._minute:
                self._minute, self._taken = minute, {}
            here = self._taken.get(token_id)
            if here is None or not (here.left or here.is_all):
                return None
            if not here.left:
                return False
            here.left -= 1
            return True
