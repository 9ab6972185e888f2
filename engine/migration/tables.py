"""Moves of many cases, and what became of each case."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base, new_id


class CaseMoveState(StrEnum):
    CHOSEN = "chosen"
    WAITING = "waiting"
    """Its turn to be moved is to come."""
    MOVED = "moved"
    STAYED = "stayed"
    """It could not be moved, and stands as it stood."""
    UNDO_WAITING = "undo_waiting"
    UNDONE = "undone"
    KEPT = "kept"
    """It was to be put back and could not be."""


IN_TURN = (CaseMoveState.WAITING, CaseMoveState.UNDO_WAITING)
"""In the background's hands."""


class Move(Base):
    """Running cases that a person moves to another release, or one that they put right."""

    __tablename__ = "move"
    __table_args__ = (Index("ix_move_procedure", "procedure", "planned_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(16))
    """`release`; of one case that is put right, what was done to it."""
    procedure: Mapped[str] = mapped_column(String(64))
    release_id: Mapped[UUID] = mapped_column(ForeignKey("release.id"))
    """On which the cases go on."""
    plan: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(Text, default="")
    planned_by: Mapped[UUID]
    planned_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None]
    """Who asked to have it undone."""
    undone_at: Mapped[datetime | None]


class CaseMove(Base):
    __tablename__ = "case_move"
    __table_args__ = (
        Index("ix_case_move_case", "case_id"),
        Index("ix_case_move_child", "child_id"),
        Index("ix_case_move_in_turn", "move_id", "case_id", "state",
              sqlite_where=text("state IN ('waiting', 'undo_waiting')"),
              postgresql_where=text("state IN ('waiting', 'undo_waiting')")),
    )

    move_id: Mapped[UUID] = mapped_column(ForeignKey("move.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), primary_key=True)
    child_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(String(16))
    because: Mapped[str] = mapped_column(Text, default="")
    """Why it stayed, or could not be put back."""
    notes: Mapped[list[str]] = mapped_column(JSON, default=list)
    """What became another with the move, in sentences."""
    before: Mapped[dict[str, Any] | None]
    """How it stood: what an undo puts back."""
    after: Mapped[dict[str, Any] | None]
    """How it stood behind the move: an undo is for as long as it stands so."""
    undoable: Mapped[bool] = mapped_column(default=False)
    done_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """How often it was taken up and nothing was heard of it again."""
