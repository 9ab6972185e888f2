"""Who is signed in: kept in the database, so that signing out, leaving or waiting too long ends it.

Times here are the machine's, handed in, never those of the demonstration's movable clock.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, String, bindparam, delete, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from engine.domain import Actor
from engine.store.base import Base
from engine.work import Work, verb
from workflows.people import Person, PersonRole

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


_STANDING = (
    select(WebSession.began_at, WebSession.seen_at, Person.id, Person.name, PersonRole.role)
    .join(Person, Person.id == WebSession.person_id)
    .outerjoin(PersonRole, PersonRole.person_id == Person.id)
    .where(WebSession.token_hash == bindparam("token_hash"), Person.active)
)
"""One row for each role that the person holds."""


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


def who_is_signed_in(reading: Work, token: str, at: datetime) -> Actor | None:
    """The person as they may act at this moment, or None where the session has ended.

    That it was used is noted in a transaction of its own.
    """
    rows = reading.session.execute(_STANDING, {"token_hash": _hash(token)}).all()
    first = rows[0] if rows else None
    if first is None or at - first.seen_at > IDLE or at - first.began_at > LONGEST:
        return None
    if at - first.seen_at >= NOTED_EVERY:
        note_use(reading.acting, token, at)
    return Actor(first.id, first.name, frozenset(row.role for row in rows if row.role))


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


def _hash(token: str) -> str:
    """Tokens are long and random, so a plain hash keeps them safe and finds them at once."""
    return hashlib.sha256(token.encode()).hexdigest()
