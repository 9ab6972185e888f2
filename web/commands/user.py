"""`pepway user`: someone who can sign in, and the link to their account at the council."""

import re
from uuid import UUID

import click

from engine.domain import SYSTEM
from engine.errors import Refused
from engine.work import Acting
from web.installation import open_existing, open_installation
from web.settings import Settings, read_settings
from workflows.accounts.links import INVITATION, invite, make_link
from workflows.accounts.own_account import has_password
from workflows.accounts.passwords import hash_password, what_is_wrong
from workflows.accounts.second_factor import reset_second_factor
from workflows.identities import INVITATION_LASTS, expect_identity
from workflows.people import add_person, find_by_email
from workflows.roles import ROLES

EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
LONGEST_EMAIL, LONGEST_NAME = 254, 200


def _name(_context: click.Context, _option: click.Parameter, text: str) -> str:
    if not 0 < len(text.strip()) <= LONGEST_NAME:
        raise click.BadParameter(f"Write the person's name, in up to {LONGEST_NAME} characters.")
    return text.strip()


def _email(_context: click.Context, _option: click.Parameter, text: str) -> str:
    if not EMAIL.fullmatch(text.strip()) or len(text) > LONGEST_EMAIL:
        raise click.BadParameter("Write an e-mail address, such as name@council.example.")
    return text.strip()


@click.group()
def user() -> None:
    """People who sign in."""


@user.command()
@click.option("--name", required=True, callback=_name)
@click.option("--email", required=True, callback=_email)
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(list(ROLES)))
@click.option("--password", default="", help="12 characters or more. Without one, a link is made "
              "with which the person chooses one.")
@click.option("--mail", is_flag=True, help="Mail the link instead of printing it.")
@click.option("--sign-on", is_flag=True,
              help="They sign in by the council's own sign-on: prints the link that connects them.")
def add(
    name: str, email: str, roles: tuple[str, ...], password: str, *, mail: bool, sign_on: bool
) -> None:
    """Add a person with one or more roles, and invite them."""
    if password and (wrong := what_is_wrong(password, name, email)):
        raise click.BadParameter(f"{wrong}.", param_hint="--password")
    if sign_on and (password or mail):
        msg = "Leave --password and --mail out: with --sign-on the link is printed."
        raise click.UsageError(msg)
    settings = read_settings()
    if sign_on:
        _issuer(settings)
    system = open_installation(settings).acting(SYSTEM)
    kept = hash_password(password) if password else ""
    person_id = add_person(system, name, email, roles, kept)
    if sign_on:
        _expect(system, settings, person_id)
    elif password:
        click.echo(f"{email} can sign in (person {person_id}).")
    else:
        _invite(system, settings, person_id, mail=mail)


@user.command("invite")
@click.option("--email", required=True, callback=_email)
@click.option("--mail", is_flag=True, help="Mail the link instead of printing it.")
def invite_again(email: str, mail: bool) -> None:
    """A new link for somebody who has not chosen a password yet; the one before ends."""
    settings = read_settings(may_make_keys=False)
    system = open_existing(settings).acting(SYSTEM)
    person_id = _known(system, email)
    if has_password(system, person_id):
        raise Refused(f"{email} has a password already.")
    _invite(system, settings, person_id, mail=mail)


@user.command()
@click.argument("email")
def link(email: str) -> None:
    """Make the link that connects a person with their account at the council's own sign-on.

    Whoever opens it signs in as that person from then on: hand it to them alone.
    """
    settings = read_settings(may_make_keys=False)
    _issuer(settings)
    system = open_existing(settings).acting(SYSTEM)
    _expect(system, settings, _known(system, email))


@user.command("reset-second-factor")
@click.option("--email", required=True, callback=_email)
def reset(email: str) -> None:
    """For somebody who has lost both phone and recovery codes, once you know that it is them."""
    system = open_existing(read_settings(may_make_keys=False)).acting(SYSTEM)
    reset_second_factor(system, _known(system, email))
    click.echo(f"{email} sets up a new app when they sign in next.")


def _known(system: Acting, email: str) -> UUID:
    actor = find_by_email(system, email)
    if actor is None:
        raise Refused(f"Nobody signs in as {email}.")
    return actor.id


def _invite(system: Acting, settings: Settings, person_id: UUID, *, mail: bool) -> None:
    if mail:
        invite(system, person_id)
        click.echo("The invitation leaves by e-mail within a minute.")
        return
    secret = make_link(system, person_id, INVITATION)
    click.echo(f"{settings.public_url.rstrip('/')}/choose-password/{secret}")
    click.echo("Give this link to the person and to nobody else. It works once, for 72 hours.",
               err=True)


def _expect(system: Acting, settings: Settings, person_id: UUID) -> None:
    secret = expect_identity(system, person_id, _issuer(settings))
    hours = int(INVITATION_LASTS.total_seconds() // 3600)
    click.echo(f"{settings.public_url.rstrip('/')}/link/{secret}")
    click.echo(f"Hand this link to them alone: it works once, for {hours} hours.", err=True)


def _issuer(settings: Settings) -> str:
    if not settings.sign_on_issuer:
        msg = "The council's own sign-on is not set up: set PEPWAY_SIGN_ON_ISSUER."
        raise Refused(msg)
    return settings.sign_on_issuer
