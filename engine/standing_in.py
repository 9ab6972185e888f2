"""Tasks of somebody who is away: given to whoever stands in, and given back when they return."""

from collections.abc import Callable
from uuid import UUID

from engine.advance import assign_by_rule, lock_case, open_tasks
from engine.domain import RolePeople
from engine.store.models import Case, Task
from engine.work import Work, verb

COVER, KEPT = "cover", "kept"
"""How a task came to whoever has it: in somebody's place, or it stays with whoever is away."""


@verb
def give_in_place_of(
    work: Work, case_id: UUID, away: UUID, to: UUID | None, moves: Callable[[Task], bool]
) -> None:
    """What `away` has of a case's open tasks goes to `to`, or (None, or where they may not) to
    whom the assignment rule names; what does not move stays until they are back.

    Done again it changes nothing.
    """
    case = lock_case(work, case_id)
    known = work.domain.known(work.session, case, work.today)
    for task in open_tasks(work, case):
        if task.assignee_id != away or task.assigned_by == KEPT:
            continue
        holders = known.people_for(task.role)
        if moves(task):
            _give(task, holders, away, to)
        if task.assignee_id == away:
            task.assigned_by = KEPT
        else:
            _note(work, case, task, "task_covered", away)


@verb
def give_back(work: Work, case_id: UUID, returned: UUID) -> None:
    """What others have in the place of `returned`, or may take, is theirs again; what was begun
    stays with whoever began it."""
    case = lock_case(work, case_id)
    known = work.domain.known(work.session, case, work.today)
    for task in open_tasks(work, case):
        is_theirs = task.assignee_id == returned and task.assigned_by == KEPT
        if not is_theirs and (task.stands_in_for != returned or is_begun(task)):
            continue
        holders, before = known.people_for(task.role), task.assignee_id
        assign_by_rule(task, holders)
        if task.assignee_id != returned and holders.may_hold(returned):
            task.assignee_id, task.assigned_by = returned, "reassignment"
            task.stands_in_for = None
        if task.assignee_id != before:
            _note(work, case, task, "task_given_back", before)


def is_begun(task: Task) -> bool:
    """Whether whoever has it in somebody's place has taken it or written in it."""
    return task.assigned_by == "claim" and task.assignee_id is not None


def _give(task: Task, holders: RolePeople, away: UUID, to: UUID | None) -> None:
    if to is not None and holders.may_hold(to):
        task.assignee_id, task.assigned_by, task.stands_in_for = to, COVER, away
        return
    assign_by_rule(task, holders)
    if task.assignee_id != away:
        task.stands_in_for = away


def _note(work: Work, case: Case, task: Task, kind: str, before: UUID | None) -> None:
    work.event(case, kind, task=task, old=before, new=task.assignee_id)
    work.audit(kind, child_id=task.child_id, about=f"task:{task.id}")
