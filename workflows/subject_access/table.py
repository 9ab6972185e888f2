"""The tables of requests for access, and of what is withheld from the packs that answer them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.store.base import Base, new_id


class SubjectAccessRequest(Base):
    __tablename__ = "subject_access_request"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    child_id: Mapped[UUID] = mapped_column(ForeignKey("child.id"), index=True)
    asked_by: Mapped[str] = mapped_column(Text)
    """Who asks, and as what: the person themselves, or who acts for them."""
    received_on: Mapped[date]
    identity_confirmed_on: Mapped[date | None]
    extended_because: Mapped[str | None] = mapped_column(Text)
    opened_by: Mapped[UUID]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_because: Mapped[str | None] = mapped_column(Text)


IS_OPEN_REQUEST = SubjectAccessRequest.closed_at.is_(None)


def open_since(session: Session, child_id: UUID) -> date | None:
    """Since when somebody's request about the child is open; None where none is."""
    return session.scalar(
        select(func.min(SubjectAccessRequest.received_on))
        .where(SubjectAccessRequest.child_id == child_id, IS_OPEN_REQUEST)
    )


class Withholding(Base):
    """Something that no pack about the child may hold: an answer, a file, or words anywhere."""

    __tablename__ = "withholding"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    child_id: Mapped[UUID] = mapped_column(ForeignKey("child.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    version_id: Mapped[UUID | None] = mapped_column(ForeignKey("record_version.id"))
    """With `path`: an answer of a version."""
    path: Mapped[str | None] = mapped_column(String(200))
    file_id: Mapped[UUID | None]
    """An attached file, or a picture."""
    phrase: Mapped[str | None] = mapped_column(Text)
    """Words, wherever they stand."""
    set_by: Mapped[UUID]
    set_at: Mapped[datetime]
    lifted_by: Mapped[UUID | None]
    lifted_at: Mapped[datetime | None]
