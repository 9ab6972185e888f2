"""One person comes in another's place with a child."""

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import Uuid, bindparam, select

from engine.work import Work
from workflows.involvements import Involvement, holders_from
from workflows.people import Person, PersonRole
from workflows.sight.table import in_conflict


def end_with(work: Work, row: Involvement, last_day: date, reason: str) -> None:
    row.ends_on = last_day
    work.event(None, "involvement_ended", child_id=row.child_id, person=row.person_id,
               role=row.role)
    work.audit("end_involvement", child_id=row.child_id, about=f"involvement:{row.id}",
               reason=reason)


def come_instead(
    work: Work, row: Involvement, successor_id: UUID, starts_on: date, until: date | None
) -> None:
    """Not where the successor has left, has not the role, has the child already, or must not."""
    may = work.session.scalar(
        select(Person.id)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(Person.id == successor_id, Person.active, PersonRole.role == row.role,
               ~in_conflict(Person.id, bindparam("child_id", row.child_id, type_=Uuid())))
    )
    if may is None or successor_id in holders_from(work, row.child_id, row.role, starts_on):
        return
    if until is not None and until < starts_on:
        return
    came = Involvement(id=uuid4(), person_id=successor_id, child_id=row.child_id, role=row.role,
                       starts_on=starts_on, ends_on=until)
    work.session.add(came)
    work.event(None, "involvement_started", child_id=row.child_id, person=successor_id,
               role=row.role)
    work.audit("start_involvement", child_id=row.child_id, about=f"involvement:{came.id}")
