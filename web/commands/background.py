"""The background work as the commands start it: which adapter, and what it does with messages."""

import logging
from datetime import timedelta

from engine.background import Background, Embedded
from engine.background.distributed import Distributed
from engine.clock import MovableClock
from engine.demo_clock import clock_ahead
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


def _follow_clock(installation: Installation) -> None:
    """Another process may have moved the demonstration's clock."""
    clock = installation.clock
    if isinstance(clock, MovableClock):
        ahead = clock_ahead(installation.database)
        if abs(ahead - clock.ahead) >= timedelta(seconds=1):
            clock.set_ahead(ahead)
