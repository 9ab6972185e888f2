"""The life courses that the database tells of."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.store.models import Event
from workflows.children import CarePeriod, Child, EndOfCare
from workflows.retention.life import Life, TimeInCare


def lives_of(session: Session, ids: Iterable[UUID] | None = None) -> dict[UUID, Life]:
    """Of these children, or of all."""
    statement, wanted = select(Child), None if ids is None else list(ids)
    if wanted is not None:
        statement = statement.where(Child.id.in_(wanted))
    children = session.scalars(statement).all()
    over: dict[UUID, list[CarePeriod]] = {}
    for period in session.scalars(select(CarePeriod).order_by(CarePeriod.number)):
        over.setdefault(period.child_id, []).append(period)
    adopted = _adoptions(session)
    return {child.id: _life(child, over.get(child.id, ()), adopted.get(child.id))
            for child in children}


def life_of(session: Session, child_id: UUID) -> Life:
    """Raises `KeyError` for a child that there is not."""
    return lives_of(session, [child_id])[child_id]


def _life(child: Child, over: Sequence[CarePeriod], adopted_on: date | None) -> Life:
    times = [TimeInCare(each.began_on, each.ended_on) for each in over]
    if not any(each.number == child.care_period for each in over):
        times.append(TimeInCare(child.looked_after_on, None))
    died = [each.ended_on for each in over if each.ended_by == EndOfCare.DIED]
    return Life(child.born_on, tuple(times), died[0] if died else None, adopted_on)


def _adoptions(session: Session) -> dict[UUID, date]:
    """Care that ended by an adoption ended with its order: the day stands in what happened."""
    rows = session.execute(
        select(Event.child_id, Event.data).where(Event.kind == "care_ended").order_by(Event.seq)
    )
    found: dict[UUID, date] = {}
    for child_id, data in rows:
        if child_id is not None and data.get("outcome") == "adopted":
            found.setdefault(child_id, date.fromisoformat(data["on"]))
    return found
