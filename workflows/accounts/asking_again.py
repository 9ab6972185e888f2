"""Asking somebody who is signed in once more who they are, before what is dangerous: by a code of
their second factor, or, where the council's own sign-on asks for that, by having come from there
just now."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from engine.errors import AnswersInvalid
from engine.forms import Field, Form
from engine.work import Acting, Work, query, verb
from workflows.accounts.sealing import Sealing
from workflows.accounts.second_factor import has_factor, take_code
from workflows.accounts.signing_in import WRONG, note_refusal
from workflows.accounts.throttling import (
    Budgets,
    TooOften,
    budget_of_signed_in,
    forgive,
    take_a_try,
)
from workflows.people import Person
from workflows.secret_hash import hash_of
from workflows.sessions import Began, WebSession

JUST_NOW = timedelta(minutes=15)
CODE = Field(
    "one_time_code", "text", "Security code", "one_time_code", required=True, max_length=50,
    width="10", autocomplete="one-time-code",
    hint="The 6 digits that your authenticator app shows now, or one of your recovery codes",
    error_messages={"required": "Enter the code that your authenticator app shows now"},
)


@dataclass(frozen=True, slots=True)
class OwnBrowser:
    """Of whoever is asked, at a moment of the machine's clock; `token` is its session's."""

    token: str
    sealing: Sealing
    at: datetime


@query
def with_code(work: Work, form: Form) -> Form:
    """The form with the question for a code, where the actor has a second factor with Pepway."""
    return replace(form, fields=(*form.fields, CODE)) if _has_own_factor(work) else form


@query
def must_sign_on_again(work: Work, browser: OwnBrowser) -> bool:
    """Whether the actor came by the council's own sign-on, and longer ago than just now."""
    session = work.session.get(WebSession, hash_of(browser.token))
    return (session is not None and session.began_by == Began.SIGN_ON
            and browser.at - session.began_at > JUST_NOW)


def ask_again(by: Acting, code: str, browser: OwnBrowser) -> None:
    """Raises `AnswersInvalid`, `TooOften`. Nothing is asked of somebody without a second factor,
    which is in the demonstration alone."""
    if must_sign_on_again(by, browser):
        raise AnswersInvalid({"sign_on": "You signed in with your council account more than 15 "
                                         "minutes ago. Sign in there again"})
    if _has_own_factor(by):
        budgets = take_a_try_again(by, browser.at)
        must_be_own_code(by, code, browser.sealing, browser.at)
        forgive(by, budgets)


def take_a_try_again(by: Acting, at: datetime) -> Budgets:
    """What to `forgive` when it was right. Raises `TooOften`."""
    budgets = budget_of_signed_in(by.actor.id)
    if until := take_a_try(by, budgets, at):
        note_refusal(by, by.actor.id, "too often")
        raise TooOften(until, at)
    return budgets


def must_be_own_code(by: Acting, code: str, sealing: Sealing, at: datetime) -> None:
    """Where the actor has a second factor with Pepway. Raises `AnswersInvalid`."""
    if not _is_right(by, code, sealing, at):
        raise AnswersInvalid({CODE.key: WRONG})


@query
def _has_own_factor(work: Work) -> bool:
    """An app that was set up before the council's sign-on took its place is asked no more."""
    person = work.session.get_one(Person, work.actor.id)
    return not person.signs_on and has_factor(work, person.id)


@verb
def _is_right(work: Work, code: str, sealing: Sealing, at: datetime) -> bool:
    right = not _has_own_factor(work) or take_code(work, work.actor.id, code, sealing, at)
    if not right:
        note_refusal(work, work.actor.id, "wrong code")
    return right
