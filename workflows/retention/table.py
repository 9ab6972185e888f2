"""The tables of holds, lists for disposal, approvals and certificates."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base, new_id


class LegalHold(Base):
    """While one stands, nothing about the child is destroyed."""

    __tablename__ = "legal_hold"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    child_id: Mapped[UUID] = mapped_column(ForeignKey("child.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    authority: Mapped[str] = mapped_column(Text)
    """By whose order: an inquiry, a court, the council's solicitor."""
    placed_by: Mapped[UUID]
    placed_at: Mapped[datetime]
    lifted_by: Mapped[UUID | None]
    lifted_at: Mapped[datetime | None]
    lifted_because: Mapped[str | None] = mapped_column(Text)


class DisposalList(Base):
    """Children whose records have passed their date, as they stood when it was drawn up."""

    __tablename__ = "disposal_list"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[int] = mapped_column(unique=True)
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]


class DisposalItem(Base):
    """One child of a list; gone with the child, whose certificate remains."""

    __tablename__ = "disposal_item"

    list_id: Mapped[UUID] = mapped_column(ForeignKey("disposal_list.id"), primary_key=True)
    child_id: Mapped[UUID] = mapped_column(ForeignKey("child.id"), primary_key=True)
    record_class: Mapped[str] = mapped_column(String(32))
    keep_until: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)


class DisposalApproval(Base):
    __tablename__ = "disposal_approval"

    list_id: Mapped[UUID] = mapped_column(ForeignKey("disposal_list.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    at: Mapped[datetime]


class DestructionCertificate(Base):
    """What remains of a destroyed record; no name of the child is on it."""

    __tablename__ = "destruction_certificate"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[int] = mapped_column(unique=True)
    list_number: Mapped[int]
    reference: Mapped[str] = mapped_column(String(16))
    """The child's, which was random."""
    record_class: Mapped[str] = mapped_column(String(32))
    keep_until: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    """The rule, without the dates of the life that it was applied to."""
    source: Mapped[str] = mapped_column(Text)
    people: Mapped[dict[str, Any]]
    """Ids: `made_by`, and `approved_by` of whom there are two."""
    counts: Mapped[dict[str, Any]]
    """Rows destroyed, by table."""
    sha256: Mapped[str] = mapped_column(String(64))
    """Of what was destroyed, in canonical form."""
    destroyed_by: Mapped[UUID]
    destroyed_at: Mapped[datetime]
