"""A child who had left care returns: a new initial plan on the record that was kept."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.advance import lock_case, start_flow
from engine.cases import new_case
from engine.errors import Refused
from engine.store.models import Case
from engine.work import Work, verb
from workflows.children import (
    CarePeriod,
    Child,
    EndOfCare,
    Enrolment,
    end_of_care,
)
from workflows.days import day_if_any
from workflows.involvements import start_involvement
from workflows.pep.changes.command import (
    needs_reason,
    note,
    refuse,
)
from workflows.pep.plan import begin_plan
from workflows.pep.starting import (
    AROUND,
    PROCEDURE,
    add_first_placement,
    add_first_review,
    must_not_run,
    rules_of_care,
)


@verb
def return_to_care(work: Work, /, case_id: UUID, *, reason: str, **given: Any) -> UUID:
    """Begin a new time in care: both clocks start anew, the record and chronology go on.

    `given` is what the form asks, as when a first case is started. Returns the new case.
    """
    last = lock_case(work, case_id)
    child = work.session.get_one(Child, last.child_id)
    ended = end_of_care(work.session, child)
    if ended is None or ended.ended_by == EndOfCare.DIED:
        msg = "This child has not left care."
        raise Refused(msg)
    must_not_run(work, child.id)
    _must_be_possible(work, child, ended, reason, given)
    _begin_again(work, child, given)
    case = new_case(work, PROCEDURE, child.id, previous_id=_newest_case(work, child))
    add_first_review(work, case, child)
    begin_plan(work, case, "Returned to care")
    for role in AROUND:
        if given.get(role):
            start_involvement(work, child.id, UUID(given[role]), role, work.today)
    note(work, case, "care_resumed", "return_to_care", on=child.looked_after_on, reason=reason)
    start_flow(work, case)
    return case.id


def _must_be_possible(
    work: Work, child: Child, ended: CarePeriod, reason: str, given: dict[str, Any]
) -> None:
    care: date = given["became_looked_after_on"]
    refuse([
        needs_reason(reason),
        (care <= ended.ended_on, "became_looked_after_on",
         f"The time in care before ended on {day_if_any(ended.ended_on)}. Enter a later day"),
        *rules_of_care(work, given, child.born_on, "first_placement_on"),
    ])


def _begin_again(work: Work, child: Child, given: dict[str, Any]) -> None:
    child.care_period += 1
    child.looked_after_on = given["became_looked_after_on"]
    child.legal_status = given.get("legal_status", "")
    child.out_of_area = given["lives_out_of_area"] == "yes"
    add_first_placement(work, child, given)
    _enrol(work, child, given.get("school", ""))


def _enrol(work: Work, child: Child, school: str) -> None:
    """The school as it is today: the one before may have been left while out of care."""
    known = False
    for row in work.session.scalars(
        select(Enrolment).where(Enrolment.child_id == child.id, Enrolment.ends_on.is_(None))
    ):
        if str(row.school_id) == school:
            known = True
        else:
            row.ends_on = work.today
    if school and not known:
        work.session.add(
            Enrolment(child_id=child.id, school_id=UUID(school), starts_on=work.today)
        )
    work.session.flush()


def _newest_case(work: Work, child: Child) -> UUID | None:
    return work.session.scalar(
        select(Case.id).where(Case.child_id == child.id).order_by(Case.opened_at.desc()).limit(1)
    )
