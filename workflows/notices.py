"""Which privacy notice a person has read: once each version."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base
from engine.work import Work, query, verb
from workflows.people import one_at_a_time


class NoticeRead(Base):
    __tablename__ = "notice_read"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    notice: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]


@query
def has_read(work: Work, notice: str, version: int) -> bool:
    return work.session.get(NoticeRead, (work.actor.id, notice, version)) is not None


@verb
def acknowledge(work: Work, notice: str, version: int) -> None:
    """Said twice, it is said once."""
    one_at_a_time(work)
    if has_read(work, notice, version):
        return
    work.session.add(NoticeRead(person_id=work.actor.id, notice=notice, version=version,
                                at=work.now))
    work.audit("acknowledge_notice", about=f"notice:{notice}", version=version)
