"""`pepway user add`: someone who can sign in."""

import re

import click

from engine.domain import SYSTEM
from web.installation import open_installation
from web.settings import read_settings
from workflows.people import add_person, hash_password
from workflows.roles import ROLES

EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
LONGEST_EMAIL, LONGEST_NAME = 254, 200
SHORTEST_PASSWORD = 12


def _name(_context: click.Context, _option: click.Parameter, text: str) -> str:
    if not 0 < len(text.strip()) <= LONGEST_NAME:
        raise click.BadParameter(f"Write the person's name, in up to {LONGEST_NAME} characters.")
    return text.strip()


def _email(_context: click.Context, _option: click.Parameter, text: str) -> str:
    if not EMAIL.fullmatch(text.strip()) or len(text) > LONGEST_EMAIL:
        raise click.BadParameter("Write an e-mail address, such as name@council.example.")
    return text.strip()


def _password(_context: click.Context, _option: click.Parameter, text: str) -> str:
    if len(text) < SHORTEST_PASSWORD:
        raise click.BadParameter(f"Choose one of {SHORTEST_PASSWORD} characters or more.")
    return text


@click.group()
def user() -> None:
    """People who sign in."""


@user.command()
@click.option("--name", required=True, callback=_name)
@click.option("--email", required=True, callback=_email)
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(list(ROLES)))
@click.password_option(callback=_password, help="12 characters or more. Asked for where it is "
                       "not given.")
def add(name: str, email: str, roles: tuple[str, ...], password: str) -> None:
    """Add a person with one or more roles."""
    system = open_installation(read_settings()).acting(SYSTEM)
    person_id = add_person(system, name, email, roles, hash_password(password))
    click.echo(f"{email} can sign in (person {person_id}).")
