"""`pepway worker`: the background work on PostgreSQL, by as many processes as are wanted."""

import logging
import signal

import click

from engine.errors import Refused
from engine.store.database import Database
from web.commands.background import background_of
from web.commands.logged import log_to_stderr
from web.commands.measured import measured_at, measured_beside
from web.installation import open_existing
from web.settings import read_settings

log = logging.getLogger("pepway")


@click.command()
@measured_at
def worker(metrics_host: str, metrics_port: int | None) -> None:
    """Fire timers and send messages, on PostgreSQL. Run any number, on any machine.

    Told to stop (SIGTERM, or Ctrl and C), a worker finishes the work at hand, takes no new one
    and ends. Another takes over the work of one that dies.
    """
    settings = read_settings(may_make_keys=False)
    log_to_stderr(settings.log_format)
    if Database(settings.database_url).is_sqlite:
        msg = "On SQLite pepway serve does the background work itself: there is nothing to do here."
        raise Refused(msg)
    installation = open_existing(settings)
    background = background_of(installation, settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: background.ask_to_stop())
    log.info("This worker fires timers and sends messages")
    with measured_beside(installation, settings, metrics_host, metrics_port):
        background.run()
    log.info("This worker has ended")
