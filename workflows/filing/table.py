from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    literal,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base
from engine.work import Work
from workflows.sight.table import is_restricted
from workflows.webhooks.signing import Signing


class CaseSystem(Signing, Base):
    """The one system that takes signed plans. At most one row."""

    __tablename__ = "case_system"

    address: Mapped[str] = mapped_column(String(500))
    named_by: Mapped[UUID]
    named_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    """Since when nothing leaves; what is signed meanwhile waits."""
    tried_at: Mapped[datetime | None]
    """When an invented plan was sent last; `try_said` is empty until something came of it."""
    try_said: Mapped[str] = mapped_column(String(200), default="")


_WAITING = text("received_at IS NULL")


class PlanFiling(Base):
    """A signed version for the case system. Its message in the outbox has the same id, which is
    also the key under which it is sent, however often."""

    __tablename__ = "plan_filing"
    __table_args__ = (
        UniqueConstraint("child_id", "version"),
        Index("ix_plan_filing_waiting", "written_at", sqlite_where=_WAITING,
              postgresql_where=_WAITING),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    child_id: Mapped[UUID] = mapped_column(ForeignKey("child.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    version: Mapped[int]
    """Of the plan."""
    written_at: Mapped[datetime]
    by_hand: Mapped[bool]
    """The record is restricted: it must not leave by itself."""
    copy_id: Mapped[UUID | None]
    """The numbered copy that was made for it."""
    body: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """All that is sent, the same each time; gone once it is received."""
    sha256: Mapped[str | None] = mapped_column(String(64))
    """Of the document in it."""
    received_at: Mapped[datetime | None]
    reference: Mapped[str | None] = mapped_column(String(64))
    """What the case system calls it."""


def the_case_system(work: Work) -> CaseSystem | None:
    return work.session.scalar(select(CaseSystem).limit(1))


def held_filing(work: Work, filing_id: UUID) -> PlanFiling | None:
    """For whoever changes it."""
    return work.session.get(PlanFiling, filing_id, with_for_update=True)


def must_stay(work: Work, child_id: UUID) -> bool:
    """Whether the child's record is restricted, and leaves Pepway by nobody's hand but a person's:
    whoever works in the case system is not of those who are named for it."""
    return bool(work.session.scalar(select(is_restricted(literal(child_id)))))
