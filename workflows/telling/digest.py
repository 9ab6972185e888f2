"""One message a day with all that was kept for it.

A message for somebody who is told daily is not sent but kept as a line. The daily message takes up
the lines that are there when it leaves for the first time; tried again, it says the same.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ForeignKey, Index, and_, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from engine.background import Message
from engine.store.base import Base
from engine.store.models import Case, CaseStatus, Outbox
from engine.work import Work, verb
from workflows.children import DIED

MOST_LINES = 200


class DigestLine(Base):
    __tablename__ = "digest_line"
    __table_args__ = (Index("ix_digest_line_person", "person_id", "digest_id"),)

    message_id: Mapped[UUID] = mapped_column(
        ForeignKey("outbox.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    digest_id: Mapped[UUID | None]
    """The daily message that says it."""


@verb
def keep_for_digest(work: Work, message: Message, person_id: UUID) -> None:
    if work.session.get(DigestLine, message.id) is None:
        work.session.add(DigestLine(message_id=message.id, person_id=person_id, digest_id=None))


@verb
def lines_of(work: Work, digest_id: UUID, person_id: UUID) -> Sequence[tuple[Message, str | None]]:
    """What this daily message says: each message with its case's reference, oldest first.

    What was kept about a case that a person has closed since is not said any more, nor what was
    taken back, nor anything about a child who has died.
    """
    if not work.session.scalar(select(DigestLine).where(DigestLine.digest_id == digest_id)):
        work.session.execute(
            update(DigestLine)
            .where(DigestLine.person_id == person_id, DigestLine.digest_id.is_(None))
            .values(digest_id=digest_id)
            .execution_options(synchronize_session=False)
        )
    rows = work.session.execute(
        select(Outbox, Case.reference)
        .join(DigestLine, DigestLine.message_id == Outbox.id)
        .outerjoin(Case, Case.id == Outbox.case_id)
        .where(DigestLine.digest_id == digest_id, Outbox.given_up_at.is_(None),
               or_(Case.id.is_(None), and_(Case.status != CaseStatus.CLOSED,
                                           Case.child_id.not_in(DIED))))
        .order_by(Outbox.seq)
        .limit(MOST_LINES)
    )
    return [(Message(row.id, row.kind, row.person_id, row.data, row.case_id), reference)
            for row, reference in rows]
