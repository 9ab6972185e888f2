"""One's own account: whoever is signed in proves once more who they are, then changes it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from engine.errors import AnswersInvalid, NotFound
from engine.work import Acting, Work, query, verb
from workflows.accounts.asking_again import must_be_own_code, take_a_try_again
from workflows.accounts.links import set_password
from workflows.accounts.passwords import hash_password, is_right, what_is_wrong
from workflows.accounts.sealing import Sealing
from workflows.accounts.second_factor import (
    CHANGED,
    has_factor,
    make_recovery_codes,
    recovery_codes_left,
)
from workflows.accounts.signing_in import HalfWay, begin_set_up, note_refusal
from workflows.accounts.throttling import forgive
from workflows.people import Person


@dataclass(frozen=True, slots=True)
class AccountView:
    email: str
    has_password: bool
    has_factor: bool
    recovery_codes: int
    """How many have not been used."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What whoever is signed in gives once more; the code only where they have a factor."""

    password: str
    code: str


@query
def my_account(work: Work) -> AccountView:
    person = work.session.get_one(Person, work.actor.id)
    return AccountView(
        person.email, bool(person.password_hash), has_factor(work, person.id),
        recovery_codes_left(work, person.id),
    )


@query
def has_password(work: Work, person_id: UUID) -> bool:
    return work.session.get_one(Person, person_id).password_hash != ""


def change_own_password(
    by: Acting, proof: Proof, password: str, sealing: Sealing, at: datetime
) -> None:
    """Ends every session of the actor, this one, too. Raises `AnswersInvalid`, `TooOften`."""
    name, email = _who(by)
    if wrong := what_is_wrong(password, name, email):
        raise AnswersInvalid({"new_password": wrong})
    _prove(by, proof, sealing, at)
    _set(by, hash_password(password))


def begin_new_app(by: Acting, proof: Proof, sealing: Sealing, at: datetime) -> HalfWay:
    """Sets up an app in place of the one in use, if any. Raises `AnswersInvalid`, `TooOften`."""
    _prove(by, proof, sealing, at)
    return _begin(by, sealing, at)


def renew_recovery_codes(by: Acting, proof: Proof, sealing: Sealing, at: datetime) -> list[str]:
    """Raises `AnswersInvalid`, `TooOften`; `NotFound` for somebody without a second factor."""
    if not has_factor(by, by.actor.id):
        raise NotFound
    _prove(by, proof, sealing, at)
    return _renew(by)


@query
def _who(work: Work) -> tuple[str, str]:
    person = work.session.get_one(Person, work.actor.id)
    return person.name, person.email


def _prove(by: Acting, proof: Proof, sealing: Sealing, at: datetime) -> None:
    budgets = take_a_try_again(by, at)
    if not is_right(_kept(by), proof.password):
        note_refusal(by, by.actor.id, "wrong password")
        raise AnswersInvalid({"password": "This is not your password. Enter it again"})
    must_be_own_code(by, proof.code, sealing, at)
    forgive(by, budgets)


@query
def _kept(work: Work) -> str:
    return work.session.get_one(Person, work.actor.id).password_hash


@verb
def _set(work: Work, password_hash: str) -> None:
    person = work.session.get_one(Person, work.actor.id)
    set_password(work, person, password_hash, tells=True)


@verb
def _begin(work: Work, sealing: Sealing, at: datetime) -> HalfWay:
    return begin_set_up(work, work.actor, sealing, at, may_replace=True)


@verb
def _renew(work: Work) -> list[str]:
    work.tell(CHANGED, work.actor.id)
    return make_recovery_codes(work, work.actor.id)
