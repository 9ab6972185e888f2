"""Tokens for programs that use the API in a person's name. Only their hash is kept."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from engine.domain import Actor
from engine.errors import AnswersInvalid
from engine.store.base import Base
from engine.work import Work, query, verb
from workflows.accounts.throttling import budget_of_tokens, take_a_try
from workflows.people import find_actor
from workflows.secret_hash import hash_of

SCOPES = ("read", "write")
LASTS = timedelta(days=365)


class ApiToken(Base):
    __tablename__ = "api_token"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Bearer:
    actor: Actor
    scopes: frozenset[str]
    token_id: UUID


@verb
def add_token(work: Work, person_id: UUID, scopes: frozenset[str]) -> str:
    """A new token, given out this once. Raises `AnswersInvalid` for an unknown scope."""
    if not scopes or scopes - set(SCOPES):
        raise AnswersInvalid({"scope": f"Choose from {', '.join(SCOPES)}"})
    token = f"pepway_{secrets.token_urlsafe(32)}"
    row = ApiToken(
        id=uuid4(), person_id=person_id, hash=hash_of(token), scopes=",".join(sorted(scopes)),
        created_at=work.now, expires_at=work.now + LASTS,
    )
    work.session.add(row)
    work.audit("add_token", about=f"token:{row.id}")
    return token


@query
def find_bearer(work: Work, token: str) -> Bearer | None:
    """Who a token speaks for, or None where it is unknown or has expired."""
    row = work.session.scalar(select(ApiToken).where(ApiToken.hash == hash_of(token)))
    if row is None or row.expires_at <= work.now:
        return None
    actor = find_actor(work, row.person_id)
    return Bearer(actor, frozenset(row.scopes.split(",")), row.id) if actor else None


@verb
def note_wrong_token(work: Work, network: str, at: datetime) -> bool:
    """Whether that network has sent too many of late to be answered. A right one is let in all the
    same: nobody can keep programs out that have theirs."""
    too_often = take_a_try(work, budget_of_tokens(network), at) is not None
    if not too_often:
        work.audit("sign_in_refused", why="wrong token")
    return too_often
