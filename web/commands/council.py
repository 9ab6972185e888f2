"""`pepway council`: settings that are the council's own."""

from datetime import datetime

import click

from engine.domain import SYSTEM
from web.installation import open_installation
from web.settings import read_settings
from workflows.council import Termly, set_termly, termly_overlay
from workflows.retention.periods import council_periods, set_period


@click.group()
def council() -> None:
    """Settings that are the council's own."""


@council.command()
@click.option("--on/--off", "on", default=None, help="Left out: say how it stands.")
@click.option("--cut-off", "cut_offs", multiple=True, metavar="YYYY-MM-DD",
              type=click.DateTime(["%Y-%m-%d"]),
              help="A day by which a term's plan is due, instead of the term's last day. "
                   "May be given several times.")
def termly(on: bool | None, cut_offs: tuple[datetime, ...]) -> None:
    """Ask for a plan each term, beside the reviews that the law sets.

    The dates of every running case follow as soon as Pepway runs.
    """
    if on is None and cut_offs:
        raise click.UsageError("Cut-off dates need --on.")
    installation = open_installation(read_settings())
    system = installation.acting(SYSTEM)
    if on is not None:
        set_termly(system, on=on, cut_offs=[moment.date() for moment in cut_offs])
    click.echo(_in_words(termly_overlay(system)))
    installation.database.engine.dispose()


@council.command()
@click.option("--after-birth", type=int, metavar="YEARS", help="75 or more.")
@click.option("--after-death", type=int, metavar="YEARS",
              help="Of a child who died before 18: 15 or more.")
@click.option("--after-adoption", type=int, metavar="YEARS", help="From the order: 100 or more.")
def keep(**years: int | None) -> None:
    """How many years records are kept: never fewer than the law asks. Left out: say how it stands.
    """
    installation = open_installation(read_settings())
    system = installation.acting(SYSTEM)
    for name, number in years.items():
        if number is not None:
            set_period(system, name, number)
    stand = council_periods(system)
    click.echo(f"Records are kept {stand.after_birth} years from birth, {stand.after_death} from a "
               f"death before 18, {stand.after_adoption} from an adoption order.")
    installation.database.engine.dispose()


def _in_words(overlay: Termly) -> str:
    if not overlay.on:
        return "A plan each term is not asked for."
    days = ", ".join(day.isoformat() for day in overlay.cut_offs)
    return f"A plan each term is asked for, by {days or 'the last day of each term'}."
