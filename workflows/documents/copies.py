"""Copies of documents that were given out: each has a number, and a row in the audit."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from engine.errors import NotFound
from engine.store.base import Base, new_id
from engine.store.models import Case
from engine.work import Work, verb
from workflows.children import Child
from workflows.documents.contents import Contents, contents
from workflows.documents.purposes import Purpose
from workflows.documents.recipients import Recipient
from workflows.plan_page import MaySee


class Copy(Base):
    """Who made which copy of what, for whom; what it said is in the record."""

    __tablename__ = "copy"
    __table_args__ = (UniqueConstraint("child_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    child_id: Mapped[UUID] = mapped_column(ForeignKey("child.id"))
    number: Mapped[int]
    """Counts the copies of one child's documents, from 1."""
    purpose: Mapped[str] = mapped_column(String(32))
    recipient: Mapped[str] = mapped_column(String(32))
    version: Mapped[int]
    """Of the plan."""
    by: Mapped[UUID]
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class GivenCopy:
    id: UUID
    number: int
    purpose: Purpose
    recipient: Recipient
    on: date
    case_reference: str
    contents: Contents


@verb
def give_copy(
    work: Work,
    child_id: UUID,
    purpose: Purpose,
    recipient: Recipient,
    may_see: MaySee,
    reason: str,
    number: int | None = None,
) -> GivenCopy:
    """The contents of a document with the number of this copy, which is in the audit from now on.

    `reason` is why the actor may. Raises what `contents` raises.
    """
    _hold(work, child_id)
    held = contents(work, child_id, purpose, recipient, may_see, number)
    last = work.session.scalar(select(func.max(Copy.number)).where(Copy.child_id == child_id))
    copy_id, this = new_id(), (last or 0) + 1
    work.append(Copy, {
        "id": copy_id, "child_id": child_id, "number": this, "purpose": purpose.key,
        "recipient": recipient.key, "version": held.version, "by": work.actor.id, "at": work.now,
    })
    work.audit("give_copy", child_id=child_id, about=f"copy:{copy_id}", reason=reason,
               purpose=purpose.key, recipient=recipient.key, number=this, version=held.version)
    reference = work.session.get_one(Case, held.case_id).reference
    return GivenCopy(copy_id, this, purpose, recipient, work.today, reference, held)


@verb
def note_copy_not_made(work: Work, child_id: UUID, copy_id: UUID) -> None:
    """The number was given, and nothing left Pepway under it."""
    work.audit("copy_not_made", child_id=child_id, about=f"copy:{copy_id}")


def _hold(work: Work, child_id: UUID) -> None:
    """Two copies at once get a number each."""
    held = work.session.scalar(select(Child.id).where(Child.id == child_id).with_for_update())
    if held is None:
        raise NotFound
