"""One case moved to another release, in one transaction; and put back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from engine.advance import (
    CaseWorld,
    assign_by_rule,
    open_tasks,
    pending_timers,
    settle,
)
from engine.errors import Refused
from engine.migration.dates import Counted, Dates, work_out_dates
from engine.migration.differences import differences
from engine.migration.image import Image, image_of, put_back
from engine.migration.plan import CannotMove, Plan
from engine.migration.preparing import LookingWorld, Target, prepare
from engine.recalculation import let_dates_follow
from engine.spiff import Element, Flow
from engine.store.models import RUNNING, Case, Task, Timer
from engine.work import Work

BY_MOVE = "case moved"
BY_UNDO = "move undone"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What would become of a case, in words."""

    may_move: bool
    notes: tuple[str, ...] = ()
    """What becomes another in a case that may move; none: it moves as it is."""
    because: str = ""
    """Of one that cannot."""
    step: str | None = None
    """What a mapping may put right: an element of its release, or an arrow to a join."""


@dataclass(frozen=True, slots=True)
class Moved:
    before: Image
    after: Image
    undoable: bool
    """False where something was done that cannot be taken back."""
    notes: tuple[str, ...]


def verdict_of(work: Work, case: Case, target: Target, plan: Plan) -> Verdict:
    """A dry run on a copy: all that a move would do, and nothing written."""
    world = LookingWorld(work, case, target.procedure)
    try:
        _must_be_movable(case, target)
        prepared = prepare(work, case, target, plan, world)
        work_out_dates(world, prepared.flow, plan)
        notes = (*prepared.notes, *differences(world, prepared.flow, plan),
                 *_would_do(target, world.would_do))
    except CannotMove as refused:
        return Verdict(False, because=refused.message, step=refused.step)
    return Verdict(True, tuple(dict.fromkeys(notes)))


def move(
    work: Work, case: Case, target: Target, plan: Plan, move_id: UUID | None = None
) -> Moved:
    """Move a case that this transaction holds. Raises `CannotMove`, and has then written nothing.
    """
    _must_be_movable(case, target)
    with work.attempt():
        world = CaseWorld(work, case, procedure=target.procedure)
        before = image_of(case, world.tasks, world.timers)
        left, moved_at = case.release_id, case.moved_at
        work.event(case, "case_moved", old=left, new=target.release.id, plan=plan.as_json(),
                   move=move_id)
        prepared = prepare(work, case, target, plan, world)
        dates = work_out_dates(world, prepared.flow, plan)
        notes = dict.fromkeys((*prepared.notes, *differences(world, prepared.flow, plan)))
        case.release_id = target.release.id
        carry_over(world, prepared.flow, dates)
        settle(world, prepared.flow)
        case.moved_at = moved_at  # nobody has done anything in it
        work.audit("move_case", child_id=case.child_id, about=f"case:{case.id}",
                   old=left, new=target.release.id, plan=plan.as_json(), move=move_id)
    after = image_of(case, open_tasks(work, case), pending_timers(work, case))
    performed = any(target.procedure.elements[each].action for each in prepared.flow.passed)
    return Moved(before, after, not performed, tuple(notes))


def undo(work: Work, case: Case, moved: Mapping[str, Any], before: Image) -> None:
    """Put a case back that this transaction holds. Raises `Refused` where it has gone on since.

    `moved` is the image that was made behind the move.
    """
    if case.status not in RUNNING:
        raise Refused("the case is over")
    now = image_of(case, (), ())
    if any(now[part] != moved[part] for part in ("state", "case")):
        raise Refused("the case has gone on since")
    left = case.release_id
    put_back(work, case, before)
    work.event(case, "move_undone", old=left, new=case.release_id)
    work.audit("undo_move", child_id=case.child_id, about=f"case:{case.id}", old=left,
               new=case.release_id)
    let_dates_follow(work, case, BY_UNDO)


def _must_be_movable(case: Case, target: Target) -> None:
    if case.status not in RUNNING:
        raise CannotMove("it is over")
    if case.procedure != target.release.procedure:
        raise CannotMove("it runs another procedure")
    if case.release_id == target.release.id:
        raise CannotMove(f"it runs on release {target.release.number} already")


def carry_over(world: CaseWorld, flow: Flow, dates: Dates) -> None:
    """Rows of what stays open say what the new release says; ids, drafts and people stay."""
    waiting = {each.token: each.element for each in flow.timers}
    for timer in world.timers:
        if timer.token in waiting:
            _carry_timer(world, timer, waiting[timer.token], dates.timers[timer.token])
    open_at = {each.token: world.procedure.elements[each.element] for each in flow.open_tasks}
    for task in world.tasks:
        if task.token in open_at:
            _carry_task(world, task, open_at[task.token], dates.tasks[task.token])


def _carry_timer(world: CaseWorld, timer: Timer, element: str, goes_on: Counted) -> None:
    old = timer.due_at
    timer.element, timer.expression = element, goes_on.written
    timer.started_at, timer.due_at = goes_on.started_at, goes_on.due_at
    if timer.due_at != old:
        world.work.event(world.case, "timer_moved", element=element, reason=BY_MOVE,
                         old=old.isoformat(), new=timer.due_at.isoformat())


def _carry_task(world: CaseWorld, task: Task, after: Element, due_on: date | None) -> None:
    task.element, task.name, task.form = after.id, after.name, after.form
    if task.role != after.role:
        _give_to_role(world, task, after.role or "")
    task.due_expression = after.due
    if due_on != task.due_on:
        world.work.event(world.case, "due_moved", task=task, reason=BY_MOVE, old=task.due_on,
                         new=due_on)
        task.due_on = due_on


def _give_to_role(world: CaseWorld, task: Task, role: str) -> None:
    """Whoever has it keeps it, where they chose to or were chosen, and may do such a task."""
    before, task.role = task.assignee_id, role
    holders = world.people_for(role)
    if holders.may_hold(before) and task.assigned_by != "rule":
        return
    assign_by_rule(task, holders)
    if task.assignee_id != before:
        world.work.event(world.case, "task_reassigned", task=task, old=before,
                         new=task.assignee_id, reason=BY_MOVE)


def _would_do(target: Target, elements: Iterable[str]) -> Iterable[str]:
    return (f"“{target.procedure.elements[each].name}” is done at once, and cannot be undone"
            for each in elements)
