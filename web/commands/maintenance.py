"""`pepway maintenance`: a banner above every page while work on Pepway is ahead or under way."""

from datetime import datetime

import click

from engine.domain import SYSTEM
from engine.work import LONDON, Acting
from web.installation import open_existing
from web.settings import read_settings
from workflows.days import moment_in_words
from workflows.maintenance import announce_maintenance, call_off_maintenance
from workflows.maintenance import maintenance as announced

MOMENT = click.DateTime(["%Y-%m-%dT%H:%M"])


@click.command()
@click.option("--from", "begins_at", type=MOMENT, metavar="YYYY-MM-DDTHH:MM",
              help="In London. Left out: now.")
@click.option("--until", "ends_at", type=MOMENT, metavar="YYYY-MM-DDTHH:MM",
              help="In London; then the banner goes by itself.")
@click.option("--say", default="", help="What else people are to know. Anybody reads it.")
@click.option("--off", is_flag=True, help="Take the banner away.")
def maintenance(
    begins_at: datetime | None, ends_at: datetime | None, say: str, *, off: bool
) -> None:
    """Announce work on Pepway above every page. Without options: say what is announced."""
    if (off and (begins_at or ends_at or say)) or ((begins_at or say) and ends_at is None):
        raise click.UsageError("Give --until with --from and --say, or --off alone.")
    by = open_existing(read_settings(may_make_keys=False)).acting(SYSTEM)
    if off:
        call_off_maintenance(by)
    elif ends_at is not None:
        begins = begins_at.replace(tzinfo=LONDON) if begins_at else by.now
        announce_maintenance(by, begins, ends_at.replace(tzinfo=LONDON), say)
    click.echo(_in_words(by))


def _in_words(by: Acting) -> str:
    stands = announced(by)
    if stands is None:
        return "No work is announced."
    begins, ends = moment_in_words(stands.begins_at), moment_in_words(stands.ends_at)
    return f"Work is announced from {begins} until {ends}."
