"""The limits that a case is measured by, counted: due, met, explained."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select

from engine.store.models import Case
from engine.work import Work
from workflows.case_deadlines import clocks_of
from workflows.children import Enrolment, attended
from workflows.figures.tables import Clock
from workflows.involvements import Involvement, in_force
from workflows.people import Person
from workflows.pep.case_dates import CaseDates, day_of
from workflows.prepared import reason_given

COUNTED = ("T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8")
"""Deadlines that a council answers for; the others are steps on the way to one of these."""


def clocks_counted(work: Work, case: Case) -> list[dict[str, Any]]:
    """Rows of `Clock` of one case as it stands now."""
    known = CaseDates(work.session, case, work.today)
    clocks = [each for each in clocks_of(known) if each.id in COUNTED]
    ended_on = day_of(case.ended_at) if case.ended_at else None
    explained = bool(clocks) and reason_given(work, case)
    around: dict[date, Mapping[str, UUID | None]] = {}
    rows = []
    for each in clocks:
        on = min(each.due_on, work.today)
        if on not in around:
            around[on] = _around(work, case.child_id, on)
        rows.append({
            "case_id": case.id, "deadline": each.id, "child_id": case.child_id,
            "procedure": case.procedure, "due_on": each.due_on, "met_on": each.met_on,
            "ended_on": ended_on, "explained": explained, **around[on],
        })
    return rows


def write_clocks(
    work: Work, cases: Sequence[UUID], rows: Sequence[Mapping[str, Any]]
) -> None:
    """These rows take the place of all that stand of the cases."""
    work.session.execute(delete(Clock).where(Clock.case_id.in_(cases)))
    if rows:
        work.session.execute(insert(Clock), list(rows))


def _around(work: Work, child_id: UUID, on: date) -> Mapping[str, UUID | None]:
    """School and team of the child on a day."""
    school = work.session.scalar(
        select(Enrolment.school_id)
        .where(Enrolment.child_id == child_id, *attended(on))
        .order_by(Enrolment.starts_on.desc()).limit(1)
    )
    team = work.session.scalar(
        select(Person.team_id)
        .join(Involvement, Involvement.person_id == Person.id)
        .where(Involvement.child_id == child_id, Involvement.role == "social_worker",
               *in_force(on))
        .order_by(Involvement.starts_on.desc()).limit(1)
    )
    return {"school_id": school, "team_id": team}
