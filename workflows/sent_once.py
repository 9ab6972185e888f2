"""Requests of programs that have one effect, however often they are sent under the same key.

What was answered is written in the transaction that had the effect: either both are kept or
neither. Two at the same moment wait for each other at the key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, delete
from sqlalchemy.dialects.postgresql import insert as insert_in_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_in_sqlite
from sqlalchemy.orm import Mapped, mapped_column

from engine.errors import EngineError
from engine.store.base import Base
from engine.work import Work

KEPT_FOR = timedelta(hours=24)


class SentRequest(Base):
    __tablename__ = "sent_request"
    __table_args__ = (Index("ix_sent_request_at", "at"),)

    token_id: Mapped[UUID] = mapped_column(ForeignKey("api_token.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    """A hash of what the program sent: each token has keys of its own."""
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    request: Mapped[str] = mapped_column(String(64))
    """A hash of what was asked."""
    at: Mapped[datetime]
    status: Mapped[int]
    answer: Mapped[dict[str, Any]]
    location: Mapped[str | None] = mapped_column(String(200))


class KeyUsed(EngineError):
    """This Idempotency-Key came with another request before. Use a new one for each."""


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    body: Mapping[str, Any]
    location: str | None = None


def answered_before(work: Work, token_id: UUID, key: str, request: str) -> Answered | None:
    """What this request was answered when it came first; None where that is now, and then
    `keep_answer` follows in the same transaction. Raises `KeyUsed`."""
    work.session.execute(delete(SentRequest).where(SentRequest.at <= work.now - KEPT_FOR))
    on_sqlite = work.installation.database.is_sqlite
    insert = insert_in_sqlite if on_sqlite else insert_in_postgresql
    is_new = work.session.scalar(
        insert(SentRequest)
        .values(token_id=token_id, key=key, person_id=work.actor.id, request=request,
                at=work.now, status=0, answer={})
        .on_conflict_do_nothing().returning(SentRequest.status)
    )
    if is_new is not None:
        return None
    row = work.session.get_one(SentRequest, (token_id, key))
    if row.request != request:
        raise KeyUsed
    return Answered(row.status, row.answer, row.location)


def keep_answer(work: Work, token_id: UUID, key: str, answered: Answered) -> None:
    row = work.session.get_one(SentRequest, (token_id, key))
    row.status, row.answer = answered.status, dict(answered.body)
    row.location = answered.location
