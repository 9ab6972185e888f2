"""What the people around a child say to each other about a section of the plan.

A comment stays as it was written: whoever wants to correct one writes another. None is part of the
plan, and none is printed into a document.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from engine.advance import lock_case
from engine.errors import AnswersInvalid, CaseClosed, NotFound, Refused
from engine.forms import is_blank
from engine.store.base import Base
from engine.work import Work, query, verb
from workflows.people import names
from workflows.pep.record import SECTIONS

LONGEST = 2_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|[\ud800-\udfff]")


class SectionComment(Base):
    __tablename__ = "section_comment"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    """Given by the form that it was written in: sent twice, it is one."""
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    section: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(Text)
    by: Mapped[UUID]
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class CommentView:
    text: str
    by: str
    at: datetime


@verb
def comment_on_section(
    work: Work, case_id: UUID, section: str, text: str, comment_id: UUID
) -> None:
    """Add a comment; the same `comment_id` again has no second effect.

    Raises `AnswersInvalid` (`text`), `CaseClosed`, `NotFound` for a section that there is not, and
    `Refused` for an id that was used for something else.
    """
    if section not in SECTIONS:
        raise NotFound
    case = lock_case(work, case_id)
    said = text.replace("\r\n", "\n").strip()
    earlier = work.session.get(SectionComment, comment_id)
    if earlier is not None:
        if (earlier.case_id, earlier.section, earlier.by) != (case_id, section, work.actor.id):
            raise Refused("This form has been used for something else. Open the page again.")
        return
    _check(said)
    if case.ended_at is not None:
        raise CaseClosed
    work.append(SectionComment, {"id": comment_id, "case_id": case_id, "section": section,
                                 "text": said, "by": work.actor.id, "at": work.now})
    work.event(case, "section_commented", section=section)
    work.audit("comment_on_section", child_id=case.child_id, about=f"comment:{comment_id}")


@query
def comments_on(work: Work, case_id: UUID) -> Mapping[str, Sequence[CommentView]]:
    """By section, the oldest first."""
    rows = work.session.scalars(
        select(SectionComment)
        .where(SectionComment.case_id == case_id)
        .order_by(SectionComment.at, SectionComment.id)
    ).all()
    called = names(work, {row.by for row in rows})
    found: dict[str, list[CommentView]] = {}
    for row in rows:
        found.setdefault(row.section, []).append(
            CommentView(row.text, called.get(row.by, ""), row.at))
    return found


def _check(said: str) -> None:
    if is_blank(said):
        raise AnswersInvalid({"text": "Enter a comment"})
    if len(said) > LONGEST:
        raise AnswersInvalid({"text": f"A comment has at most {LONGEST:,} characters. "
                              f"Yours has {len(said):,}"})
    if _CONTROL.search(said):
        raise AnswersInvalid({"text": "The comment holds a character that cannot be shown. "
                              "Type it again instead of pasting it"})
