"""Links by mail to choose a password: for somebody new, or who has forgotten theirs.

A link proves that somebody reads that mailbox, and no more: the second factor is asked as ever.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from engine.errors import AnswersInvalid, NotFound
from engine.work import Acting, Work, query, verb
from workflows.accounts.ending import end_everything_open
from workflows.accounts.passwords import hash_password, what_is_wrong
from workflows.accounts.sealing import Sealing
from workflows.accounts.signing_in import HalfWay, SignedIn, go_on
from workflows.accounts.tables import AccountLink
from workflows.accounts.throttling import (
    Browser,
    TooOften,
    budget_of_mails,
    budget_of_network,
    take_a_try,
)
from workflows.people import Person
from workflows.secret_hash import hash_of

INVITATION, FORGOTTEN = "account_invitation", "password_forgotten"
LASTS: Mapping[str, timedelta] = {
    INVITATION: timedelta(hours=72), FORGOTTEN: timedelta(minutes=30),
}
"""By the kind of the message that brings it."""
PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the kind of a message


@dataclass(frozen=True, slots=True)
class OpenedLink:
    kind: str
    person_id: UUID
    name: str
    email: str


@verb
def invite(work: Work, person_id: UUID) -> None:
    """Mail a link to somebody who has no password yet; one before it ends then.

    Raises `NotFound`.
    """
    person = work.session.get(Person, person_id)
    if person is None or not person.active or person.signs_on or person.password_hash:
        raise NotFound
    work.audit("invite_person", about=f"person:{person_id}")
    _mail(work, INVITATION, person_id)


def ask_for_new_password(by: Acting, email: str, browser: Browser, at: datetime) -> None:
    """Mail a link where somebody signs in with this address and a password; else do the same and
    mail nothing. Raises `TooOften`."""
    budgets = {**budget_of_mails(email), **budget_of_network(browser)}
    if until := take_a_try(by, budgets, at):
        raise TooOften(until, at)
    _ask(by, email)


@verb
def _ask(work: Work, email: str) -> None:
    person_id = work.session.scalar(select(Person.id).where(
        Person.email == email.strip().lower(), Person.active, ~Person.signs_on,
        Person.password_hash != ""
    ))
    work.audit("forget_password", about=f"person:{person_id}" if person_id else "")
    _mail(work, FORGOTTEN, person_id)


def _mail(work: Work, kind: str, person_id: UUID | None) -> None:
    """The message holds no link: that is made as its letter is written, and kept nowhere."""
    work.tell(kind, person_id, asked_at=work.now.isoformat())


@verb
def make_link(work: Work, person_id: UUID, kind: str) -> str:
    """The secret of a new link, given out this once; the one before opens nothing any more."""
    secret = secrets.token_urlsafe(32)
    work.session.merge(AccountLink(
        person_id=person_id, hash=hash_of(secret), kind=kind, ends_at=work.now + LASTS[kind]
    ))
    work.audit("make_account_link", about=f"person:{person_id}", kind=kind)
    return secret


@query
def open_link(work: Work, secret: str) -> OpenedLink:
    """Whose link it is. Raises `NotFound` for one that was used, ended or never made."""
    row = _found(work, secret)
    person = work.session.get_one(Person, row.person_id)
    return OpenedLink(row.kind, person.id, person.name, person.email)


def choose_password(
    by: Acting, secret: str, password: str, browser: Browser, sealing: Sealing, at: datetime,
    *, asks_everyone: bool,
) -> SignedIn | HalfWay:
    """Takes the link's place: it opens nothing any more, nor does whatever was open before.

    Raises `NotFound` where the link does not work, `AnswersInvalid`.
    """
    link = open_link(by, secret)
    if wrong := what_is_wrong(password, link.name, link.email):
        raise AnswersInvalid({"new_password": wrong})
    return _choose(by, secret, hash_password(password), browser, sealing, at, asks_everyone)


@verb
def _choose(
    work: Work, secret: str, password_hash: str, browser: Browser, sealing: Sealing, at: datetime,
    asks_everyone: bool,
) -> SignedIn | HalfWay:
    row = _found(work, secret, lock=True)
    person, kind = work.session.get_one(Person, row.person_id), row.kind
    work.session.expunge(row)
    set_password(work, person, password_hash, tells=kind == FORGOTTEN)
    followed = go_on(work, person, browser, sealing, at, asks_everyone=asks_everyone,
                     by_mail=True)
    if followed is None:
        raise NotFound
    return followed


def set_password(work: Work, person: Person, password_hash: str, *, tells: bool) -> None:
    person.password_hash = password_hash
    end_everything_open(work, person.id)
    work.audit("change_password", about=f"person:{person.id}")
    if tells:
        work.tell(PASSWORD_CHANGED, person.id)


def _found(work: Work, secret: str, *, lock: bool = False) -> AccountLink:
    statement = select(AccountLink).join(Person).where(
        AccountLink.hash == hash_of(secret), AccountLink.ends_at > work.now, Person.active,
        ~Person.signs_on,
    )
    row = work.session.scalar(statement.with_for_update(of=AccountLink) if lock else statement)
    if row is None:
        raise NotFound
    return row
