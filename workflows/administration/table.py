"""People who leave, and posts at schools, as they are kept."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base


class Leaving(Base):
    """That somebody leaves. Removed where they come back; the audit keeps the story."""

    __tablename__ = "leaving"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    last_day: Mapped[date]
    successor_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_by: Mapped[UUID]
    """A person, or the system."""
    decided_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    """When the last of their work had gone to others; until then it is gone on with."""


class SchoolPost(Base):
    """Who holds a role at a school: its designated teacher."""

    __tablename__ = "school_post"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), index=True)
    role: Mapped[str] = mapped_column(String(64))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    """The last day of it."""
