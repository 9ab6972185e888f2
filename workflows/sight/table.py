"""Restricted records, conflicts of interest and emergency access, as they are kept.

None of them is ever removed: who could not see a child, or could for some hours, stays on record.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BindParameter, ColumnElement, ForeignKey, Index, Text, exists
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from engine.store.base import Base

Column = InstrumentedAttribute[Any] | ColumnElement[Any] | BindParameter[Any]


class Restriction(Base):
    """While it stands, a role held for the whole council does not open the child's record."""

    __tablename__ = "restriction"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    child_id: Mapped[UUID] = mapped_column(ForeignKey("child.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    began_at: Mapped[datetime]
    began_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    review_on: Mapped[date]
    """By when somebody says whether it is still needed."""
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    lifted_why: Mapped[str | None] = mapped_column(Text)


class ConflictOfInterest(Base):
    """While it stands, nothing opens this child's record for this person."""

    __tablename__ = "conflict_of_interest"
    __table_args__ = (Index("ix_conflict_of_interest_person", "person_id", "child_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    child_id: Mapped[UUID] = mapped_column(ForeignKey("child.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    declared_at: Mapped[datetime]
    declared_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    ended_why: Mapped[str | None] = mapped_column(Text)


class EmergencyAccess(Base):
    """Some hours in which a person reads a record that nothing else opens to them."""

    __tablename__ = "emergency_access"
    __table_args__ = (Index("ix_emergency_access_person", "person_id", "child_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    child_id: Mapped[UUID] = mapped_column(ForeignKey("child.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    began_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    review_by: Mapped[date]
    """The last day on which its review is in time."""
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    justified: Mapped[bool | None]
    finding: Mapped[str | None] = mapped_column(Text)


def is_restricted(child_id: Column) -> ColumnElement[bool]:
    return exists().where(Restriction.child_id == child_id, Restriction.lifted_at.is_(None))


def in_conflict(person_id: Column, child_id: Column) -> ColumnElement[bool]:
    return exists().where(
        ConflictOfInterest.person_id == person_id,
        ConflictOfInterest.child_id == child_id,
        ConflictOfInterest.ended_at.is_(None),
    )
