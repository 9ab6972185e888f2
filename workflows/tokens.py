"""Tokens for programs that use the API in a person's name. Only their hash is kept."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from engine.domain import Actor
from engine.errors import AnswersInvalid, EngineError, NotFound
from engine.store.base import Base
from engine.work import LONDON, Work, query, verb
from workflows.access import decide
from workflows.accounts.throttling import budget_of_tokens, take_a_try
from workflows.days import full_day
from workflows.people import Person, find_actor
from workflows.secret_hash import hash_of

IMPORT = "import"
"""Takes in rows of the council's own systems: for programs of an administrator alone."""
SCOPES = ("read", "write", "care", IMPORT)
"""What a token reaches: reading; working on tasks and cases; telling what a case system knows of a
child's care; imports. None holds another."""
LASTS = timedelta(days=365)
"""At most, and where nothing else is said."""
LONGEST_NAME = 80
BEHIND = timedelta(minutes=1)
"""So far the clocks of two machines may be apart without a minute's count beginning anew."""


class ApiToken(Base):
    __tablename__ = "api_token"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    """Or when it was ended."""
    name: Mapped[str] = mapped_column(String(LONGEST_NAME), default="", server_default="")
    """Of the program, as whoever made the token calls it."""
    used_on: Mapped[date | None]
    """The last day on which it was used."""
    counted_in: Mapped[datetime | None]
    """The minute whose requests are counted, and how many of them were given out."""
    counted: Mapped[int] = mapped_column(default=0, server_default="0")


@dataclass(frozen=True, slots=True)
class Bearer:
    actor: Actor
    scopes: frozenset[str]
    token_id: UUID


@dataclass(frozen=True, slots=True)
class TokenView:
    id: UUID
    name: str
    email: str
    """Of the person in whose name it works."""
    scopes: Sequence[str]
    created_at: datetime
    expires_at: datetime
    used_on: date | None
    works: bool


class TokenSpent(EngineError):
    """This token has expired or was ended."""

    def __init__(self, at: datetime) -> None:
        day = full_day(at.astimezone(LONDON).date())
        super().__init__(f"This token has expired or was ended, on {day}. A new one is needed.")


@verb
def add_token(
    work: Work, person_id: UUID, scopes: frozenset[str], name: str = "", until: date | None = None
) -> str:
    """A new token, given out this once; `until` is its last day.

    Raises `AnswersInvalid` for an unknown scope, one that this person's tokens cannot have, and a
    day that is past or too far ahead.
    """
    if not scopes or scopes - set(SCOPES):
        raise AnswersInvalid({"scope": f"Choose from {', '.join(SCOPES)}"})
    if IMPORT in scopes and not decide(find_actor(work, person_id), "import_rows").allowed:
        raise AnswersInvalid({"scope": "Only a token of an administrator imports"})
    if len(name) > LONGEST_NAME:
        raise AnswersInvalid({"name": f"Use at most {LONGEST_NAME} characters"})
    if until is not None and not work.today <= until <= work.today + LASTS:
        raise AnswersInvalid({"until": f"Choose a day within the next {LASTS.days} days"})
    token = f"pepway_{secrets.token_urlsafe(32)}"
    row = ApiToken(
        id=uuid4(), person_id=person_id, hash=hash_of(token), scopes=",".join(sorted(scopes)),
        created_at=work.now, name=name, used_on=None, counted_in=None, counted=0,
        expires_at=_end_of(until) if until else work.now + LASTS,
    )
    work.session.add(row)
    work.audit("add_token", about=f"token:{row.id}")
    return token


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), LONDON)


@query
def tokens_listed(work: Work, person_id: UUID | None = None) -> list[TokenView]:
    """Of one person or of all, the newest first."""
    of_whom = () if person_id is None else (ApiToken.person_id == person_id,)
    rows = work.session.execute(
        select(ApiToken, Person.email).join(Person, Person.id == ApiToken.person_id)
        .where(*of_whom).order_by(ApiToken.created_at.desc(), ApiToken.id)
    )
    return [_view(work, token, email) for token, email in rows]


@query
def my_tokens(work: Work) -> list[TokenView]:
    """Those that work today in the actor's name."""
    return [each for each in tokens_listed(work, work.actor.id) if each.works]


@verb
def end_token(work: Work, token_id: UUID) -> None:
    """It lets nobody in any more. One that has ended before is left as it is; raises `NotFound`."""
    row = work.session.get(ApiToken, token_id)
    if row is None:
        raise NotFound
    if row.expires_at > work.now:
        row.expires_at = work.now
        work.audit("end_token", about=f"token:{row.id}")


@verb
def end_my_token(work: Work, token_id: UUID) -> None:
    """Raises `NotFound` for one that works in another's name."""
    row = work.session.get(ApiToken, token_id)
    if row is None or row.person_id != work.actor.id:
        raise NotFound
    end_token(work, token_id)


@query
def find_bearer(work: Work, token: str) -> Bearer | None:
    """Who a token speaks for, or None where it is unknown. Raises `TokenSpent`."""
    row = work.session.scalar(select(ApiToken).where(ApiToken.hash == hash_of(token)))
    if row is None:
        return None
    if row.expires_at <= work.now:
        raise TokenSpent(row.expires_at)
    actor = find_actor(work, row.person_id)
    return Bearer(actor, frozenset(row.scopes.split(",")), row.id) if actor else None


@verb
def take_requests(work: Work, token_id: UUID, minute: datetime, most: int, share: int) -> int:
    """Some of the requests that a token may send in that minute, for this process to answer: at
    most `share`, 0 where all are given out. So several processes hold to one limit together."""
    row = work.session.get(ApiToken, token_id, with_for_update=True)
    if row is None:
        return 0
    if row.counted_in is None or not minute <= row.counted_in <= minute + BEHIND:
        row.counted_in, row.counted = minute, 0
    taken = max(0, min(share, most - row.counted))
    row.counted += taken
    row.used_on = work.today
    return taken


@verb
def note_wrong_token(work: Work, network: str, at: datetime) -> bool:
    """Whether that network has sent too many of late to be answered. A right one is let in all the
    same: nobody can keep programs out that have theirs."""
    too_often = take_a_try(work, budget_of_tokens(network), at) is not None
    if not too_often:
        work.audit("sign_in_refused", why="wrong token")
    return too_often


def _view(work: Work, token: ApiToken, email: str) -> TokenView:
    return TokenView(token.id, token.name, email, token.scopes.split(","), token.created_at,
                     token.expires_at, token.used_on, token.expires_at > work.now)
