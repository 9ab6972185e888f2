"""`pepway serve`: the web front end, and the background work where nothing else does it."""

import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from threading import Event

import click

from engine.background import OnlyOne
from engine.clock import MovableClock
from engine.demo_clock import keep_clock_ahead
from engine.domain import SYSTEM
from engine.errors import Refused
from engine.releases import ReleaseView, load_procedures
from engine.store.database import Database
from engine.work import Installation
from web.app import create_app
from web.commands.answering import answer
from web.commands.background import background_of
from web.commands.listening import taken_address
from web.commands.logged import log_to_stderr
from web.commands.measured import measured_at, measured_beside
from web.health import BACKGROUND
from web.installation import open_installation
from web.long_lived import keep_for_good
from web.settings import Settings, read_settings
from workflows.demonstration import furnish

log = logging.getLogger("pepway")

BPMN = Path(__file__).parents[2] / "bpmn"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, envvar="PORT",
              type=click.IntRange(1, 65535))
@click.option("--worker/--no-worker", "works", default=None,
              help="On PostgreSQL: do the background work here as well. In the demonstration yes, "
                   "else no: run pepway worker.")
@measured_at
def serve(
    host: str, port: int, works: bool | None, metrics_host: str, metrics_port: int | None
) -> None:
    """Serve Pepway. Not for real children before version 1.0.

    Told to stop (SIGTERM, or Ctrl and C), it takes no new request, answers those that are there,
    and ends.
    """
    settings = read_settings()
    log_to_stderr(settings.log_format)
    works = _works_here(settings, works)
    with _only_one(settings), taken_address(host, port) as sockets:
        installation = open_installation(settings)
        _say_what_this_is(settings)
        for release in load_procedures(installation.acting(SYSTEM), BPMN):
            _say_release(release)
        if settings.demo:
            _open_demonstration(installation, host, port)
        with measured_beside(installation, settings, metrics_host, metrics_port):
            _answer(installation, settings, sockets, works=works)


def _works_here(settings: Settings, wanted: bool | None) -> bool:
    """Whether this process does the background work as well. Raises `Refused`."""
    if not Database(settings.database_url).is_sqlite:
        return settings.demo if wanted is None else wanted
    if wanted is False:
        msg = "On SQLite no other process can do the background work. Leave out --no-worker."
        raise Refused(msg)
    return True


def _answer(
    installation: Installation, settings: Settings, sockets: list[socket], *, works: bool
) -> None:
    """Answer until the process is told to stop, with the background work beside it or not."""
    background = background_of(installation, settings)
    if works:
        background.start()
    else:
        log.info("Timers fire and messages leave while a pepway worker runs")
    stop = _told_to_stop()
    try:
        app = create_app(installation, settings)
        app.extensions[BACKGROUND] = background
        host, port = sockets[0].getsockname()[:2]
        log.info("Pepway answers at http://%s:%s", host, port)
        keep_for_good()
        answer(app, sockets, stop, behind_proxies=settings.proxies > 0)
    finally:
        background.stop()


@contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    """Holds the file of SQLite. Raises `Refused` where another process holds it."""
    file = Database(settings.database_url).file
    if not file:
        yield
        return
    lock = OnlyOne(Path(file))
    lock.take()
    try:
        yield
    finally:
        lock.give_back()


def _say_what_this_is(settings: Settings) -> None:
    click.echo("Pepway before version 1.0 is not for real children's records.", err=True)
    if settings.demo:
        click.echo("This is the demonstration: every person and child is invented.", err=True)


def _say_release(release: ReleaseView) -> None:
    state = {"live": "is live", "in_review": "waits in review", "retired": "is retired"}
    click.echo(f"{release.procedure} release {release.number} {state[release.state]}", err=True)


def _open_demonstration(installation: Installation, host: str, port: int) -> None:
    """Make the invented council where the database is new, and say who to sign in as."""
    clock = installation.clock
    if isinstance(clock, MovableClock):
        keep_clock_ahead(installation.acting(SYSTEM), clock.ahead)
    accounts = furnish(installation, begins=_say_that_it_takes_a_minute)
    click.echo(f"Open http://{host}:{port} and sign in with the password: demonstration")
    for account in accounts:
        click.echo(f"  {account.role_title:24} {account.email}")
    sys.stdout.flush()


def _say_that_it_takes_a_minute() -> None:
    click.echo("Making the invented council. This takes a minute, the first time.", err=True)


def _told_to_stop() -> Event:
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    return stop
