"""`pepway token add`: a token for a program, printed this once."""

import click

from engine.domain import SYSTEM
from engine.errors import Refused
from web.installation import open_existing
from web.settings import read_settings
from workflows.people import find_by_email
from workflows.tokens import SCOPES, add_token


def _scopes(_context: click.Context, _option: click.Parameter, text: str) -> frozenset[str]:
    wanted = frozenset(part.strip() for part in text.split(","))
    if wanted - set(SCOPES):
        raise click.BadParameter("Write read, write or read,write.")
    return wanted


@click.group()
def token() -> None:
    """Tokens with which programs use the API in a person's name."""


@token.command()
@click.option("--person", required=True, help="E-mail address of the person.")
@click.option("--scope", "scopes", default="read", show_default=True, callback=_scopes,
              help="read, write or read,write.")
def add(person: str, scopes: frozenset[str]) -> None:
    """Make a token and print it; it cannot be shown again."""
    system = open_existing(read_settings(may_make_keys=False)).acting(SYSTEM)
    actor = find_by_email(system, person)
    if actor is None:
        msg = f"Nobody signs in as {person}."
        raise Refused(msg)
    click.echo(add_token(system, actor.id, scopes))
