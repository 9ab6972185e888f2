"""Statutory reviews: the dates that the law sets, that are planned, and that were held."""

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.store.base import Base


class StatutoryReview(Base):
    """One review of a child's care plan, with the case that prepares the PEP for it."""

    __tablename__ = "statutory_review"
    __table_args__ = (UniqueConstraint("child_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    child_id: Mapped[UUID] = mapped_column(ForeignKey("child.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), unique=True)
    number: Mapped[int]
    """1 is the first review, within 20 working days."""
    limit_on: Mapped[date]
    planned_on: Mapped[date | None]
    held_on: Mapped[date | None]


def review_of(session: Session, case_id: UUID) -> StatutoryReview | None:
    return session.scalar(select(StatutoryReview).where(StatutoryReview.case_id == case_id))


def last_review_before(session: Session, review: StatutoryReview) -> StatutoryReview | None:
    return session.scalar(
        select(StatutoryReview).where(
            StatutoryReview.child_id == review.child_id,
            StatutoryReview.number == review.number - 1,
        )
    )
