"""Absences as they are kept, and what they open.

Whoever covers for a colleague stands to each of that colleague's children as the colleague does,
in the roles that both hold, for as long as the absence lasts. That is told from how things stand,
at each request, and no involvement is written for it: a child who comes to the colleague meanwhile
is covered, one who is taken from them is not, and it ends with the day, or when somebody ends it.
A task that the cover has begun stays with them when the colleague is back, and while it is open so
does their sight of that one child. A restricted record is opened to nobody in this way, and a
conflict of interest wins as everywhere. PostgreSQL's wall says the same (`engine/store/sight.py`).

Of the reason no more is kept than a kind: nothing of anybody's health.
"""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import BindParameter, ColumnElement, ForeignKey, Index, String, and_, func, or_
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base
from engine.store.models import STANDS_IN, Task

MOVES_ALL, MOVES_DUE, MOVES_NONE = "all", "due", "none"


class Absence(Base):
    __tablename__ = "absence"
    __table_args__ = (
        Index("ix_absence_person", "person_id", "starts_on"),
        Index("ix_absence_cover", "cover_id", "starts_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    cover_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """None: each task goes where the assignment rule says without this person."""
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    """The last day of it, where one is known."""
    kind: Mapped[str] = mapped_column(String(16))
    moves: Mapped[str] = mapped_column(String(16))
    """Which of the tasks that they have already are covered: `all`, `due` within it, or `none`."""
    entered_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    """When the last of what moves had moved; until then it is gone on with."""
    ended_at: Mapped[datetime | None]
    """When somebody ended it before its last day, or called it off."""
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    finished_at: Mapped[datetime | None]
    """When what was still open had gone back."""


def lasts(on: date | BindParameter[date], of: type[Absence] = Absence) -> ColumnElement[bool]:
    """Whether an absence is in force on a day."""
    return (
        (of.starts_on <= on)
        & or_(of.ends_on.is_(None), of.ends_on >= on)
        & of.ended_at.is_(None)
    )


ROLE_STOOD_IN = func.coalesce(Task.covered_by, Task.role)
"""The role in which whoever is away would have had a task."""
IS_BEGUN_FOR_ANOTHER = and_(
    STANDS_IN, Task.assignee_id.is_not(None), Task.assigned_by == "claim"
)
