"""Statutory reviews: the dates that the law sets, that are planned, and that were held."""

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Select, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.store.base import Base
from workflows.calendar import last_working_day_by
from workflows.children import Child
from workflows.days import short_day


class StatutoryReview(Base):
    """One review of a child's care plan, with the case that prepares the PEP for it."""

    __tablename__ = "statutory_review"
    __table_args__ = (UniqueConstraint("child_id", "care_period", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    child_id: Mapped[UUID] = mapped_column(ForeignKey("child.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), unique=True)
    care_period: Mapped[int] = mapped_column(default=1, server_default="1")
    """The child's time in care that it belongs to: reviews count anew from a return to care."""
    number: Mapped[int]
    """1 is the first review, within 20 working days."""
    limit_on: Mapped[date]
    asked_for_by: Mapped[date | None]
    """The reviewing officer asked for it before its limit (regulation 33(3)(a)): by this day."""
    planned_on: Mapped[date | None]
    held_on: Mapped[date | None]
    known_before_on: Mapped[date | None]
    """When the review before was held, where that was before Pepway knew of the child."""

    @property
    def before_pepway(self) -> "StatutoryReview | None":
        """The review before, of which Pepway knows no more than its day; it has no case."""
        if self.known_before_on is None:
            return None
        return StatutoryReview(
            child_id=self.child_id, care_period=self.care_period, number=self.number - 1,
            limit_on=self.known_before_on, held_on=self.known_before_on,
        )

    @property
    def latest_on(self) -> date:
        """The day by which it must be held: the law's limit, or what was asked for before it."""
        return min(self.limit_on, self.asked_for_by or self.limit_on)

    @property
    def expected_on(self) -> date:
        """The day that everyone's dates count back from."""
        return self.planned_on or last_working_day_by(None, self.latest_on)


def review_of(session: Session, case_id: UUID) -> StatutoryReview | None:
    return session.scalar(select(StatutoryReview).where(StatutoryReview.case_id == case_id))


def last_review_before(session: Session, review: StatutoryReview) -> StatutoryReview | None:
    return review.before_pepway or session.scalar(
        select(StatutoryReview).where(
            StatutoryReview.child_id == review.child_id,
            StatutoryReview.care_period == review.care_period,
            StatutoryReview.number == review.number - 1,
        )
    )


def why_not_on(session: Session, review: StatutoryReview, day: date, today: date) -> str:
    """Why a review cannot be planned for a day, in a sentence; empty where it can.

    Once the latest day is past, the law is broken: any day from today on can be planned.
    """
    return why_not_after(last_review_before(session, review), review, day, today)


def why_not_after(
    before: StatutoryReview | None, review: StatutoryReview, day: date, today: date
) -> str:
    """As `why_not_on`, of a review of which is known what lies before it."""
    latest = review.latest_on
    if day < today:
        return "The day of the review is in the past. If it was held then, record that in its task"
    if before and before.held_on and day <= before.held_on:
        return f"The review before was held on {short_day(before.held_on)}. Enter a later day"
    if day <= latest or latest < today:
        return ""
    bound = (
        f"The reviewing officer asked for it by {short_day(latest)} (regulation 33(3))"
        if latest == review.asked_for_by else f"The law gives until {short_day(latest)}"
    )
    return f"{bound}. Enter that day or an earlier one"


def earliest_review(session: Session, child: Child) -> StatutoryReview | None:
    """The first one of the child's present time in care for which a plan is made."""
    return session.scalar(_reviews_of(child).order_by(StatutoryReview.number).limit(1))


def newest_review(session: Session, child: Child) -> StatutoryReview | None:
    """The last one of the child's present time in care, held or not."""
    return session.scalar(_reviews_of(child).order_by(StatutoryReview.number.desc()).limit(1))


def _reviews_of(child: Child) -> Select[StatutoryReview]:
    return select(StatutoryReview).where(
        StatutoryReview.child_id == child.id,
        StatutoryReview.care_period == child.care_period,
    )
