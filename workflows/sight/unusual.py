"""Unusual opening of children's records: too many within an hour, or at night by who works by day.

From a first number on it is noticed, earlier of somebody whose time ends soon, and from a last one
on no further record opens.
"""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from threading import Lock
from uuid import UUID

from sqlalchemy import ForeignKey, String, exists, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from engine.errors import EngineError
from engine.store.base import Base
from engine.work import LONDON, Work, query, verb
from workflows.administration.table import Leaving
from workflows.involvements import Involvement
from workflows.people import names, one_at_a_time

WITHIN = timedelta(hours=1)
NOTICED_ABOVE, REFUSED_ABOVE = 60, 200
"""Children whose records one person opens within an hour."""
NOTICED_BEFORE_THE_END = 20
"""The same, of somebody who leaves soon, or whose work with a child ends soon."""
SOON = timedelta(days=14)
NIGHT = time(22), time(6)
"""From and to, in London."""
BY_DAY = frozenset({"designated_teacher", "school_colleague", "manager"})
"""Who never work at night. Whoever holds another role as well may."""
WATCHING = frozenset({"virtual_school", "administrator"})
"""Who are told of it, once a day."""
SHOWN_FOR = timedelta(days=90)
MANY, TOO_MANY, AT_NIGHT, AT_THE_END = "many", "too_many", "at_night", "at_the_end"
KINDS = {
    MANY: f"More than {NOTICED_ABOVE} records within an hour",
    TOO_MANY: f"More than {REFUSED_ABOVE} records within an hour; no more were opened",
    AT_NIGHT: "Opened between 10pm and 6am",
    AT_THE_END: f"More than {NOTICED_BEFORE_THE_END} records within an hour, by somebody who "
                f"leaves or whose work with a child ends within {SOON.days} days",
}


class TooManyOpened(EngineError):
    """You have opened the records of very many children within an hour. Wait an hour, then go on.
    If you need to see more of them now, speak to the virtual school."""


class UnusualOpening(Base):
    """What of one kind a person did within an hour; of which children, the audit says."""

    __tablename__ = "unusual_opening"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True, index=True)
    children: Mapped[int]
    """The most that were opened within an hour that ended in this one."""


@dataclass(frozen=True, slots=True)
class UnusualView:
    name: str
    what: str
    hour: datetime
    children: int


class Openings:
    """Which children's records each person has opened within the last hour, in this process.

    Where several processes serve one council each counts for itself, and so it does after it was
    started again: what is kept for good is the audit.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._opened: dict[UUID, deque[tuple[datetime, UUID]]] = {}

    def count(self, person_id: UUID, child_id: UUID, at: datetime) -> tuple[int, bool]:
        """How many children with this one, and whether it is new among them. One that would be
        refused is not counted, so that whoever is refused is not kept out by trying."""
        with self._lock:
            opened = self._opened.setdefault(person_id, deque())
            while opened and opened[0][0] <= at - WITHIN:
                opened.popleft()
            children = {child for _, child in opened}
            is_new = child_id not in children
            number = len(children) + is_new
            if is_new and number <= REFUSED_ABOVE:
                opened.append((at, child_id))
            return number, is_new


@query
def what_is_unusual(work: Work, number: int) -> str | None:
    """The kind of it, where it is unusual that the actor has opened this many within the hour that
    ends now."""
    if number > REFUSED_ABOVE:
        return TOO_MANY
    if number > NOTICED_ABOVE:
        return MANY
    now = work.now.astimezone(LONDON).time()
    if (now >= NIGHT[0] or now < NIGHT[1]) and work.actor.roles <= BY_DAY:
        return AT_NIGHT
    return AT_THE_END if number > NOTICED_BEFORE_THE_END and _ends_soon(work) else None


def _ends_soon(work: Work) -> bool:
    """Whether the account or an involvement of the actor does."""
    until = work.today + SOON
    return bool(work.session.scalar(select(or_(
        exists().where(Leaving.person_id == work.actor.id, Leaving.last_day <= until),
        exists().where(Involvement.person_id == work.actor.id,
                       Involvement.ends_on.between(work.today, until)),
    ))))


@verb
def note_unusual_opening(work: Work, kind: str, number: int) -> None:
    """One row for each person, kind and hour, with the most that it came to."""
    one_at_a_time(work)
    hour = work.now.replace(minute=0, second=0, microsecond=0)
    row = work.session.get(UnusualOpening, (work.actor.id, kind, hour))
    if row is None:
        work.session.add(UnusualOpening(person_id=work.actor.id, kind=kind, hour=hour,
                                        children=number))
        work.audit("opened_unusually", about=f"person:{work.actor.id}", kind=kind, number=number)
    else:
        row.children = max(row.children, number)


@query
def unusual_openings(work: Work) -> list[UnusualView]:
    """Of the last ninety days, the newest first."""
    rows = work.session.scalars(
        select(UnusualOpening).where(UnusualOpening.hour > work.now - SHOWN_FOR)
        .order_by(UnusualOpening.hour.desc(), UnusualOpening.children.desc())
    ).all()
    called = names(work, {row.person_id for row in rows})
    return [UnusualView(called.get(row.person_id, ""), KINDS[row.kind], row.hour, row.children)
            for row in rows]
