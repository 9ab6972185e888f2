"""Where cases are now, from what is added up of all of them (`figures/standing_now.py`).

The background adds up what has happened, a moment later. So whatever has happened to a case since
is told anew here, and no number is of a moment ago. Nothing is told so to whoever sees only some
cases, nor while much waits to be added up.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, literal, or_, select, tuple_, union_all

from engine.store.among import among
from engine.store.models import IS_OPEN, IS_PENDING, Event, Task, Timer
from engine.work import Work
from workflows.access import kept_from, visible
from workflows.board.narrowing import EVERYTHING, Narrowed
from workflows.board.then import Count, Counts, counted_of
from workflows.figures.standing_days import waits_of
from workflows.figures.tables import CaseStanding, FiguresPosition, StandingCount

MOST_CHANGED = 500
"""Things that have happened since: after more, all cases are counted anew as quickly."""


def counted_now(work: Work, procedures: Collection[str]) -> Counts | None:
    """By procedure and element, cases of every release; under `WHOLE` those with anything open.
    None: it has to be counted from the tasks."""
    unseen = kept_from(work)
    if unseen is None:
        return None
    with work.for_the_council("counts name no case; whoever is not seen is taken off them"):
        changed = _changed(work)
        if changed is None:
            return None
        counts = _added_up(work, procedures, changed, unseen)
    for procedure, steps in _anew(work, procedures, changed).items():
        for element, each in steps.items():
            here = counts[procedure].setdefault(element, Count())
            here.add(each.cases, each.since or work.today)
            here.late += each.late
    return counts


def _changed(work: Work) -> Collection[UUID] | None:
    """Cases to which anything has happened since they were added up; None where not all were, or
    it is too much."""
    position = work.session.scalar(select(FiguresPosition))
    if position is None or not position.stands:
        return None
    changed = work.session.scalars(
        select(Event.case_id).where(Event.seq > position.event_seq, Event.case_id.is_not(None))
        .order_by(Event.seq).limit(MOST_CHANGED + 1)
    ).all()
    return {each for each in changed if each} if len(changed) <= MOST_CHANGED else None


def _added_up(
    work: Work, procedures: Collection[str], changed: Collection[UUID], unseen: Collection[UUID]
) -> dict[str, dict[str, Count]]:
    """Without the cases that have changed and those of children who are not seen."""
    key = ("procedure", "element", "due_on", "began_on")
    each = union_all(
        select(*(getattr(StandingCount, name) for name in key), StandingCount.cases)
        .where(StandingCount.procedure.in_(procedures)),
        select(*(getattr(CaseStanding, name) for name in key), literal(-1))
        .where(CaseStanding.procedure.in_(procedures),
               or_(among(CaseStanding.case_id, changed), among(CaseStanding.child_id, unseen))),
    ).cte("each").c
    left = (
        select(each.procedure, each.element, each.due_on, each.began_on,
               func.sum(each.cases).label("cases"))
        .group_by(each.procedure, each.element, each.due_on, each.began_on)
        .having(func.sum(each.cases) > 0).subquery().c
    )
    found: dict[str, dict[str, Count]] = {procedure: {} for procedure in procedures}
    for procedure, element, cases, late, since in work.session.execute(
        select(left.procedure, left.element, func.sum(left.cases),
               func.sum(case((left.due_on < work.today, left.cases), else_=0)),
               func.min(left.began_on))
        .group_by(left.procedure, left.element)
    ):
        found[procedure][element] = Count(int(cases), int(late), 0, since)
    return found


def _anew(work: Work, procedures: Collection[str], changed: Collection[UUID]) -> Counts:
    """Where the cases stand that have changed, of those that the actor sees."""
    if not changed:
        return {}
    return counted_of(
        work, work.today,
        (*tasks_now(work, procedures), among(Task.case_id, changed)),
        (*dates_now(work, procedures), among(Timer.case_id, changed)))


def tasks_now(
    work: Work, procedures: Collection[str], which: Narrowed = EVERYTHING
) -> tuple[ColumnElement[bool], ...]:
    """Those of these procedures that are open, and that the actor may see. Only a running case has
    any, so that they are counted without a look at the cases."""
    return (IS_OPEN, Task.procedure.in_(procedures),
            visible(work, Task.child_id, "see_case"), *which.keeps(work, Task.case_id))


def dates_now(
    work: Work, procedures: Collection[str], which: Narrowed = EVERYTHING
) -> tuple[ColumnElement[bool], ...]:
    """As `tasks_now`, of timers: the dates that are waited for."""
    return (IS_PENDING, Timer.procedure.in_(procedures),
            tuple_(Timer.procedure, Timer.element).in_(sorted(waits_of(work))),
            visible(work, Timer.child_id, "see_case"), *which.keeps(work, Timer.case_id))
