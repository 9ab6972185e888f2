"""`pepway token add`: a token for a program, printed this once."""

import click

from engine.domain import SYSTEM
from engine.errors import Refused
from web.installation import open_installation
from web.settings import read_settings
from workflows.people import find_by_email
from workflows.tokens import add_token


@click.group()
def token() -> None:
    """Tokens with which programs use the API in a person's name."""


@token.command()
@click.option("--person", required=True, help="E-mail address of the person.")
@click.option("--scope", default="read", show_default=True, help="read, write or read,write.")
def add(person: str, scope: str) -> None:
    """Make a token and print it; it cannot be shown again."""
    system = open_installation(read_settings()).acting(SYSTEM)
    actor = find_by_email(system, person)
    if actor is None:
        msg = f"Nobody signs in as {person}."
        raise Refused(msg)
    wanted = frozenset(part.strip() for part in scope.split(",") if part.strip())
    click.echo(add_token(system, actor.id, wanted))
