"""What is coming to one person: steps of their cases that nobody has yet, and when they open.

Worked out anew for each look at the page, of cases that run for children with whom they work, or
whose colleague they cover today.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from engine.advance import CaseWorld
from engine.releases import compiled
from engine.spiff import Flow
from engine.store.among import among
from engine.store.models import IS_OPEN, IS_PENDING, IS_RUNNING, Case, Task, Timer
from engine.work import Work, query
from workflows.absences.table import Absence, lasts
from workflows.access import visible
from workflows.calendar import working_days
from workflows.children import ListedChild, children_listed
from workflows.figures.clocks import paces_of
from workflows.figures.coming import coming_steps, usually_done
from workflows.figures.forecast import Here
from workflows.figures.leads_on import USER_TASK, WAITS, CaseNow
from workflows.involvements import Involvement, in_force
from workflows.pep.case_dates import day_of
from workflows.pep.facts import CaseFacts

WITHIN = 10
"""Working days."""
MOST_CASES = 25
"""Each costs a millisecond or two."""


@dataclass(frozen=True, slots=True)
class ComingStep:
    name: str
    child: ListedChild
    on: date
    """The day on which it is likely to open."""


@dataclass(frozen=True, slots=True)
class Coming:
    steps: Sequence[ComingStep]
    """The first first."""
    looked_at: int
    """Cases, those whose open task is due first."""
    cases: int
    """That run, of the children whom the actor may see."""


@query
def coming_to(work: Work, person_id: UUID) -> Coming:
    """Steps that come within `WITHIN` working days and are this person's alone by the assignment
    rule of today. Each case is read by itself."""
    whose = _their_cases(work, person_id)
    found = work.session.scalar(select(func.count()).select_from(Case).where(*whose)) or 0
    first_due = (select(func.min(Task.due_on)).where(Task.case_id == Case.id, IS_OPEN)
                 .scalar_subquery())
    cases = work.session.scalars(
        select(Case).where(*whose).order_by(first_due.asc().nulls_last(), Case.id)
        .limit(MOST_CASES)).all()
    here, paces = _where_they_stand(work, cases), paces_of(work)
    last = working_days(None, work.today, WITHIN)
    coming: list[tuple[date, str, UUID]] = []
    for case in cases:
        standing, pace = here.get(case.id, ()), paces.get(case.procedure, {})
        if not any(usually_done(each, work.today, pace) <= last for each in standing):
            continue
        known = CaseFacts(work.session, case, work.today)
        world = CaseWorld(work, case, tasks=(), timers=(), known=known)
        elements = world.procedure.elements
        now = CaseNow(world.procedure, world, Flow.decode(world.procedure, case.state).outcomes)
        for element, on in coming_steps(standing, work.today, last, now, pace).items():
            role = elements[element].role
            if on <= last and role and known.people_for(role).people == (person_id,):
                coming.append((on, elements[element].name, case.child_id))
    children = children_listed(work, {child_id for _, _, child_id in coming})
    return Coming([ComingStep(name, children[child_id], on)
                   for on, name, child_id in sorted(coming)], len(cases), found)


def _their_cases(work: Work, person_id: UUID) -> list[ColumnElement[bool]]:
    """Asked in three steps: in one, PostgreSQL goes through all involvements there are."""
    covered = work.session.scalars(
        select(Absence.person_id).where(Absence.cover_id == person_id, lasts(work.today)))
    children = work.session.scalars(
        select(Involvement.child_id)
        .where(among(Involvement.person_id, [person_id, *covered]), *in_force(work.today)))
    return [IS_RUNNING, among(Case.child_id, set(children)),
            visible(work, Case.child_id, "reassign_task")]


def _where_they_stand(work: Work, cases: Sequence[Case]) -> Mapping[UUID, Sequence[Here]]:
    """By case, its open tasks and the dates that it waits for."""
    ids = [each.id for each in cases]
    kinds = {each.id: compiled(work, each.release_id).elements for each in cases}
    rows = [
        *((row.case_id, Here(row.element, day_of(row.opened_at), row.due_on))
          for row in work.session.execute(
              select(Task.case_id, Task.element, Task.opened_at, Task.due_on)
              .where(among(Task.case_id, ids), IS_OPEN))),
        *((row.case_id, Here(row.element, day_of(row.started_at), day_of(row.due_at)))
          for row in work.session.execute(
              select(Timer.case_id, Timer.element, Timer.started_at, Timer.due_at)
              .where(among(Timer.case_id, ids), IS_PENDING))),
    ]
    found: dict[UUID, list[Here]] = {}
    for case_id, each in rows:
        if kinds[case_id][each.element].kind in (USER_TASK, WAITS):
            found.setdefault(case_id, []).append(each)
    return found
