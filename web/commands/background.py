"""The background work as the commands start it: which adapter, and what it does with messages."""

import logging
from datetime import timedelta

from engine.background import Background, Embedded
from engine.background.distributed import Distributed
from engine.clock import MovableClock
from engine.demo_clock import clock_ahead
from engine.faults import is_passing
from engine.work import Installation
from web.sending import delivery
from web.settings import Settings

log = logging.getLogger("pepway")


def background_of(installation: Installation, settings: Settings) -> Background:
    """In this process on SQLite, one of many workers on PostgreSQL."""
    adapter = Embedded if installation.database.is_sqlite else Distributed
    if not settings.sends:
        log.info("No mail is set up: messages stay in Pepway")
    deliver = delivery(installation, settings)
    return adapter(installation, deliver, lambda: _follow_clock(installation))


def log_to_stderr() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    for library in ("spiff", "alembic", "procrastinate"):
        logging.getLogger(library).setLevel(logging.WARNING)
    for handler in logging.getLogger().handlers:
        handler.addFilter(_is_not_said_by_us)


def _is_not_said_by_us(record: logging.LogRecord) -> bool:
    """That the database is away the engine says, once; libraries do again and again."""
    if record.name.startswith("psycopg.pool"):
        return False
    fault = record.exc_info[1] if record.exc_info else None
    is_library = record.name.startswith("procrastinate")
    return not (is_library and fault is not None and is_passing(fault))


def _follow_clock(installation: Installation) -> None:
    """Another process may have moved the demonstration's clock."""
    clock = installation.clock
    if isinstance(clock, MovableClock):
        ahead = clock_ahead(installation.database)
        if abs(ahead - clock.ahead) >= timedelta(seconds=1):
            clock.set_ahead(ahead)
