"""How far the demonstration's clock is ahead: kept in the database, so that all processes agree."""

from datetime import datetime, timedelta

from engine.clock import MovableClock
from engine.errors import Refused
from engine.store.database import Database
from engine.store.models import DemoClock
from engine.work import LONDON, Work, verb


def clock_ahead(database: Database) -> timedelta:
    """Zero where the clock was never moved."""
    with database.transaction(writing=False) as session:
        row = session.get(DemoClock, 1)
        return timedelta(seconds=row.ahead_seconds) if row else timedelta()


@verb
def move_demo_clock(work: Work, moment: datetime) -> datetime:
    """Put the demonstration's clock to this London time and let it run; forwards only.

    Raises `Refused` outside the demonstration and for an earlier time.
    """
    clock = work.installation.clock
    if not isinstance(clock, MovableClock):
        msg = "Only the demonstration's clock can be moved."
        raise Refused(msg)
    ahead = clock.ahead_for(moment.replace(tzinfo=LONDON))
    keep_clock_ahead(work, ahead)
    clock.set_ahead(ahead)
    return clock.now().astimezone(LONDON)


@verb
def keep_clock_ahead(work: Work, ahead: timedelta) -> None:
    seconds = int(ahead.total_seconds())
    row = work.session.get(DemoClock, 1)
    if row is None:
        work.session.add(DemoClock(id=1, ahead_seconds=seconds))
    else:
        row.ahead_seconds = seconds
