"""A person's own work: theirs, waiting in their queues, and done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select

from engine.store.models import IS_OPEN, IS_RUNNING, Case, Task, TaskStatus
from engine.tasks import TaskView, view_of
from engine.work import Work, query
from workflows.access import Resource, decide
from workflows.children import ChildView, children_by_id
from workflows.involvements import Involvement, in_force, may_hold, roles_held
from workflows.roles import ROLES

MOST_SHOWN = 100
"""Of one list; the ones due soonest. Nobody works through more from a page."""
DONE_SHOWN = 10
DONE_WITHIN = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Row:
    task: TaskView
    reference: str
    procedure: str
    child: ChildView | None
    """None where this person may not see who the child is."""


@dataclass(frozen=True, slots=True)
class MyTasks:
    mine: Sequence[Row]
    mine_count: int
    """How many there are; `mine` holds the first of them."""
    queue: Sequence[Row]
    queue_count: int
    done: Sequence[Row]

    @property
    def children(self) -> set[UUID]:
        """Whose names stand in these lists: what the audit notes as seen."""
        rows = (*self.mine, *self.queue, *self.done)
        return {row.child.id for row in rows if row.child is not None}


@query
def my_tasks(work: Work) -> MyTasks:
    """Mine and my queues by due date, overdue first; what I finished lately, newest first."""
    is_mine = Task.assignee_id == work.actor.id
    waits_for_me = and_(Task.assignee_id.is_(None), _reaches_me(work))
    mine, queue, done = _open(work, is_mine), _open(work, waits_for_me), _done(work)
    found = (*mine, *queue, *done)
    children = children_by_id(work, {task.child_id for task, _ in found})
    held = roles_held(work, work.actor.id, children)
    mine_rows, queue_rows, done_rows = (
        [_row(work, task, case, children[task.child_id], held) for task, case in rows]
        for rows in (mine, queue, done)
    )
    return MyTasks(
        mine_rows, _count(work, is_mine), queue_rows, _count(work, waits_for_me), done_rows
    )


def _open(work: Work, condition: ColumnElement[bool]) -> list[tuple[Task, Case]]:
    rows = work.session.execute(
        select(Task, Case)
        .join(Case, Case.id == Task.case_id)
        .where(IS_OPEN, IS_RUNNING, condition)
        .order_by(Task.due_on.is_(None), Task.due_on, Task.opened_at, Task.id)
        .limit(MOST_SHOWN)
    )
    return [(row.Task, row.Case) for row in rows]


def _count(work: Work, condition: ColumnElement[bool]) -> int:
    statement = (
        select(func.count())
        .select_from(Task)
        .join(Case, Case.id == Task.case_id)
        .where(IS_OPEN, IS_RUNNING, condition)
    )
    return work.session.scalar(statement) or 0


def _done(work: Work) -> list[tuple[Task, Case]]:
    rows = work.session.execute(
        select(Task, Case)
        .join(Case, Case.id == Task.case_id)
        .where(Task.completed_by == work.actor.id, Task.ended_at >= work.now - DONE_WITHIN)
        .order_by(Task.ended_at.desc())
        .limit(DONE_SHOWN)
    )
    return [(row.Task, row.Case) for row in rows]


def _reaches_me(work: Work) -> ColumnElement[bool]:
    """Tasks without an assignee that the assignment rule offers to the actor today.

    A role of theirs, or the role that covers for it where nobody holds it; and a task that was
    handed back is offered to the role that covers as well.
    """
    conditions = []
    for role in sorted(work.actor.roles & set(ROLES)):
        covers = [other.key for other in ROLES.values() if other.cover == role]
        offered = or_(
            Task.role == role,
            Task.covered_by == role,
            and_(Task.role.in_(covers), Task.assigned_by == "claim"),
        )
        council_wide = ROLES[role].whole_council
        conditions.append(offered if council_wide else and_(offered, _involved(work, role)))
    return or_(*conditions) if conditions else false()


def _involved(work: Work, role: str) -> ColumnElement[bool]:
    return exists().where(
        Involvement.child_id == Task.child_id,
        Involvement.person_id == work.actor.id,
        Involvement.role == role,
        *in_force(work.today),
    )


def _row(
    work: Work, task: Task, case: Case, child: ChildView, held: dict[UUID, dict[str, date]]
) -> Row:
    mine = held[child.id]
    holds = task.status == TaskStatus.OPEN and may_hold(work.actor, task.role, mine)
    resource = Resource("task", task.id, child.id, mine, holds_task=holds)
    may_see = decide(work.actor, "see_task", resource).allowed
    return Row(view_of(task), case.reference, case.procedure, child if may_see else None)
