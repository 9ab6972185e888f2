"""What a working day brings to tell: tasks that are due soon or overdue, and the daily messages.

Each is written once, however often a day is begun and by however many.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import String, delete, exists, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base
from engine.store.models import IS_OPEN, Task
from engine.store.turns import TELLING, take_turn
from engine.work import LONDON, Work, verb
from workflows.calendar import not_working, working_days
from workflows.people import Person, PersonRole
from workflows.sight.unusual import WATCHING, UnusualOpening
from workflows.telling.choices import Choice, TellingChoice
from workflows.telling.digest import DigestLine
from workflows.telling.words import DIGEST, DUE_SOON, OVERDUE, UNUSUAL

SOON = 2
"""Working days before a task is due."""
LOOKED_BACK = timedelta(days=7)
"""Who is told that a task is overdue need not be told of all that has been so for long."""
KEPT = timedelta(days=60)
DIGEST_AT = time(7, tzinfo=LONDON)
"""By then the timers of the day have fired."""


class ToldOnce(Base):
    """What was told because of a day; `about` is the id of a task or a person."""

    __tablename__ = "told_once"

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(48), primary_key=True)
    about: Mapped[UUID] = mapped_column(primary_key=True)


@dataclass(frozen=True, slots=True)
class _ToTell:
    day: date
    kind: str
    about: UUID
    person_id: UUID
    case_id: UUID | None = None


@verb
def tell_of_the_day(work: Work) -> int:
    """How many messages were written; on a day that is not a working day none."""
    if not_working(work.today):
        return 0
    take_turn(work.session.connection(), TELLING)
    work.session.execute(delete(ToldOnce).where(ToldOnce.day < work.today - KEPT))
    told = [*_due_soon(work), *_overdue(work), *_unusual(work), *_digests(work)]
    for each in told:
        work.append(ToldOnce, {"day": each.day, "kind": each.kind, "about": each.about})
        if each.kind == DIGEST:
            work.tell(DIGEST, each.person_id,
                      not_before=datetime.combine(work.today, DIGEST_AT))
        elif each.kind == UNUSUAL:
            work.tell(UNUSUAL, each.person_id)
        else:
            work.tell(each.kind, each.person_id, each.case_id, task=each.about)
    return len(told)


def _due_soon(work: Work) -> Iterator[_ToTell]:
    return _of_tasks(work, DUE_SOON, work.today, working_days(None, work.today, SOON))


def _overdue(work: Work) -> Iterator[_ToTell]:
    yesterday = work.today - timedelta(days=1)
    return _of_tasks(work, OVERDUE, work.today - LOOKED_BACK, yesterday)


def _of_tasks(work: Work, kind: str, first: date, last: date) -> Iterator[_ToTell]:
    """Open tasks of a person that are due on one of these days, and not told of before.

    Whoever was given a task today was told so today.
    """
    told = exists().where(
        ToldOnce.kind == kind, ToldOnce.about == Task.id, ToldOnce.day == Task.due_on
    )
    rows = work.session.execute(
        select(Task.id, Task.case_id, Task.assignee_id, Task.due_on)
        .where(IS_OPEN, Task.assignee_id.is_not(None), Task.due_on.between(first, last),
               Task.opened_at < _midnight(work), ~told)
        .order_by(Task.due_on, Task.id)
    )
    for row in rows:
        yield _ToTell(row.due_on, kind, row.id, row.assignee_id, row.case_id)


def _digests(work: Work) -> Iterator[_ToTell]:
    """For everyone who is told daily, or was and has lines left over. Whoever has chosen today
    begins with the next day, also where a worker starts after they chose."""
    told = exists().where(
        ToldOnce.kind == DIGEST, ToldOnce.about == Person.id, ToldOnce.day == work.today
    )
    is_told_daily = exists().where(
        TellingChoice.person_id == Person.id, TellingChoice.choice == Choice.DAILY
    )
    has_lines = exists().where(
        DigestLine.person_id == Person.id, DigestLine.digest_id.is_(None)
    )
    has_chosen_today = exists().where(
        TellingChoice.person_id == Person.id, TellingChoice.chosen_at >= _midnight(work)
    )
    people = work.session.scalars(
        select(Person.id).where(
            Person.active, or_(is_told_daily, has_lines), ~has_chosen_today, ~told
        )
    )
    for person_id in people:
        yield _ToTell(work.today, DIGEST, person_id, person_id)


def _unusual(work: Work) -> Iterator[_ToTell]:
    """For those who look at it, where something unusual has happened since they were told last."""
    told = exists().where(
        ToldOnce.kind == UNUSUAL, ToldOnce.about == Person.id, ToldOnce.day == work.today
    )
    last = select(func.max(ToldOnce.day)).where(
        ToldOnce.kind == UNUSUAL, ToldOnce.about == Person.id
    ).correlate(Person).scalar_subquery()
    newest = work.session.scalar(select(func.max(UnusualOpening.hour)))
    if newest is None:
        return
    day = newest.astimezone(LONDON).date()
    people = work.session.scalars(
        select(Person.id).where(
            Person.active, ~told, or_(last.is_(None), last <= day),
            exists().where(PersonRole.person_id == Person.id, PersonRole.role.in_(WATCHING)),
        )
    )
    for person_id in people:
        yield _ToTell(work.today, UNUSUAL, person_id, person_id)


def _midnight(work: Work) -> datetime:
    return datetime.combine(work.today, time(), LONDON)
