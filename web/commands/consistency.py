"""`pepway consistency`: whether states, tables and releases fit together."""

import json

import click

from engine.consistency import Find, look_over_all
from engine.domain import SYSTEM
from engine.errors import Refused
from web.installation import open_existing
from web.settings import read_settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each find.")
def consistency(*, as_json: bool) -> None:
    """Look over everything: states of cases, tasks, dates, owners, records, messages.

    Pepway does so by itself once a day. What does not fit together becomes an incident of its case,
    for a process owner to put right in the studio; where all fits again the incident is over. Names
    nobody. May run while people work.
    """
    by = open_existing(read_settings(may_make_keys=False)).acting(SYSTEM)
    count = 0
    for find in look_over_all(by):
        count += 1
        click.echo(_as_json(find) if as_json else _in_words(find))
    if count:
        msg = f"{count} of what was looked over {'does' if count == 1 else 'do'} not fit together."
        raise Refused(msg)
    if not as_json:
        click.echo("Everything fits together.")


def _as_json(find: Find) -> str:
    misfits = [{"kind": each.kind, "message": each.message} for each in find.misfits]
    return json.dumps({"what": find.what, "reference": find.reference or None, "misfits": misfits})


def _in_words(find: Find) -> str:
    said = " ".join(each.message for each in find.misfits)
    return f"{find.reference or find.what}: {said}"
