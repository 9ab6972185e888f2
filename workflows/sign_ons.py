"""One attempt to sign in by the council's own sign-on, between leaving Pepway and coming back.

It is kept here and not in the browser: it can be taken once, within ten minutes, and only by the
browser that began it. Times are the machine's, handed in, as those of sessions.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, delete
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base
from engine.work import Work, verb
from workflows.secret_hash import hash_of

LASTS = timedelta(minutes=10)
LONGEST_PAGE = 2_000


class SignOnAttempt(Base):
    __tablename__ = "sign_on_attempt"

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    browser_hash: Mapped[str] = mapped_column(String(64))
    nonce: Mapped[str] = mapped_column(String(64))
    code_verifier: Mapped[str] = mapped_column(String(128))
    next_page: Mapped[str] = mapped_column(String(LONGEST_PAGE))
    invitation: Mapped[str] = mapped_column(String(64))
    """Hash of the invitation that links an identity to a person, or nothing."""
    fields: Mapped[Any]
    """Words of a form that was sent after the session's end."""
    began_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Attempt:
    state: str
    nonce: str
    code_verifier: str
    next_page: str
    invitation: str
    fields: Sequence[tuple[str, str]]


@verb
def begin_attempt(
    work: Work,
    browser: str,
    at: datetime,
    next_page: str = "",
    invitation: str = "",
    fields: Sequence[tuple[str, str]] = (),
) -> Attempt:
    """`browser` is a secret in the browser's own cookie; what has run out is cleared away."""
    work.session.execute(delete(SignOnAttempt).where(SignOnAttempt.began_at < at - LASTS))
    attempt = Attempt(
        secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48),
        next_page if len(next_page) <= LONGEST_PAGE else "", invitation, fields,
    )
    work.session.add(SignOnAttempt(
        state_hash=hash_of(attempt.state), browser_hash=hash_of(browser), nonce=attempt.nonce,
        code_verifier=attempt.code_verifier, next_page=attempt.next_page, invitation=invitation,
        fields=[list(field) for field in fields], began_at=at,
    ))
    return attempt


@verb
def take_attempt(work: Work, state: str, browser: str, at: datetime) -> Attempt | None:
    """The attempt of this state, this once; None for another browser's, a used or an old one."""
    row = work.session.get(SignOnAttempt, hash_of(state), with_for_update=True)
    if row is None or row.browser_hash != hash_of(browser):
        return None
    work.session.delete(row)
    if at - row.began_at > LASTS:
        return None
    return Attempt(state, row.nonce, row.code_verifier, row.next_page, row.invitation,
                   [(name, value) for name, value in row.fields])
