"""Statements that take long, in the log: their text without what was asked for by them."""

import logging
import time
from typing import Any

from sqlalchemy import Connection, Engine, event

from engine.doing import what_is_done

log = logging.getLogger(__name__)

LONGEST = 2_000
"""Characters of a statement."""
_BEGAN = "pepway_began"


def log_slow_statements(engine: Engine, limit_ms: int) -> None:
    """Those that take at least so many milliseconds. On SQLite until their first row is there."""

    @event.listens_for(engine, "before_cursor_execute")
    def _begin(connection: Connection, *_more: Any) -> None:
        connection.info[_BEGAN] = time.monotonic()

    @event.listens_for(engine, "after_cursor_execute")
    def _end(connection: Connection, _cursor: Any, statement: str, *_more: Any) -> None:
        took = (time.monotonic() - connection.info.pop(_BEGAN)) * 1_000
        if took >= limit_ms:
            rule, said = what_is_done().get("rule", "no page"), " ".join(statement.split())
            log.warning("slow statement, %d ms, at %s: %s", took, rule, said[:LONGEST])
