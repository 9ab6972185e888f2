"""Drawings and photos that are kept beside the answers of a task.

The bytes stand in the database, so that backup, standby and transaction hold them too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from engine.errors import NotFound
from engine.store.base import Base, new_id
from engine.store.models import Task
from engine.tasks import hold_open_task
from engine.work import Work, query, verb
from workflows.contributions.table import Contribution
from workflows.pictures.redrawing import MEDIA_TYPE, PictureRefused

PICTURE = "picture"
MOST = 10
"""Pictures of one task, and of one contribution."""


class KeptPicture(Base):
    __tablename__ = "attachment"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    child_id: Mapped[UUID] = mapped_column(ForeignKey("child.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"), index=True)
    contribution_id: Mapped[UUID | None] = mapped_column(
        ForeignKey(Contribution.id), index=True
    )
    """By whose link it came; None where a professional added it."""
    kind: Mapped[str] = mapped_column(String(16))
    media_type: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    size: Mapped[int]
    added_by: Mapped[UUID]
    added_at: Mapped[datetime]
    given_at: Mapped[datetime | None]
    """From when on professionals see it: what is added by a link is not theirs until it is sent."""


@dataclass(frozen=True, slots=True)
class PictureView:
    id: UUID
    size: int
    added_at: datetime
    by_link: bool


@verb
def add_picture(work: Work, task_id: UUID, picture: bytes) -> UUID:
    """A picture that `redrawn` gave, to an open task. Raises `TaskGone`, `CaseClosed`, `NotFound`,
    and `PictureRefused` where there are too many."""
    case, task = hold_open_task(work, task_id)
    attachment_id = keep_picture(work, task, picture, None)
    work.event(case, "picture_added", task=task, attachment=attachment_id)
    return attachment_id


@verb
def remove_picture(work: Work, task_id: UUID, attachment_id: UUID) -> None:
    """Gone for good, while the task is open. Raises `NotFound`, `TaskGone`, `CaseClosed`."""
    case, task = hold_open_task(work, task_id)
    row = work.session.get(KeptPicture, attachment_id)
    if row is None or row.task_id != task_id or row.given_at is None:
        raise NotFound
    work.session.delete(row)
    work.event(case, "picture_removed", task=task, attachment=attachment_id)
    work.audit("remove_picture", child_id=task.child_id, about=f"attachment:{attachment_id}")


@query
def pictures_of(
    work: Work, *, task_id: UUID | None = None, case_id: UUID | None = None
) -> Sequence[PictureView]:
    """Of a task or of a case, those that were given, the oldest first."""
    of = KeptPicture.task_id == task_id if task_id else KeptPicture.case_id == case_id
    return _views(work, KeptPicture.given_at.is_not(None), of)


@query
def read_picture(work: Work, attachment_id: UUID) -> bytes:
    """Of one that was given. Raises `NotFound`."""
    return _content(work, KeptPicture.id == attachment_id, KeptPicture.given_at.is_not(None))


def keep_picture(work: Work, task: Task, picture: bytes, contribution_id: UUID | None) -> UUID:
    """For a contribution that has not been sent, nobody else sees it yet."""
    held = work.session.scalar(
        select(func.count()).select_from(KeptPicture).where(
            KeptPicture.task_id == task.id, KeptPicture.contribution_id == contribution_id
        )
    )
    if (held or 0) >= MOST:
        raise PictureRefused("too_many")
    attachment_id = new_id()
    work.session.add(KeptPicture(
        id=attachment_id, child_id=task.child_id, case_id=task.case_id, task_id=task.id,
        contribution_id=contribution_id, kind=PICTURE, media_type=MEDIA_TYPE, content=picture,
        size=len(picture), added_by=work.actor.id, added_at=work.now,
        given_at=None if contribution_id else work.now,
    ))
    work.audit("add_picture", child_id=task.child_id, about=f"attachment:{attachment_id}")
    return attachment_id


def pictures_by_link(work: Work, contribution_id: UUID) -> Sequence[PictureView]:
    return _views(work, KeptPicture.contribution_id == contribution_id)


def picture_by_link(work: Work, contribution_id: UUID, attachment_id: UUID) -> bytes:
    """Raises `NotFound`."""
    return _content(work, KeptPicture.id == attachment_id,
                    KeptPicture.contribution_id == contribution_id)


def drop_pictures(work: Work, contribution_id: UUID, *which: UUID) -> None:
    """Those of a contribution that were not given; all of them where none is named."""
    named = [KeptPicture.id.in_(which)] if which else []
    work.session.execute(delete(KeptPicture).where(
        KeptPicture.contribution_id == contribution_id, KeptPicture.given_at.is_(None), *named
    ))


def give_pictures(work: Work, contribution_id: UUID) -> None:
    work.session.execute(
        update(KeptPicture).where(KeptPicture.contribution_id == contribution_id)
        .values(given_at=work.now)
    )


def _views(work: Work, *where: Any) -> Sequence[PictureView]:
    rows = work.session.execute(
        select(KeptPicture.id, KeptPicture.size, KeptPicture.added_at, KeptPicture.contribution_id)
        .where(*where).order_by(KeptPicture.added_at, KeptPicture.id)
    )
    return [PictureView(row.id, row.size, row.added_at, row.contribution_id is not None)
            for row in rows]


def _content(work: Work, *where: Any) -> bytes:
    content = work.session.scalar(select(KeptPicture.content).where(*where))
    if content is None:
        raise NotFound
    return content
