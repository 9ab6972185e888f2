"""What goes to standard error: lines for people, or one JSON object a line for programs."""

import json
import logging
from datetime import UTC, datetime

from engine.doing import what_is_done
from engine.faults import is_passing, where

FOR_PROGRAMS = ("web.watching", "engine.background.rounds")
"""Say each request and each round; as text that would be too much."""


def log_to_stderr(log_format: str) -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    for library in ("spiff", "alembic", "procrastinate"):
        logging.getLogger(library).setLevel(logging.WARNING)
    for each in FOR_PROGRAMS if log_format == "text" else ():
        logging.getLogger(each).setLevel(logging.WARNING)
    for handler in logging.getLogger().handlers:
        handler.addFilter(_is_not_said_by_us)
        if log_format == "json":
            handler.setFormatter(JsonLines())


class JsonLines(logging.Formatter):
    """When, how bad, who says what; what the thread is at; and what is known beside."""

    def format(self, record: logging.LogRecord) -> str:
        fault = record.exc_info[1] if record.exc_info else None
        said = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": record.getMessage(),
            **({"fault": where(fault)} if fault else {}),
            **what_is_done(),
            **getattr(record, "known", {}),
        }
        return json.dumps(said)


def _is_not_said_by_us(record: logging.LogRecord) -> bool:
    """That the database is away the engine says, once; libraries do again and again."""
    if record.name.startswith("psycopg.pool"):
        return False
    fault = record.exc_info[1] if record.exc_info else None
    is_library = record.name.startswith("procrastinate")
    return not (is_library and fault is not None and is_passing(fault))
