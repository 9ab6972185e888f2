"""The table of attached files. The bytes stand in the database, as those of pictures do, so that
backup, standby and transaction hold them too."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base


class AttachedFile(Base):
    __tablename__ = "attached_file"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    """Told from the form that it was sent by and from all that was sent: sent twice, it is one."""
    child_id: Mapped[UUID] = mapped_column(ForeignKey("child.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    added_in: Mapped[int]
    """The version of the plan that has it first; those of the same case after it have it too."""
    removed_in: Mapped[int | None]
    """The version from which on it is gone; those before it keep it."""
    kind: Mapped[str] = mapped_column(String(16))
    section: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(120))
    dated_on: Mapped[date]
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(96))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    size: Mapped[int]
    added_by: Mapped[UUID]
    added_at: Mapped[datetime]
