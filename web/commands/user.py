"""`pepway user add`: someone who can sign in."""

import click

from engine.domain import SYSTEM
from web.installation import open_installation
from web.settings import read_settings
from workflows.people import add_person, hash_password
from workflows.roles import ROLES


@click.group()
def user() -> None:
    """People who sign in."""


@user.command()
@click.option("--name", required=True)
@click.option("--email", required=True)
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(list(ROLES)))
@click.password_option(help="Asked for where it is not given.")
def add(name: str, email: str, roles: tuple[str, ...], password: str) -> None:
    """Add a person with one or more roles."""
    system = open_installation(read_settings()).acting(SYSTEM)
    person_id = add_person(system, name, email, roles, hash_password(password))
    click.echo(f"{email} can sign in (person {person_id}).")
