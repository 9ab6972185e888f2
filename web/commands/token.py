"""`pepway token`: tokens for programs, each printed once; listed, and ended."""

import json
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import click

from engine.domain import SYSTEM
from engine.errors import AnswersInvalid, NotFound, Refused
from engine.work import LONDON, Acting
from web.installation import open_existing
from web.settings import read_settings
from workflows.days import full_day
from workflows.people import find_by_email
from workflows.tokens import (
    LASTS,
    LONGEST_NAME,
    SCOPES,
    TokenView,
    add_token,
    end_token,
    tokens_listed,
)


def _scopes(_context: click.Context, _option: click.Parameter, text: str) -> frozenset[str]:
    wanted = frozenset(part.strip() for part in text.split(","))
    if wanted - set(SCOPES):
        raise click.BadParameter(f"Write {', '.join(SCOPES)}, or some of them, with commas.")
    return wanted


def _name(_context: click.Context, _option: click.Parameter, text: str) -> str:
    if len(text) > LONGEST_NAME:
        raise click.BadParameter(f"Use at most {LONGEST_NAME} characters.")
    return text


@click.group()
def token() -> None:
    """Tokens with which programs use the API in a person's name."""


@token.command()
@click.option("--person", required=True, help="E-mail address of the person.")
@click.option("--scope", "scopes", default="read", show_default=True, callback=_scopes,
              help=f"{', '.join(SCOPES)}, or some of them, such as read,write.")
@click.option("--name", default="", callback=_name, help="What the program is, for the list.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day on which it works.")
@click.option("--days", type=click.IntRange(1, LASTS.days),
              help=f"Or how many days it works from now on; {LASTS.days} where neither is said.")
def add(
    person: str, scopes: frozenset[str], name: str, until: datetime | None, days: int | None
) -> None:
    """Make a token and print it; it cannot be shown again."""
    if until and days:
        msg = "Give either --until or --days."
        raise click.UsageError(msg)
    system = _system()
    owner = _person(system, person)
    try:
        made = add_token(system, owner, scopes, name, _last_day(system, until, days))
    except AnswersInvalid as wrong:
        [(field, sentence), *_] = wrong.errors.items()
        raise click.BadParameter(f"{sentence}.", param_hint=f"--{field}") from wrong
    click.echo(made)


@token.command("list")
@click.option("--person", help="E-mail address: only the tokens of this person.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_them(person: str | None, *, as_json: bool) -> None:
    """Every token with its person, scopes, last day and the day it was last used."""
    system = _system()
    found = tokens_listed(system, _person(system, person) if person else None)
    for each in found:
        click.echo(json.dumps(_facts(each), ensure_ascii=False) if as_json else _in_words(each))
    if not found and not as_json:
        click.echo("There are no tokens.")


@token.command()
@click.argument("token_id", type=click.UUID, metavar="ID")
def end(token_id: UUID) -> None:
    """End a token by its id from the list: from now on it lets nobody in."""
    try:
        end_token(_system(), token_id)
    except NotFound as unknown:
        msg = "There is no token with this id. See pepway token list."
        raise Refused(msg) from unknown
    click.echo("The token lets nobody in any more.")


def _system() -> Acting:
    return open_existing(read_settings(may_make_keys=False)).acting(SYSTEM)


def _person(system: Acting, email: str) -> UUID:
    actor = find_by_email(system, email)
    if actor is None:
        msg = f"Nobody signs in as {email}."
        raise Refused(msg)
    return actor.id


def _last_day(by: Acting, until: datetime | None, days: int | None) -> date | None:
    if days:
        return by.today + timedelta(days=days)
    return until.date() if until else None


def _facts(each: TokenView) -> dict[str, Any]:
    return {
        "id": str(each.id), "name": each.name, "person": each.email,
        "scopes": list(each.scopes), "made": each.created_at.isoformat(),
        "expires": each.expires_at.isoformat(), "works": each.works,
        "last_used": each.used_on.isoformat() if each.used_on else None,
    }


def _in_words(each: TokenView) -> str:
    until = full_day(each.expires_at.astimezone(LONDON).date())
    used = f"last used {full_day(each.used_on)}" if each.used_on else "never used"
    works = f"works until {until}" if each.works else f"has ended, on {until}"
    name = f" {each.name}," if each.name else ""
    return f"{each.id} {each.email},{name} {','.join(each.scopes)}, {works}, {used}"
