"""A person's own work: theirs, waiting in their queues, and done."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true

from engine.store.models import IS_OPEN, STANDS_IN, Case, Task, TaskStatus
from engine.work import Work, query
from workflows.absences.in_place_of import InPlaceOf, in_place_of
from workflows.access import Resource, decide, visible
from workflows.children import ListedChild, children_listed
from workflows.involvements import Involvement, in_force, may_hold
from workflows.people import names
from workflows.roles import ROLES
from workflows.sight.standing import Standing, set_apart, standings

MOST_SHOWN = 50
"""Of one list; the ones due soonest. Nobody works through more from a page."""
DONE_SHOWN = 10
DONE_WITHIN = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class ListedTask:
    """What these lists say of a task."""

    id: UUID
    child_id: UUID
    element: str
    name: str
    role: str
    covered_by: str | None
    stands_in_for: UUID | None
    assignee_id: UUID | None
    status: str
    due_on: date | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Row:
    task: ListedTask
    reference: str
    """Of its case."""
    child: ListedChild | None
    """None where this person may not see who the child is."""
    in_place_of: InPlaceOf | None = None
    holder: str = ""
    """Of a task that somebody else has in this person's place."""


@dataclass(frozen=True, slots=True)
class MyTasks:
    mine: Sequence[Row]
    mine_count: int
    """How many there are; `mine` holds the first of them."""
    queue: Sequence[Row]
    queue_count: int
    done: Sequence[Row]
    covered: Sequence[Row] = ()
    """What others have in this person's place."""
    roles: Sequence[str] = ()
    """In which tasks are offered to them."""

    @property
    def children(self) -> set[UUID]:
        """Whose names stand in these lists: what the audit notes as seen."""
        rows = (*self.mine, *self.queue, *self.done, *self.covered)
        return {row.child.id for row in rows if row.child is not None}


@query
def my_tasks(work: Work) -> MyTasks:
    """Mine and my queues by due date, overdue first; what I finished lately, newest first."""
    is_mine = Task.assignee_id == work.actor.id
    waits_for_me = and_(Task.assignee_id.is_(None), _reaches_me(work))
    mine, queue, done = _open(work, is_mine), _open(work, waits_for_me), _done(work)
    covered = _open(work, and_(Task.stands_in_for == work.actor.id, STANDS_IN))
    listed = (*mine, *queue, *done, *covered)
    standing_in = in_place_of(work, {task.stands_in_for for task, _ in (*mine, *queue)})
    called = names(work, {task.assignee_id for task, _ in covered})
    ids = {task.child_id for task, _ in listed}
    children, named = children_listed(work, ids), _may_be_named(work, ids, listed)
    mine_rows, queue_rows, done_rows, covered_rows = (
        [Row(task, reference, children[task.child_id] if task.id in named else None,
             standing_in.get(task.stands_in_for) if task.stands_in_for else None,
             called.get(task.assignee_id, "") if task.assignee_id else "")
         for task, reference in tasks]
        for tasks in (mine, queue, done, covered)
    )
    return MyTasks(
        mine_rows, _count(work, is_mine, mine), queue_rows, _count(work, waits_for_me, queue),
        done_rows, covered_rows, sorted(work.actor.roles & set(ROLES)),
    )


Listed = Sequence[tuple[ListedTask, str]]
"""Tasks, each with its case's reference."""
_LISTED = select(*(getattr(Task, name) for name in ListedTask.__slots__), Case.reference).join(
    Case, Case.id == Task.case_id
)


def _open(work: Work, condition: ColumnElement[bool]) -> Listed:
    """Along the index of what is due next, as far as is shown. Only a running case has any."""
    return _read(
        work,
        _LISTED.where(IS_OPEN, condition)
        .order_by(Task.due_on.asc().nulls_last(), Task.opened_at, Task.id)
        .limit(MOST_SHOWN),
    )


def _count(work: Work, condition: ColumnElement[bool], shown: Listed) -> int:
    """How many there are, counted in the index where not all are shown."""
    if len(shown) < MOST_SHOWN:
        return len(shown)
    counted = select(func.count()).select_from(Task).where(IS_OPEN, condition)
    return work.session.scalar(counted) or 0


def _done(work: Work) -> Listed:
    """Without a name where the child is not theirs any more."""
    with work.for_the_council("what somebody has done themselves they find again, nameless"):
        return _read(
            work,
            _LISTED.where(Task.completed_by == work.actor.id,
                          Task.ended_at >= work.now - DONE_WITHIN)
            .order_by(Task.ended_at.desc())
            .limit(DONE_SHOWN),
        )


def _read(work: Work, tasks: Select[Any]) -> Listed:
    return [(ListedTask(*task), reference) for *task, reference in work.session.execute(tasks)]


def _reaches_me(work: Work) -> ColumnElement[bool]:
    """Tasks without an assignee that the assignment rule offers to the actor today.

    A role of theirs, or the role that covers for it where nobody holds it; and a task that was
    handed back is offered to the role that covers as well.
    """
    conditions, apart = [], set_apart(work)
    for role in sorted(work.actor.roles & set(ROLES)):
        covers = [other.key for other in ROLES.values() if other.cover == role]
        offered = or_(
            Task.role == role,
            Task.covered_by == role,
            and_(Task.role.in_(covers), Task.assigned_by == "claim"),
        )
        if not ROLES[role].whole_council:
            conditions.append(and_(offered, _involved(work, role)))
        elif apart.restricted:
            is_open = Task.child_id.not_in(apart.restricted)
            conditions.append(and_(offered, or_(is_open, _involved(work, role))))
        else:
            conditions.append(offered)
    reaching = or_(*conditions) if conditions else false()
    if apart.in_conflict:
        return and_(reaching, Task.child_id.not_in(apart.in_conflict))
    return reaching


def _involved(work: Work, role: str) -> ColumnElement[bool]:
    """By an involvement of theirs, or of a colleague for whom they stand in."""
    involved = exists().where(
        Involvement.child_id == Task.child_id,
        Involvement.person_id == work.actor.id,
        Involvement.role == role,
        *in_force(work.today),
    )
    stood_in = set_apart(work).stood_in_as({role})
    return or_(involved, Task.child_id.in_(stood_in)) if stood_in else involved


def _may_be_named(work: Work, children: Collection[UUID], tasks: Listed) -> set[UUID]:
    """The tasks of which this person may see who the child is.

    Whoever may see every child's need not be asked about each.
    """
    if visible(work, Task.child_id, "see_task") is true():
        return {task.id for task, _ in tasks}
    mine = standings(work, children)
    return {task.id for task, _ in tasks if _may_see(work, task, mine[task.child_id])}


def _may_see(work: Work, task: ListedTask, mine: Standing) -> bool:
    holds = task.status == TaskStatus.OPEN and may_hold(work.actor, task.role, mine.relations)
    resource = Resource.of_child(mine, "task", task.id, task.child_id, holds_task=holds)
    return decide(work.actor, "see_task", resource).allowed
