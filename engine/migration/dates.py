"""When what stays open in a case that moves is due: kept, or counted by the new release."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from engine.advance import CaseWorld, due_of_timer
from engine.errors import EngineError, FlowFailed
from engine.migration.plan import CannotMove, Plan, TimerRule
from engine.spiff import Flow, due_of
from engine.spiff.expressions import compile_expression
from engine.spiff.procedure import MOMENT, STARTED_ON
from engine.store.models import Task, Timer


@dataclass(frozen=True, slots=True)
class Counted:
    """A timer as it goes on."""

    written: str
    """The date or duration that it follows."""
    started_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Dates:
    """By the tokens of what was open before the move and stays open."""

    timers: Mapping[UUID, Counted]
    tasks: Mapping[UUID, date | None]


def work_out_dates(world: CaseWorld, flow: Flow, plan: Plan) -> Dates:
    """Raises `CannotMove` for a date that cannot be kept, or not be worked out."""
    waiting = {each.token: each.element for each in flow.timers}
    open_at = {each.token: each.element for each in flow.open_tasks}
    return Dates(
        {timer.token: _of_timer(world, flow, timer, waiting[timer.token], plan)
         for timer in world.timers if timer.token in waiting},
        {task.token: _of_task(world, flow, task, open_at[task.token])
         for task in world.tasks if task.token in open_at},
    )


def _of_timer(
    world: CaseWorld, flow: Flow, timer: Timer, element: str, plan: Plan
) -> Counted:
    after, rule = world.procedure.elements[element], plan.rule_of(element)
    if rule is TimerRule.KEEP:
        if timer.expression != after.timer:
            _must_be_known(world, timer, element)
        return Counted(timer.expression, timer.started_at, timer.due_at)
    written = after.timer or ""
    started = world.now if rule is TimerRule.RESTART else timer.started_at
    try:
        due = due_of_timer(world, element, written, started, flow.outcomes)
    except FlowFailed as failure:
        raise CannotMove(_not_worked_out(after.name, failure), step=element) from failure
    return Counted(written, started, due)


def _must_be_known(world: CaseWorld, timer: Timer, element: str) -> None:
    """A kept date follows changed facts as its release said: that must still be told here."""
    vocabulary, procedure = world.work.domain.vocabulary, world.procedure
    known = {*vocabulary.facts, *procedure.outcome_names, STARTED_ON}
    try:
        kept = compile_expression(timer.expression, MOMENT, procedure.names, vocabulary.functions)
    except EngineError:
        kept = None
    if kept is None or not kept.asks <= known:
        raise CannotMove(
            f"the date of “{procedure.elements[element].name}” follows what the new release does "
            "not ask any more; let it be counted anew", step=element)


def _of_task(world: CaseWorld, flow: Flow, task: Task, element: str) -> date | None:
    after = world.procedure.elements[element]
    if task.due_expression == after.due:
        return task.due_on
    try:
        return due_of(world.procedure, element, world, task.opened_at, flow.outcomes)
    except FlowFailed as failure:
        raise CannotMove(_not_worked_out(after.name, failure), step=element) from failure


def _not_worked_out(name: str, failure: FlowFailed) -> str:
    return f"the date of “{name}” cannot be worked out: {failure.message}"
