"""The limits that a case is measured by, counted: due, met, explained."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select

from engine.advance import CaseWorld
from engine.spiff import Flow
from engine.store.models import IS_OPEN, IS_PENDING, RUNNING, Case, Task, Timer
from engine.work import Work, query
from workflows.calendar import months
from workflows.case_deadlines import DeadlineRow, clocks_of
from workflows.children import Enrolment, attended
from workflows.figures.forecast import Here, Pace, forecast, read_paces
from workflows.figures.leads_on import WAITS, CaseNow
from workflows.figures.limit_counts import limits_of, write_limits
from workflows.figures.step_times import Measure
from workflows.figures.tables import Clock, StepTime
from workflows.involvements import Involvement, in_force
from workflows.people import Person
from workflows.pep.case_dates import day_of
from workflows.pep.deadlines import BY_ID
from workflows.pep.facts import CaseFacts
from workflows.prepared import reason_given

Paces = Mapping[str, Mapping[str, Pace]]
"""By procedure and element."""
NOT_AHEAD: Mapping[str, Any] = {
    "at_limits_on": None, "at_pace_on": None, "history": 0, "decided_by": None, "longer_by": 0,
}
COUNTED = ("T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8")
"""Deadlines that a council answers for; the others are steps on the way to one of these."""


def clocks_counted(work: Work, case: Case, paces: Paces) -> list[dict[str, Any]]:
    """Rows of `Clock` of one case as it stands now."""
    known = CaseFacts(work.session, case, work.today)
    clocks = [each for each in clocks_of(known) if each.id in COUNTED]
    ended_on = day_of(case.ended_at) if case.ended_at else None
    explained = bool(clocks) and reason_given(work, case)
    ahead = _Ahead(work, case, known, paces) if case.status in RUNNING else None
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
            **(ahead.of(each) if ahead and each.met_on is None else NOT_AHEAD),
        })
    return rows


@query
def paces_of(work: Work) -> Paces:
    """How long steps usually take, by what was completed in the last twelve months."""
    since = months(None, work.today, -12).replace(day=1)
    return read_paces(
        (procedure, element, days, times) for procedure, element, days, times in
        work.session.execute(
            select(StepTime.procedure, StepTime.element, StepTime.days, func.sum(StepTime.times))
            .where(StepTime.measure == Measure.WHOLE, StepTime.month >= since)
            .group_by(StepTime.procedure, StepTime.element, StepTime.days)
        )
    )


def write_clocks(
    work: Work, cases: Sequence[UUID], rows: Sequence[Mapping[str, Any]]
) -> None:
    """These rows take the place of all that stand of the cases."""
    gone = limits_of(work, cases)
    work.session.execute(delete(Clock).where(Clock.case_id.in_(cases)))
    if rows:
        work.session.execute(insert(Clock), list(rows))
    write_limits(work, rows, gone)


class _Ahead:
    """Of a case that runs: by when it can meet a limit."""

    def __init__(self, work: Work, case: Case, known: CaseFacts, paces: Paces) -> None:
        world = CaseWorld(work, case, tasks=(), timers=(), known=known)
        self._today = work.today
        self._paces = paces.get(case.procedure, {})
        self._now = CaseNow(
            world.procedure, world, Flow.decode(world.procedure, case.state).outcomes)
        self._here = [
            *(Here(element, day_of(at), due_on) for element, at, due_on in work.session.execute(
                select(Task.element, Task.opened_at, Task.due_on)
                .where(Task.case_id == case.id, IS_OPEN))),
            *(Here(element, day_of(at), day_of(due_at))
              for element, at, due_at in work.session.execute(
                  select(Timer.element, Timer.started_at, Timer.due_at)
                  .where(Timer.case_id == case.id, IS_PENDING))
              if world.procedure.elements[element].kind == WAITS),
        ]

    def of(self, clock: DeadlineRow) -> Mapping[str, Any]:
        found = forecast(self._here, BY_ID[clock.id].met, self._today, self._now, self._paces)
        if found is None:
            return NOT_AHEAD
        return {"at_limits_on": found.at_limits, "at_pace_on": found.at_pace,
                "history": found.history, "decided_by": found.decided_by,
                "longer_by": found.longer_by}


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
