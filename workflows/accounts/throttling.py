"""How often one may try: each wrong try makes the next one wait longer, and nobody is locked out.

What is tried counts where it came from, too: for the account, for the network, or, from a device
that has signed in to this account before, for that device alone. So whoever knows an e-mail address
cannot keep its owner out.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as insert_in_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_in_sqlite
from sqlalchemy.orm import Session

from engine.errors import EngineError
from engine.work import Work, verb
from workflows.accounts.tables import Tries

KEPT_FOR = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Budget:
    free: int
    """So many wrong tries are answered at once."""
    first: timedelta
    """The wait after the last of these; it doubles with each wrong one that follows."""
    longest: timedelta
    forgets: timedelta
    """In each such time one wrong try is forgotten."""


ACCOUNT = Budget(5, timedelta(seconds=15), timedelta(hours=1), timedelta(hours=1))
DEVICE = Budget(5, timedelta(seconds=15), timedelta(minutes=15), timedelta(minutes=15))
NETWORK = Budget(50, timedelta(seconds=5), timedelta(minutes=15), timedelta(minutes=1))
"""A school or a council may sit behind one address."""
MAILS = Budget(3, timedelta(minutes=5), timedelta(hours=1), timedelta(hours=1))
TOKENS = Budget(60, timedelta(minutes=1), timedelta(minutes=15), timedelta(seconds=1))

Budgets = Mapping[str, Budget]
"""By what is tried, as it is kept."""


class TooOften(EngineError):
    """There were too many wrong tries."""

    def __init__(self, until: datetime, at: datetime) -> None:
        self.seconds = max(1, -int((at - until).total_seconds() // 1))
        super().__init__(f"There were too many wrong tries. Try again in {_in_words(self.seconds)}")


@dataclass(frozen=True, slots=True)
class Browser:
    """Where a try comes from."""

    network: str
    """Empty where it cannot be told."""
    devices: Mapping[UUID, str]
    """Of each person who has signed in here before, the id of this device."""


def budgets_for(email: str, person_id: UUID | None, browser: Browser) -> Budgets:
    device = browser.devices.get(person_id) if person_id else None
    if device:
        return {_key("device", device): DEVICE}
    return {_key("account", email.strip().lower()): ACCOUNT, **budget_of_network(browser)}


def budget_of_network(browser: Browser) -> Budgets:
    return {_key("network", browser.network): NETWORK} if browser.network else {}


def budget_of_mails(email: str) -> Budgets:
    return {_key("mail", email.strip().lower()): MAILS}


def budget_of_mailbox(person_id: UUID) -> Budgets:
    """Whoever reads a person's mail is apart from those who know their address: so the owner gets
    in on a new device, too, while somebody guesses."""
    return {_key("mailbox", str(person_id)): DEVICE}


def budget_of_tokens(network: str) -> Budgets:
    return {_key("tokens", network): TOKENS}


def budget_of_signed_in(person_id: UUID) -> Budgets:
    """For whoever is asked again who they are: apart from those who sign in."""
    return {_key("again", str(person_id)): DEVICE}


@verb
def take_a_try(work: Work, budgets: Budgets, at: datetime) -> datetime | None:
    """Count a try as wrong until it has proved right, so that many at once are counted, too.

    Returns until when nobody is listened to, or None.
    """
    work.session.execute(delete(Tries).where(Tries.noted_at < at - KEPT_FOR))
    rows = _locked(work.session, sorted(budgets), at)
    waits = [row.not_before for row in rows if row.not_before and row.not_before > at]
    if waits:
        return max(waits)
    for row in rows:
        budget = budgets[row.what]
        row.wrong = max(0, row.wrong - (at - row.noted_at) // budget.forgets) + 1
        row.noted_at = at
        over = row.wrong - budget.free
        row.not_before = at + _delay(budget, over) if over >= 0 else None
    return None


@verb
def give_back(work: Work, budgets: Budgets) -> None:
    """The try was right: it counts no more than if it had not been."""
    for row in _standing(work.session, budgets):
        row.wrong, row.not_before = max(0, row.wrong - 1), None


@verb
def forgive(work: Work, budgets: Budgets) -> None:
    """Somebody has proved who they are: what was wrong before is forgotten, but for the network,
    or an attacker would sign in to an account of their own from time to time."""
    for row in _standing(work.session, budgets):
        if budgets[row.what] is not NETWORK:
            work.session.delete(row)


def _delay(budget: Budget, over: int) -> timedelta:
    return min(budget.longest, budget.first * (1 << min(over, 20)))


def _locked(session: Session, keys: Collection[str], at: datetime) -> list[Tries]:
    """Always in the same order, so that no two wait for each other."""
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = insert_in_sqlite if on_sqlite else insert_in_postgresql
    for key in keys:
        session.execute(
            insert(Tries).values(what=key, wrong=0, noted_at=at).on_conflict_do_nothing()
        )
    return _standing(session, keys)


def _standing(session: Session, keys: Collection[str]) -> list[Tries]:
    return list(session.scalars(
        select(Tries).where(Tries.what.in_(list(keys))).order_by(Tries.what).with_for_update()
    ))


def _key(kind: str, what: str) -> str:
    """No address of a person and of no machine is kept."""
    return hashlib.sha256(f"{kind}:{what}".encode()).hexdigest()


def _in_words(seconds: int) -> str:
    minutes = -(-seconds // 60)
    if seconds < 60:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    return "1 minute" if minutes == 1 else f"{minutes} minutes"
