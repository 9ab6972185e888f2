"""Who is signed in, and where: kept in the database, so that signing out, leaving or waiting too
long ends it.

Times here are the machine's, handed in, never those of the demonstration's movable clock. A session
that was ended stays until it would have run out, so that its browser can be told why.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, ForeignKey, String, bindparam, delete, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from engine.domain import Actor
from engine.errors import NotFound
from engine.store.base import Base
from engine.work import Work, query, verb
from workflows.people import Person, PersonRole
from workflows.secret_hash import hash_of

IDLE = timedelta(minutes=20)
LONGEST = timedelta(hours=10)
NOTED_EVERY = timedelta(minutes=1)
"""Using a session is written down no oftener than this."""
LONGEST_HINT = 8_000


class Began(StrEnum):
    PASSWORD = "password"  # noqa: S105 - how somebody signed in
    SIGN_ON = "sign_on"


class Ended(StrEnum):
    SIGNED_OUT = "signed_out"
    ELSEWHERE = "elsewhere"
    ADMINISTRATOR = "administrator"


WHY_ENDED = {
    Ended.SIGNED_OUT: "You have signed out.",
    Ended.ELSEWHERE: "You were signed out here from another browser of yours.",
    Ended.ADMINISTRATOR: "An administrator ended your sign-in. Sign in again, or ask them why.",
}
_IDLE_TOO_LONG = "You were signed out because you did nothing here for 20 minutes."
_TOO_LONG = "You were signed out because you were signed in for 10 hours."


class WebSession(Base):
    __tablename__ = "web_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[UUID] = mapped_column(unique=True)
    """What pages call it by: it opens nothing."""
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    began_by: Mapped[str] = mapped_column(String(32))
    browser: Mapped[str] = mapped_column(String(64))
    """In words: Firefox on Windows. No address of a network is kept."""
    sign_out_hint: Mapped[str | None] = mapped_column(String(LONGEST_HINT))
    """What the council's sign-on wants to be shown when its own session is to end, too."""
    ended: Mapped[str | None] = mapped_column(String(32))


@dataclass(frozen=True, slots=True)
class SessionView:
    id: UUID
    began_at: datetime
    seen_at: datetime
    began_by: str
    browser: str
    this_one: bool


_STANDING = (
    select(WebSession.began_at, WebSession.seen_at, Person.id, Person.name, PersonRole.role)
    .join(Person, Person.id == WebSession.person_id)
    .outerjoin(PersonRole, PersonRole.person_id == Person.id)
    .where(
        WebSession.token_hash == bindparam("token_hash"), WebSession.ended.is_(None), Person.active
    )
)
"""One row for each role that the person holds."""


@verb
def begin_session(
    work: Work,
    person_id: UUID,
    at: datetime,
    began_by: str = Began.PASSWORD,
    browser: str = "",
    sign_out_hint: str = "",
) -> str:
    """A new token, for the person's browser only; what has run out is cleared away."""
    work.session.execute(
        delete(WebSession).where(
            or_(WebSession.seen_at < at - IDLE, WebSession.began_at < at - LONGEST)
        )
    )
    token = secrets.token_urlsafe(32)
    hint = sign_out_hint if len(sign_out_hint) <= LONGEST_HINT else ""
    work.session.add(
        WebSession(
            token_hash=hash_of(token), id=uuid4(), person_id=person_id, began_at=at, seen_at=at,
            began_by=began_by, browser=browser[:64], sign_out_hint=hint or None, ended=None,
        )
    )
    return token


@verb
def renew_session(work: Work, token: str, at: datetime) -> str:
    """A new token where the second factor of whoever is signed in is another; the old one opens
    nothing.

    It ends no later for it. Raises `NotFound` where the session does not stand.
    """
    session = work.session.get(WebSession, hash_of(token))
    if session is None or not _stands(session, at):
        raise NotFound
    renewed = secrets.token_urlsafe(32)
    work.session.execute(
        update(WebSession)
        .where(WebSession.token_hash == session.token_hash)
        .values(token_hash=hash_of(renewed), seen_at=at)
    )
    work.session.expunge(session)
    return renewed


def who_is_signed_in(reading: Work, token: str, at: datetime) -> Actor | None:
    """The person as they may act at this moment, or None where the session has ended.

    That it was used is noted in a transaction of its own.
    """
    rows = reading.session.execute(_STANDING, {"token_hash": hash_of(token)}).all()
    first = rows[0] if rows else None
    if first is None or at - first.seen_at > IDLE or at - first.began_at > LONGEST:
        return None
    if at - first.seen_at >= NOTED_EVERY:
        note_use(reading.acting, token, at)
    return Actor(first.id, first.name, frozenset(row.role for row in rows if row.role))


@query
def why_it_ended(work: Work, token: str, at: datetime) -> str:
    """A sentence for a browser whose session has ended; nothing where it stands or is unknown."""
    session = work.session.get(WebSession, hash_of(token))
    if session is None:
        return ""
    if session.ended:
        return WHY_ENDED[Ended(session.ended)]
    if at - session.began_at > LONGEST:
        return _TOO_LONG
    return _IDLE_TOO_LONG if at - session.seen_at > IDLE else ""


@verb
def note_use(work: Work, token: str, at: datetime) -> None:
    session = work.session.get(WebSession, hash_of(token))
    if session is not None:
        session.seen_at = at


@query
def my_sessions(work: Work, token: str, at: datetime) -> list[SessionView]:
    """Where the person is signed in at this moment: here first, then what was used last."""
    rows = work.session.scalars(
        select(WebSession).where(*_standing_of(work.actor.id, at)).order_by(
            WebSession.seen_at.desc(), WebSession.id)
    )
    views = [
        SessionView(row.id, row.began_at, row.seen_at, row.began_by, row.browser,
                    this_one=row.token_hash == hash_of(token))
        for row in rows
    ]
    return sorted(views, key=lambda view: not view.this_one)


@verb
def end_my_session(work: Work, session_id: UUID) -> None:
    """Sign out in one browser. Raises `NotFound` for a session that is not one's own."""
    session = work.session.scalar(
        select(WebSession).where(
            WebSession.id == session_id, WebSession.person_id == work.actor.id
        )
    )
    if session is None:
        raise NotFound
    if session.ended is None:
        session.ended = Ended.ELSEWHERE
        work.audit("end_own_session", about=f"session:{session.id}")


@verb
def end_my_other_sessions(work: Work, token: str, at: datetime) -> int:
    """Sign out everywhere else; how many sessions that were."""
    others = work.session.scalars(
        select(WebSession).where(
            *_standing_of(work.actor.id, at), WebSession.token_hash != hash_of(token)
        )
    ).all()
    for session in others:
        session.ended = Ended.ELSEWHERE
    if others:
        work.audit("end_own_session", about=f"person:{work.actor.id}", sessions=len(others))
    return len(others)


@verb
def end_sessions_of(work: Work, person_id: UUID) -> int:
    """What an administrator does when a device is lost; how many sessions that were."""
    standing = work.session.scalars(
        select(WebSession).where(WebSession.person_id == person_id, WebSession.ended.is_(None))
    ).all()
    for session in standing:
        session.ended = Ended.ADMINISTRATOR
    work.audit("end_sessions_of", about=f"person:{person_id}", sessions=len(standing))
    return len(standing)


@verb
def end_session(work: Work, token: str) -> str:
    """Sign out: the token opens nothing from now on. Returns how the session had begun."""
    session = work.session.get(WebSession, hash_of(token))
    if session is None:
        return ""
    if session.ended is None:
        work.audit("sign_out", about=f"person:{session.person_id}")
        session.ended = Ended.SIGNED_OUT
    return session.began_by


@query
def sign_out_hint(work: Work, token: str) -> str:
    """What to show to the council's sign-on, of a session that was signed out in Pepway."""
    session = work.session.get(WebSession, hash_of(token))
    signed_out = session is not None and session.ended == Ended.SIGNED_OUT
    return session.sign_out_hint or "" if session is not None and signed_out else ""


def _standing_of(person_id: UUID, at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        WebSession.person_id == person_id, WebSession.ended.is_(None),
        WebSession.seen_at >= at - IDLE, WebSession.began_at >= at - LONGEST,
    )


def _stands(session: WebSession, at: datetime) -> bool:
    recent = at - session.seen_at <= IDLE and at - session.began_at <= LONGEST
    return session.ended is None and recent
