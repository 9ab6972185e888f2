"""The child leaves this council's care: everything that runs is closed, the record is kept."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from engine.advance import lock_case
from engine.background import take_back_messages
from engine.cases import close_case
from engine.errors import Refused
from engine.store.models import Case
from engine.work import Work, verb
from workflows.children import CarePeriod, Child, EndOfCare, Placement, end_of_care
from workflows.days import day_if_any
from workflows.involvements import end_all_involvements
from workflows.pep.changes.command import (
    needs_reason,
    note,
    refuse,
    running_cases,
)
from workflows.pep.meetings.invitations import to_be_called_off
from workflows.pep.plan import keep_plan
from workflows.pep.telling import tell_people

AROUND = ("social_worker", "team_manager", "designated_teacher", "reviewing_officer",
          "virtual_school")


@verb
def cease_to_be_looked_after(
    work: Work, case_id: UUID, *, on: date, outcome: str, reason: str
) -> UUID:
    """Care has ended. Everyone around the child reads the record until the end of today; after
    that the virtual school alone does, which keeps it."""
    case = lock_case(work, case_id)
    child = _leave(work, case, on, EndOfCare.CEASED, reason)
    note(work, case, "care_ended", "cease_to_be_looked_after", on=on, outcome=outcome,
         reason=reason)
    _tell_all(work, case, "care_ended")
    _close(work, child, reason, on)
    return case.id


@verb
def transfer_to_other_council(
    work: Work, case_id: UUID, *, on: date, council: str, reason: str
) -> UUID:
    """Another council looks after the child from a day on."""
    case = lock_case(work, case_id)
    child = _leave(work, case, on, EndOfCare.TRANSFERRED, reason)
    note(work, case, "care_transferred", "transfer_to_other_council", on=on, council=council,
         reason=reason)
    _tell_all(work, case, "care_transferred")
    _close(work, child, reason, on)
    return case.id


@verb
def record_death(work: Work, case_id: UUID, *, on: date, reason: str) -> UUID:
    """In silence: nobody is told, and what has not left yet is taken back. A meeting that is still
    to come leaves the calendars of those who would come to it for their work, without a reason.

    No message can follow: no case, task or timer of the child is left, and none can be opened.
    """
    case = lock_case(work, case_id)
    child = _leave(work, case, on, EndOfCare.DIED, reason)
    note(work, case, "death_recorded", "record_death", on=on, reason=reason)
    _close(work, child, "The child has died", on)
    take_back_messages(work, child.id, but=to_be_called_off(work, child.id))
    return case.id


def _leave(work: Work, case: Case, on: date, how: EndOfCare, reason: str) -> Child:
    child = work.session.get_one(Child, case.child_id)
    if end_of_care(work.session, child) is not None:
        msg = "This child has left care already."
        raise Refused(msg)
    refuse([
        needs_reason(reason),
        (on > work.today, "on", "This day is in the future. Enter it on the day, or after it"),
        (on < child.looked_after_on, "on",
         f"The child became looked after on {day_if_any(child.looked_after_on)}. Enter that day or "
         "a later one"),
    ])
    work.session.add(
        CarePeriod(
            child_id=child.id, number=child.care_period, began_on=child.looked_after_on,
            ended_on=on, ended_by=how,
        )
    )
    return child


def _tell_all(work: Work, case: Case, message: str) -> None:
    known = work.domain.known(work.session, case, work.today)
    for role in AROUND:
        tell_people(work, case, known, role, message)


def _close(work: Work, child: Child, reason: str, on: date) -> None:
    """Care ended on that day.

    Cases first: ending an involvement would otherwise give tasks to those who cover.
    """
    for case in running_cases(work, child.id):
        close_case(work, case.id, reason)
    keep_plan(work, child.id)
    for placement in work.session.scalars(
        select(Placement).where(Placement.child_id == child.id, Placement.ends_on.is_(None))
    ):
        placement.ends_on = max(on, placement.starts_on)
    end_all_involvements(work, child.id, work.today)
