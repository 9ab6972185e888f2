"""The table of links and of what was typed behind them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base, new_id

LONGEST_NAME = 300


class Contribution(Base):
    __tablename__ = "contribution"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"), index=True)
    child_id: Mapped[UUID] = mapped_column(ForeignKey("child.id"))
    voice: Mapped[str] = mapped_column(String(16))
    called: Mapped[str] = mapped_column(String(LONGEST_NAME))
    """Whom the link is for, as the professional named them."""
    link_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_mac: Mapped[str] = mapped_column(String(64))
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    wrong_codes: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime | None]
    """When the right code was given first."""
    session_hash: Mapped[str | None] = mapped_column(String(64))
    """Of the one browser that the code lets in at present."""
    session_at: Mapped[datetime | None]
    answers: Mapped[dict[str, Any]]
    """As typed, by key; they reach the record only when a professional takes them."""
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None] = mapped_column(String(16))
    taken_at: Mapped[datetime | None]
    taken_by: Mapped[UUID | None]
