"""What the Virtual School Head says to the numbers, month by month, on the page for councillors.

Each time it is written is a row of its own: the last one of a month is printed, and the earlier
ones stay.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Text, select
from sqlalchemy.orm import Mapped, mapped_column

from engine.forms import Field, Form, valid_answers
from engine.store.base import Base
from engine.work import Work, query, verb
from workflows.people import names

LONGEST = 1_500
"""Characters: as many as fit on the page beside the numbers, in letters that can be read."""


class ReportCommentary(Base):
    __tablename__ = "report_commentary"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    month: Mapped[date] = mapped_column(index=True)
    """Its first day."""
    text: Mapped[str] = mapped_column(Text)
    """Empty: the one before is taken back."""
    by: Mapped[UUID]
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Commentary:
    text: str
    by: str
    at: datetime


@query
def form_of_commentary(work: Work) -> Form:
    return Form("commentary", f"Commentary for {work.today:%B %Y}", (
        Field("text", "textarea", "What should councillors know about these numbers?", "text",
              max_length=LONGEST,
              hint="It is printed on the page for the corporate parenting board with your name and "
                   "the day. Name no child, and say nothing by which one could be recognised. In "
                   "the copy for outside the council numbers from 1 to 5 are not told: write none. "
                   "Leave it empty to print none"),
    ))


@verb
def write_commentary(work: Work, answers: Mapping[str, Any]) -> None:
    """For the month that it is. The same words again change nothing.

    Raises `AnswersInvalid`.
    """
    said = str(valid_answers(form_of_commentary(work), answers).get("text") or "").strip()
    row = _last(work)
    if said == (row.text if row else ""):
        return
    written = ReportCommentary(id=uuid4(), month=work.today.replace(day=1), text=said,
                               by=work.actor.id, at=work.now)
    work.session.add(written)
    work.audit("write_commentary", about=f"commentary:{written.id}")


@query
def commentary(work: Work) -> Commentary | None:
    """Of the month that it is; None where none is written, or it was taken back."""
    row = _last(work)
    return _views(work, [row])[0] if row and row.text else None


@query
def commentaries(work: Work) -> list[Commentary]:
    """Everything that was written for this month, the newest first."""
    return _views(work, work.session.scalars(_of_the_month(work)).all())


def _last(work: Work) -> ReportCommentary | None:
    return work.session.scalars(_of_the_month(work).limit(1)).first()


def _of_the_month(work: Work) -> Any:
    return (select(ReportCommentary)
            .where(ReportCommentary.month == work.today.replace(day=1))
            .order_by(ReportCommentary.at.desc(), ReportCommentary.id))


def _views(work: Work, rows: Sequence[ReportCommentary]) -> list[Commentary]:
    called = names(work, {row.by for row in rows})
    return [Commentary(row.text, called.get(row.by, ""), row.at) for row in rows]
