"""`pepway subject-access`: the pack that answers a request for access, as a file."""

from pathlib import Path

import click

from engine.domain import SYSTEM
from engine.errors import NotFound, Refused
from web.documents.answering import zip_of
from web.installation import open_existing
from web.settings import read_settings
from workflows.council import council_name
from workflows.subject_access.pack import give_pack
from workflows.subject_access.requests import find_request


@click.command(name="subject-access")
@click.argument("reference")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False),
              help="The ZIP to write; it must not exist yet.")
def subject_access(reference: str, out: Path) -> None:
    """Write all that is held about the child of a request, with what is withheld taken out."""
    system = open_existing(read_settings(may_make_keys=False)).acting(SYSTEM)
    try:
        request = find_request(system, reference)
    except NotFound:
        msg = f"There is no request {reference}."
        raise Refused(msg) from None
    if out.exists():
        msg = f"{out} exists already. Choose another file."
        raise Refused(msg)
    pack = give_pack(system, request.id)
    out.touch(mode=0o600)
    out.write_bytes(zip_of(pack, council_name(system)))
    click.echo(f"{out}: {len(pack.told)} answers, {len(pack.files)} files, "
               f"{len(pack.gaps)} withheld as a whole.")
