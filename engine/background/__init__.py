"""Work that no person waits for: due timers, and messages that follow a commit.

Our own tables hold what waits and are the truth; nothing is kept in memory. `Background` is the
port, with two adapters: `Embedded` for one process on SQLite, and `distributed.Distributed` for
any number of workers on PostgreSQL, imported where it is used because it brings Procrastinate.

Both take up a little at a time and count it before they work on it; what may have been the death of
a process is worked on alone (`gate.py`), until it is given up.
"""

from engine.background.embedded import Embedded, OnlyOne
from engine.background.outbox import (
    Message,
    NotDelivered,
    RefusedForGood,
    Undelivered,
    send_again,
    take_back_messages,
    undelivered,
)
from engine.background.port import Background, Health

__all__ = [
    "Background",
    "Embedded",
    "Health",
    "Message",
    "NotDelivered",
    "OnlyOne",
    "RefusedForGood",
    "Undelivered",
    "send_again",
    "take_back_messages",
    "undelivered",
]
