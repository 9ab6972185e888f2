"""Signing in: the password, then the second factor.

Between the two a browser holds a token that opens nothing but the page for the code, for ten
minutes and five wrong codes at most.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from engine.domain import Actor
from engine.errors import AnswersInvalid, EngineError
from engine.work import Acting, Work, query, verb
from workflows.accounts.passwords import hash_password, is_right, needs_rehash
from workflows.accounts.sealing import Sealing
from workflows.accounts.second_factor import (
    has_factor,
    new_secret,
    step_of,
    take_code,
    use_app,
)
from workflows.accounts.tables import HalfSignedIn
from workflows.accounts.throttling import (
    Browser,
    Budgets,
    TooOften,
    budget_of_mailbox,
    budgets_for,
    forgive,
    give_back,
    take_a_try,
)
from workflows.people import Person, find_actor
from workflows.secret_hash import hash_of

HALF_LASTS = timedelta(minutes=10)
MOST_WRONG_CODES = 5
NEW_DEVICE = "new_device"
WRONG = "This code is not right. Enter the code that your app shows now"
WRONG_RECOVERY = "This recovery code is not right, or it was used before"


class HalfEnded(EngineError):
    """Signing in took too long, or the code was wrong too often. Begin again."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    actor: Actor


@dataclass(frozen=True, slots=True)
class HalfWay:
    """The password was right; `token` is for this person's browser only."""

    token: str
    actor: Actor
    sets_up: bool
    """There is no second factor yet, or another is to take its place."""


@dataclass(frozen=True, slots=True)
class SetUp:
    """What is shown to set up an app."""

    secret: str
    email: str


@dataclass(frozen=True, slots=True)
class _Account:
    person_id: UUID | None
    password_hash: str
    """Empty where nobody can sign in with a password."""


def give_password(
    by: Acting, email: str, password: str, browser: Browser, sealing: Sealing, at: datetime,
    *, asks_everyone: bool,
) -> SignedIn | HalfWay | None:
    """None where e-mail or password is wrong: which of them, neither the answer says nor its time.

    `asks_everyone` for a second factor; else only whoever has set one up. Raises `TooOften`.
    The password is checked outside every transaction, for that takes long.
    """
    account = _account_of(by, email)
    budgets = budgets_for(email, account.person_id, browser)
    if until := take_a_try(by, budgets, at):
        note_refusal(by, account.person_id, "too often")
        raise TooOften(until, at)
    right = is_right(account.password_hash, password)
    if not right or account.person_id is None:
        note_refusal(by, account.person_id, "wrong password" if account.person_id else "unknown")
        return None
    renewed = hash_password(password) if needs_rehash(account.password_hash) else ""
    return _password_was_right(by, account, renewed, browser, budgets, sealing, at, asks_everyone)


@query
def _account_of(work: Work, email: str) -> _Account:
    person = work.session.scalar(select(Person).where(Person.email == email.strip().lower()))
    if person is None or not person.active or person.signs_on:
        return _Account(None, "")
    return _Account(person.id, person.password_hash)


@verb
def _password_was_right(
    work: Work, account: _Account, renewed: str, browser: Browser, budgets: Budgets,
    sealing: Sealing, at: datetime, asks_everyone: bool,
) -> SignedIn | HalfWay | None:
    give_back(work, budgets)
    person = work.session.get(Person, account.person_id)
    if person is None or person.password_hash != account.password_hash:
        return None
    person.password_hash = renewed or person.password_hash
    return go_on(work, person, browser, sealing, at, asks_everyone=asks_everyone)


def go_on(
    work: Work, person: Person, browser: Browser, sealing: Sealing, at: datetime,
    *, asks_everyone: bool, by_mail: bool = False,
) -> SignedIn | HalfWay | None:
    """What follows a right password; None for somebody who has left."""
    actor = find_actor(work, person.id)
    if actor is None:
        return None
    if has_factor(work, person.id):
        return HalfWay(_begin_half(work, person.id, at, by_mail=by_mail), actor, sets_up=False)
    if asks_everyone:
        return begin_set_up(work, actor, sealing, at, may_replace=False)
    return _complete(work, person, actor, browser)


def begin_set_up(
    work: Work, actor: Actor, sealing: Sealing, at: datetime, *, may_replace: bool
) -> HalfWay:
    sealed = sealing.seal(actor.id, new_secret())
    token = _begin_half(work, actor.id, at, being_set_up=sealed, may_replace=may_replace)
    return HalfWay(token, actor, sets_up=True)


@query
def sets_up(work: Work, token: str, at: datetime) -> bool:
    """Whether this half of signing in sets up an app, or asks for its code. Raises `HalfEnded`."""
    return _half(work, token, at).being_set_up is not None


@query
def what_to_set_up(work: Work, token: str, sealing: Sealing, at: datetime) -> SetUp:
    """Raises `HalfEnded`."""
    half = _half(work, token, at)
    person = work.session.get_one(Person, half.person_id)
    return SetUp(_secret_of(half, sealing), person.email)


def give_code(
    by: Acting, token: str, typed: str, browser: Browser, sealing: Sealing, at: datetime,
    *, recovery: bool = False,
) -> SignedIn:
    """Raises `AnswersInvalid` for a wrong code, `TooOften`, `HalfEnded`."""
    found = _check_code(by, token, typed, browser, sealing, at)
    if isinstance(found, TooOften | HalfEnded):
        raise found
    if found is None:
        raise AnswersInvalid({"one_time_code": WRONG_RECOVERY if recovery else WRONG})
    return found


@verb
def _check_code(
    work: Work, token: str, typed: str, browser: Browser, sealing: Sealing, at: datetime
) -> SignedIn | TooOften | HalfEnded | None:
    """What is refused is written down, too: nothing is raised here."""
    try:
        half = _half(work, token, at, lock=True)
    except HalfEnded as ended:
        return ended
    person = work.session.get_one(Person, half.person_id)
    budgets = (budget_of_mailbox(person.id) if half.by_mail
               else budgets_for(person.email, person.id, browser))
    if until := take_a_try(work, budgets, at):
        note_refusal(work, person.id, "too often")
        return TooOften(until, at)
    actor = find_actor(work, person.id)
    if actor is None or half.being_set_up is not None:
        return HalfEnded()
    if not take_code(work, person.id, typed, sealing, at):
        note_refusal(work, person.id, "wrong code")
        half.wrong_codes += 1
        if half.wrong_codes >= MOST_WRONG_CODES:
            work.session.delete(half)
            return HalfEnded()
        return None
    work.session.delete(half)
    give_back(work, budgets)
    forgive(work, budgets)
    return _complete(work, person, actor, browser)


@verb
def confirm_set_up(
    work: Work, token: str, typed: str, browser: Browser, sealing: Sealing, at: datetime
) -> tuple[SignedIn, list[str]]:
    """The app that was shown is in use from now on; with it come new recovery codes.

    Wrong codes are not counted: whoever types them sees the secret. Raises `AnswersInvalid`,
    `HalfEnded`.
    """
    half = _half(work, token, at, lock=True)
    person = work.session.get_one(Person, half.person_id, with_for_update=True)
    actor = find_actor(work, person.id)
    if actor is None or (has_factor(work, person.id) and not half.may_replace):
        raise HalfEnded
    secret = _secret_of(half, sealing)
    step = step_of(secret, typed, at, 0)
    if step is None:
        raise AnswersInvalid({"one_time_code": WRONG})
    replaces = half.may_replace
    codes = use_app(work, person.id, secret, step, sealing, at)
    work.session.execute(delete(HalfSignedIn).where(HalfSignedIn.person_id == person.id))
    if replaces:
        return SignedIn(actor), codes
    known = Browser(browser.network, {**browser.devices, person.id: "just set up"})
    return _complete(work, person, actor, known), codes


@verb
def note_refusal(work: Work, person_id: UUID | None, why: str) -> None:
    work.audit("sign_in_refused", about=f"person:{person_id}" if person_id else "", why=why)


def _complete(work: Work, person: Person, actor: Actor, browser: Browser) -> SignedIn:
    forgive(work, budgets_for(person.email, person.id, browser))
    work.audit("sign_in", about=f"person:{person.id}")
    if person.id not in browser.devices and has_factor(work, person.id):
        work.tell(NEW_DEVICE, person.id)
    return SignedIn(actor)


def _begin_half(
    work: Work, person_id: UUID, at: datetime, *, being_set_up: str | None = None,
    may_replace: bool = False, by_mail: bool = False,
) -> str:
    work.session.execute(delete(HalfSignedIn).where(HalfSignedIn.began_at < at - HALF_LASTS))
    token = secrets.token_urlsafe(32)
    work.session.add(HalfSignedIn(
        token_hash=hash_of(token), person_id=person_id, began_at=at, being_set_up=being_set_up,
        may_replace=may_replace, by_mail=by_mail,
    ))
    return token


def _half(work: Work, token: str, at: datetime, *, lock: bool = False) -> HalfSignedIn:
    half = work.session.get(HalfSignedIn, hash_of(token), with_for_update=lock)
    if half is None or at - half.began_at > HALF_LASTS:
        raise HalfEnded
    return half


def _secret_of(half: HalfSignedIn, sealing: Sealing) -> str:
    secret = sealing.open(half.person_id, half.being_set_up) if half.being_set_up else None
    if secret is None:
        raise HalfEnded
    return secret
