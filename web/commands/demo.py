"""`pepway demo`: the demonstration's clock."""

from contextlib import suppress
from datetime import datetime

import click

from engine.demo_clock import move_demo_clock
from engine.domain import SYSTEM
from engine.errors import Refused
from web.installation import open_existing
from web.settings import MOMENT, read_settings
from workflows.days import full_day


def _moment(_context: click.Context, _argument: click.Parameter, text: str) -> datetime:
    """Without a zone: it is London's."""
    if MOMENT.fullmatch(text):
        with suppress(ValueError):
            return datetime.fromisoformat(text)
    raise click.BadParameter("Write a day, 2026-12-10, or a time in London, 2026-12-10T09:00.")


@click.group()
def demo() -> None:
    """The demonstration with its invented council."""


@demo.command()
@click.argument("moment", callback=_moment)
def clock(moment: datetime) -> None:
    """Move the running demonstration's clock forwards to MOMENT (London time).

    Timers that have come due fire within five seconds.
    """
    settings = read_settings(may_make_keys=False)
    if not settings.demo:
        msg = "Only the demonstration's clock can be moved. Set PEPWAY_DEMO=1."
        raise Refused(msg)
    shows = move_demo_clock(open_existing(settings).acting(SYSTEM), moment)
    click.echo(f"The clock shows {full_day(shows)}, {shows:%H:%M}.")
