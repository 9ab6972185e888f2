"""`pepway serve`: the web front end and, on SQLite, the background work in the same process."""

import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from socket import socket
from types import FrameType

import click
import waitress

from engine.background import Embedded, Message, OnlyOne
from engine.clock import MovableClock
from engine.demo_clock import clock_ahead, keep_clock_ahead
from engine.domain import SYSTEM
from engine.releases import ReleaseView, load_procedures
from engine.store.database import Database
from engine.work import Installation
from web.app import create_app
from web.commands.listening import taken_address
from web.installation import open_installation
from web.settings import Settings, read_settings
from workflows.demonstration import furnish

log = logging.getLogger("pepway")

THREADS = 8
BPMN = Path(__file__).parents[2] / "bpmn"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, envvar="PORT",
              type=click.IntRange(1, 65535))
def serve(host: str, port: int) -> None:
    """Serve Pepway. Not for real children before version 1.0."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    for library in ("spiff", "alembic"):
        logging.getLogger(library).setLevel(logging.WARNING)
    settings = read_settings()
    with _only_one(settings), taken_address(host, port) as sockets:
        installation = open_installation(settings)
        _say_what_this_is(settings)
        for release in load_procedures(installation.acting(SYSTEM), BPMN):
            _say_release(release)
        if settings.demo:
            _open_demonstration(installation, host, port)
        _answer(installation, settings, sockets)


def _answer(installation: Installation, settings: Settings, sockets: list[socket]) -> None:
    """Answer until the process is told to stop, with the background work beside it."""
    background = Embedded(installation, _deliver, lambda: _follow_clock(installation))
    background.start()
    _stop_on_signal()
    try:
        app = create_app(installation, settings)
        host, port = sockets[0].getsockname()[:2]
        log.info("Pepway answers at http://%s:%s", host, port)
        waitress.serve(app, sockets=sockets, threads=THREADS, ident=None, _quiet=True)
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


def _follow_clock(installation: Installation) -> None:
    """Another process may have moved the demonstration's clock."""
    clock = installation.clock
    if isinstance(clock, MovableClock):
        ahead = clock_ahead(installation.database)
        if abs(ahead - clock.ahead) >= timedelta(seconds=1):
            clock.set_ahead(ahead)


def _deliver(message: Message) -> None:
    """Until mail is set up, a message is noted by its ids; people see it on the case."""
    log.debug("message %s of kind %s is on the case", message.id, message.kind)


def _stop_on_signal() -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
