"""A calendar of one's own deadlines, for whoever has its secret address. Only its hash is kept."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from engine.domain import Actor
from engine.errors import NotFound
from engine.store.base import Base
from engine.store.models import IS_OPEN, Case, Task
from engine.work import Work, query, verb
from workflows.people import find_actor
from workflows.secret_hash import hash_of

MOST_ENTRIES = 500


class CalendarFeed(Base):
    """One a person; a new one ends the one before."""

    __tablename__ = "calendar_feed"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Deadline:
    """Nothing of the child and no name of the step."""

    task_id: UUID
    reference: str
    due_on: date


@verb
def make_calendar(work: Work) -> str:
    """The secret of the actor's new calendar, given out this once."""
    token = secrets.token_urlsafe(32)
    work.session.merge(CalendarFeed(
        person_id=work.actor.id, token_hash=hash_of(token), made_at=work.now
    ))
    work.audit("make_calendar", about=f"calendar:{work.actor.id}")
    return token


@verb
def end_calendar(work: Work) -> None:
    feed = work.session.get(CalendarFeed, work.actor.id)
    if feed is not None:
        work.session.delete(feed)
        work.audit("end_calendar", about=f"calendar:{work.actor.id}")


@query
def calendar_made_at(work: Work) -> datetime | None:
    feed = work.session.get(CalendarFeed, work.actor.id)
    return feed.made_at if feed else None


@query
def whose_calendar(work: Work, token: str) -> Actor:
    """Raises `NotFound` for a secret that is unknown or was ended, or whose person has left."""
    person_id = work.session.scalar(
        select(CalendarFeed.person_id).where(CalendarFeed.token_hash == hash_of(token))
    )
    actor = find_actor(work, person_id) if person_id else None
    if actor is None:
        raise NotFound
    return actor


@query
def own_deadlines(work: Work) -> Sequence[Deadline]:
    """Of the actor's open tasks, soonest first."""
    rows = work.session.execute(
        select(Task.id, Case.reference, Task.due_on)
        .join(Case, Case.id == Task.case_id)
        .where(IS_OPEN, Task.assignee_id == work.actor.id, Task.due_on.is_not(None))
        .order_by(Task.due_on, Task.id)
        .limit(MOST_ENTRIES)
    )
    return [Deadline(row.id, row.reference, row.due_on) for row in rows if row.due_on]
