"""Puts an installation together from its settings: the one place that knows all the parts."""

from datetime import datetime, timedelta
from pathlib import Path

from engine.clock import Clock, MovableClock, SystemClock
from engine.demo_clock import clock_ahead
from engine.errors import Refused
from engine.store.database import Database
from engine.store.schema import is_past_the_wall, may_migrate, migrate, serve_this_version
from engine.store.slow import log_slow_statements
from engine.work import LONDON, Installation
from web.settings import Settings
from workflows.pep.domain import PepDomain


def open_installation(settings: Settings) -> Installation:
    """An installation whose tables are this version's: migrated here, by their owner's address.

    In the demonstration the clock runs as far ahead as it was last put. Raises `Refused` where the
    tables are older, and the address is one that cannot migrate them.
    """
    database = Database(settings.database_url)
    if database.file:
        Path(database.file).parent.mkdir(parents=True, exist_ok=True)
    if may_migrate(database):
        migrate(database)
    _must_be_current(database)
    return installation_on(database, settings)


def open_existing(settings: Settings) -> Installation:
    """An installation that is there already: nothing is made, nothing migrated.

    Raises `Refused` where there is no database yet, or its tables are not this version's.
    """
    database = Database(settings.database_url)
    if database.file and not Path(database.file).is_file():
        msg = f"There is no database {database.file}. Check PEPWAY_DATABASE_URL and the folder."
        raise Refused(msg)
    _must_be_current(database)
    return installation_on(database, settings)


def _must_be_current(database: Database) -> None:
    if not serve_this_version(database):
        msg = ("The database does not have the tables of this version. Run pepway migrate first, "
               "on PostgreSQL with the address of the tables' owner.")
        raise Refused(msg)
    if is_past_the_wall(database):
        msg = ("Whoever PEPWAY_DATABASE_URL names owns Pepway's tables and may not take the role "
               "pepway_app. Grant it: GRANT pepway_app TO that user.")
        raise Refused(msg)


def installation_on(database: Database, settings: Settings) -> Installation:
    """For a database that has the tables of this version."""
    if settings.slow_query_ms:
        log_slow_statements(database.engine, settings.slow_query_ms)
    return Installation(
        database=database,
        clock=_clock(settings, database),
        domain=PepDomain(),
        audit_key=settings.audit_key.encode(),
    )


def _clock(settings: Settings, database: Database) -> Clock:
    if not settings.demo:
        return SystemClock()
    clock = MovableClock(clock_ahead(database))
    if settings.today is not None:
        _start_at(clock, settings.today)
    return clock


def _start_at(clock: MovableClock, moment: datetime) -> None:
    """`PEPWAY_TODAY` starts the clock there, unless it has been moved beyond: never backwards."""
    ahead = moment.replace(tzinfo=LONDON) - datetime.now(LONDON)
    if clock.ahead == timedelta() or ahead > clock.ahead:
        clock.set_ahead(ahead)


