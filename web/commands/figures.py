"""`pepway figures`: what the board is told from."""

import click

from engine.domain import SYSTEM
from web.installation import open_existing
from web.settings import read_settings
from workflows.figures.following import count_anew


@click.group()
def figures() -> None:
    """What is counted beside the cases, for the board."""


@figures.command()
def anew() -> None:
    """Throw all figures away; Pepway counts them again from the first event on, while it runs.

    For a count that is doubted, and after the times of many steps were put right. No case, no
    record and no event is touched.
    """
    count_anew(open_existing(read_settings()).acting(SYSTEM))
    click.echo("The figures are thrown away. Pepway counts them again while it runs.")
