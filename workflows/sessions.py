"""Who is signed in: kept in the database, so that signing out, leaving or waiting too long ends it.

Times here are the machine's, handed in, never those of the demonstration's movable clock.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, String, delete, or_
from sqlalchemy.orm import Mapped, mapped_column

from engine.domain import Actor
from engine.store.base import Base
from engine.work import Acting, Work, query, verb
from workflows.people import find_actor

IDLE = timedelta(minutes=20)
LONGEST = timedelta(hours=10)
NOTED_EVERY = timedelta(minutes=1)
"""Using a session is written down no oftener than this."""


class WebSession(Base):
    __tablename__ = "web_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]


@verb
def begin_session(work: Work, person_id: UUID, at: datetime) -> str:
    """A new token, for the person's browser only; what has run out is cleared away."""
    work.session.execute(
        delete(WebSession).where(
            or_(WebSession.seen_at < at - IDLE, WebSession.began_at < at - LONGEST)
        )
    )
    token = secrets.token_urlsafe(32)
    work.session.add(
        WebSession(token_hash=_hash(token), person_id=person_id, began_at=at, seen_at=at)
    )
    return token


def who_is_signed_in(by: Acting, token: str, at: datetime) -> Actor | None:
    """The person as they may act at this moment, or None where the session has ended."""
    session, actor = _standing(by, token, at)
    if session is not None and at - session.seen_at >= NOTED_EVERY:
        note_use(by, token, at)
    return actor


@verb
def note_use(work: Work, token: str, at: datetime) -> None:
    session = work.session.get(WebSession, _hash(token))
    if session is not None:
        session.seen_at = at


@verb
def end_session(work: Work, token: str) -> None:
    """Sign out: the token is worth nothing from now on."""
    session = work.session.get(WebSession, _hash(token))
    if session is not None:
        work.audit("sign_out", about=f"person:{session.person_id}")
        work.session.delete(session)


@query
def _standing(work: Work, token: str, at: datetime) -> tuple[WebSession | None, Actor | None]:
    session = work.session.get(WebSession, _hash(token))
    if session is None or at - session.seen_at > IDLE or at - session.began_at > LONGEST:
        return None, None
    return session, find_actor(work, session.person_id)


def _hash(token: str) -> str:
    """Tokens are long and random, so a plain hash keeps them safe and finds them at once."""
    return hashlib.sha256(token.encode()).hexdigest()
