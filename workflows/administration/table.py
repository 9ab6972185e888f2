"""People who leave, as it is kept."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey
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
