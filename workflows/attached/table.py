"""The tables of attached files: the files, and which version of a plan holds which.

The bytes stand in the database, as those of pictures do, so that backup, standby and transaction
hold them too.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, Uuid, insert, literal, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.store.base import Base


class AttachedFile(Base):
    __tablename__ = "attached_file"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    """Told from the form that it was sent by and from all that was sent: sent twice, it is one."""
    child_id: Mapped[UUID] = mapped_column(ForeignKey("child.id"))
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


class HeldFile(Base):
    """A version of a plan holds a file. A file that none holds any more is gone."""

    __tablename__ = "held_file"

    version_id: Mapped[UUID] = mapped_column(ForeignKey("record_version.id"), primary_key=True)
    file_id: Mapped[UUID] = mapped_column(
        ForeignKey(AttachedFile.id), primary_key=True, index=True
    )


def hold_as_before(session: Session, before: UUID, after: UUID) -> None:
    """A version that goes on from another begins with the files of that one."""
    session.execute(insert(HeldFile).from_select(
        ["version_id", "file_id"],
        select(literal(after, Uuid()), HeldFile.file_id).where(HeldFile.version_id == before),
    ))
