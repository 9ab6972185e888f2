"""Moves a case on: runs the flow one step, then makes the tables say what the flow says.

Every way a case can move (opened, task completed, timer fired, incident retried) ends here.
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, select
from sqlalchemy.exc import SQLAlchemyError

from engine.domain import ActionCall, Known, RolePeople, ValueType
from engine.errors import EngineError, FlowFailed, NotFound
from engine.faults import where
from engine.releases import compiled
from engine.spiff import Flow, OpenTask, Procedure, due_of, timer_due
from engine.spiff.expressions import Expression, compile_expression
from engine.spiff.procedure import MOMENT
from engine.store.appended import Attempt
from engine.store.base import new_id
from engine.store.models import (
    Audit,
    Case,
    CaseStatus,
    Event,
    Outbox,
    Task,
    TaskStatus,
    Timer,
    TimerStatus,
)
from engine.work import Work

log = logging.getLogger(__name__)

UNEXPECTED = "Pepway itself failed at this step. What was answered is kept; try again later."


class CaseWorld:
    """A case while it moves: what stands open, and what its flow may ask of the world."""

    def __init__(
        self,
        work: Work,
        case: Case,
        tasks: Sequence[Task] | None = None,
        paths: Collection[str] = (),
        timers: Sequence[Timer] | None = None,
        known: Known | None = None,
        procedure: Procedure | None = None,
    ) -> None:
        """`tasks` are the open ones, `timers` the pending ones and `known` what the domain knows,
        where they have been read; `paths` are places of the record whose values are wanted;
        `procedure` is another release than the case's."""
        self.work, self.case = work, case
        self.procedure = procedure or compiled(work, case.release_id)
        self.tasks = open_tasks(work, case) if tasks is None else tasks
        self.timers = pending_timers(work, case) if timers is None else timers
        """As they stood before the move."""
        self.opened: list[Task] = []
        """By the move."""
        self.started: list[Timer] = []
        """By the move."""
        self.changed = False
        """What facts are told from has changed: dates may have to follow."""
        self.attempt: Attempt | None = None
        """What takes back what the move did, should it fail."""
        self.know(paths, known)

    def know(self, paths: Collection[str] = (), known: Known | None = None) -> None:
        """Read what the domain knows: at the beginning, and when something has changed."""
        work = self.work
        self.known = known or work.domain.known(work.session, self.case, work.today, paths)
        self._facts: dict[str, Any] = {}
        self._asked: frozenset[str] = frozenset()

    @property
    def now(self) -> datetime:
        return self.work.now

    @property
    def calendar(self) -> Any:
        return self.known.calendar

    def people_for(self, role: str) -> RolePeople:
        return self.known.people_for(role)

    def facts(self, names: frozenset[str]) -> Mapping[str, Any]:
        if unasked := names - self._asked:
            self._facts |= self.known.facts(unasked)
            self._asked |= unasked
        return {name: self._facts[name] for name in names if name in self._facts}

    def ask_anew(self) -> None:
        """What the record tells is another now."""
        self._facts, self._asked, self.changed = {}, frozenset(), True

    def perform(self, call: ActionCall) -> Mapping[str, Any]:
        work, case = self.work, self.case
        outcomes = work.domain.perform(work, case, call, self.known)
        if self.attempt is None or self.attempt.has_changed(Event, Audit, Outbox):
            self.changed = True
            self.know()
        work.event(case, "action_performed", element=call.element, action=call.name)
        return outcomes


def lock_case(work: Work, case_id: UUID) -> Case:
    """The case, held by this transaction until it ends. Raises `NotFound`."""
    return _locked(work, _CASE, case_id)


def lock_case_of(work: Work, task_id: UUID) -> Case:
    """As `lock_case`, by one of its tasks."""
    return _locked(work, _CASE_OF_TASK, task_id)


def _locked(work: Work, which: Select[Case], of: UUID) -> Case:
    case = work.session.scalar(which, {"of": of})
    if case is None:
        raise NotFound
    return case


_HELD = select(Case).with_for_update().execution_options(populate_existing=True)
_CASE = _HELD.where(Case.id == bindparam("of"))
_CASE_OF_TASK = _HELD.where(
    Case.id == select(Task.case_id).where(Task.id == bindparam("of")).scalar_subquery()
)


def start_flow(work: Work, case: Case) -> None:
    """Begin the flow of a new case. Raises `FlowFailed`: a case that cannot begin is not opened."""
    world = CaseWorld(work, case)
    settle(world, Flow.start(world.procedure, world))


def step(world: CaseWorld, move: dict[str, Any], reason: str) -> None:
    """Run one move of the flow, and let dates follow what it changed, for this reason.

    `move` is `{"complete": token, "outcomes": {...}}` or `{"fire": token}`, as text and JSON. One
    that fails becomes an incident and is kept for a retry; so does a slip of ours on the way. Only
    the database's own errors are raised, for then nothing can be kept.
    """
    work, case = world.work, world.case
    try:
        with work.attempt() as world.attempt:
            _step(world, move, reason)
    except FlowFailed as failure:
        open_incident(work, case, failure, move)
    except EngineError as refusal:
        open_incident(work, case, FlowFailed(refusal.message), move)
    except SQLAlchemyError:
        raise
    except Exception as fault:
        log.error("case %s could not go on\n%s", case.id, where(fault))
        open_incident(work, case, FlowFailed(UNEXPECTED), move)


def open_incident(
    work: Work, case: Case, failure: FlowFailed, move: dict[str, Any] | None = None
) -> None:
    """Keep the move that failed, so that a process owner can retry it without anyone's retyping."""
    pending = [*(case.incident or {}).get("pending", []), *([move] if move else [])]
    case.status = CaseStatus.INCIDENT
    case.incident = {
        "element": failure.element,
        "message": failure.message,
        "at": work.now.isoformat(),
        "pending": pending,
    }
    work.event(case, "incident_opened", element=failure.element)


def recalculate(work: Work, case: Case, reason: str) -> None:
    """Work out every open date of the case anew, and say which ones moved (decision 6)."""
    world = CaseWorld(work, case)
    _move_dates(world, Flow.decode(world.procedure, case.state), reason)


def assign_by_rule(task: Task, holders: RolePeople) -> None:
    """Give the task to whom the assignment rule names today (decision 11)."""
    task.covered_by = holders.cover_role
    task.assignee_id = holders.people[0] if len(holders.people) == 1 else None
    task.assigned_by = "rule"
    task.stands_in_for = holders.stood_in_for(task.assignee_id)


def _in_whose_place(task: Task) -> dict[str, Any]:
    return {"stands_in_for": task.stands_in_for} if task.stands_in_for else {}


def due_of_timer(
    world: CaseWorld,
    element: str,
    written: str,
    started_at: datetime,
    outcomes: Mapping[str, Any],
) -> datetime:
    """When a timer fires. Raises `FlowFailed`, `ExpressionRefused`."""
    kept = kept_expression(world, element, written)
    return timer_due(world.procedure, element, world, started_at, outcomes, kept)


def kept_expression(world: CaseWorld, element: str, written: str) -> Expression | None:
    """What a timer follows that kept its date when its case was moved: its release said so before,
    and it is `written` in its row. None of one that follows its release. Raises
    `ExpressionRefused`."""
    procedure = world.procedure
    if written == procedure.elements[element].timer:
        return None
    return compile_expression(written, MOMENT, procedure.names,
                              world.work.domain.vocabulary.functions)


def open_tasks(work: Work, case: Case) -> list[Task]:
    return list(work.session.scalars(_OPEN_TASKS, {"case_id": case.id}))


def pending_timers(work: Work, case: Case) -> list[Timer]:
    return list(work.session.scalars(_PENDING_TIMERS, {"case_id": case.id}))


_OPEN_TASKS = select(Task).where(
    Task.case_id == bindparam("case_id"), Task.status == TaskStatus.OPEN
)
_PENDING_TIMERS = select(Timer).where(
    Timer.case_id == bindparam("case_id"), Timer.status == TimerStatus.PENDING
)


def cancel_everything_open(work: Work, case: Case) -> None:
    for task in open_tasks(work, case):
        _cancel_task(work, case, task)
    for timer in pending_timers(work, case):
        _cancel_timer(work, case, timer)


def _step(world: CaseWorld, move: dict[str, Any], reason: str) -> None:
    flow = Flow.decode(world.procedure, world.case.state)
    dating = _dating(world.procedure, flow)
    if "complete" in move:
        outcomes = _typed(world.procedure, move["outcomes"])
        flow.complete(UUID(move["complete"]), outcomes, world)
    else:
        flow.fire(UUID(move["fire"]), world)
    settle(world, flow)
    if flow.ended is None and (world.changed or _dating(world.procedure, flow) != dating):
        _move_dates(world, flow, reason)


def _dating(procedure: Procedure, flow: Flow) -> dict[str, Any]:
    """The outcomes that dates are worked out from."""
    return {
        name: value for name, value in flow.outcomes.items() if name in procedure.dating_names
    }


def _typed(procedure: Procedure, outcomes: Mapping[str, Any]) -> dict[str, Any]:
    """Outcomes as the flow wants them: a move keeps its dates as ISO text."""
    return {
        name: date.fromisoformat(value)
        if procedure.names.get(name) is ValueType.DATE and isinstance(value, str)
        else value
        for name, value in outcomes.items()
    }


def settle(world: CaseWorld, flow: Flow) -> None:
    """Make the tables say what the flow says."""
    work, case = world.work, world.case
    case.state, case.moved_at = flow.encode(), work.now
    if flow.passed:
        work.event(case, "path_taken", passed=list(flow.passed))
    _settle_tasks(world, flow)
    _settle_timers(world, flow)
    if flow.ended is not None:
        _end(work, case, flow.ended)


def _settle_tasks(world: CaseWorld, flow: Flow) -> None:
    standing = {opened.token for opened in flow.open_tasks}
    for task in world.tasks:
        if task.status == TaskStatus.OPEN and task.token not in standing:
            _cancel_task(world.work, world.case, task)
    known = {task.token for task in world.tasks} | to_be_retried(world.case)
    for opened in flow.open_tasks:
        if opened.token not in known:
            _open_task(world, flow, opened)


def _open_task(world: CaseWorld, flow: Flow, opened: OpenTask) -> None:
    work, case, element = world.work, world.case, world.procedure.elements[opened.element]
    task = Task(
        id=new_id(),
        case_id=case.id,
        child_id=case.child_id,
        procedure=case.procedure,
        token=opened.token,
        element=element.id,
        name=element.name,
        role=element.role,
        form=element.form,
        status=TaskStatus.OPEN,
        due_expression=element.due,
        due_on=due_of(world.procedure, element.id, world, work.now, flow.outcomes),
        opened_at=work.now,
    )
    assign_by_rule(task, world.people_for(task.role))
    world.opened.append(task)
    work.append(Task, vars(task))
    work.event(case, "task_opened", task=task, due=task.due_on, assignee=task.assignee_id,
               role=task.role, covered_by=task.covered_by, **_in_whose_place(task))
    work.domain.task_opened(work, case, task)


def _cancel_task(work: Work, case: Case, task: Task) -> None:
    task.status = TaskStatus.CANCELLED
    task.ended_at = work.now
    work.event(case, "task_cancelled", task=task)


def _settle_timers(world: CaseWorld, flow: Flow) -> None:
    work, case, waiting = world.work, world.case, flow.timers
    standing = {each.token for each in waiting}
    for timer in world.timers:
        if timer.status == TimerStatus.PENDING and timer.token not in standing:
            _cancel_timer(work, case, timer)
    known = {timer.token for timer in world.timers} | to_be_retried(case)
    for each in waiting:
        if each.token not in known:
            # One that an earlier step has started has lost its row, and is worked out anew.
            due_at = each.due_at or due_of_timer(world, each.element, each.expression,
                                                 each.started_at, flow.outcomes)
            timer = Timer(
                id=new_id(), case_id=case.id, child_id=case.child_id, procedure=case.procedure,
                token=each.token, element=each.element, expression=each.expression,
                due_at=due_at, status=TimerStatus.PENDING, started_at=each.started_at,
            )
            world.started.append(timer)
            work.append(Timer, vars(timer))
            work.event(case, "timer_started", element=each.element, due=due_at.isoformat())


def to_be_retried(case: Case) -> set[UUID]:
    """What is over for people, and stands in the flow until its move has been made."""
    pending = (case.incident or {}).get("pending", ())
    return {UUID(move["complete"] if "complete" in move else move["fire"]) for move in pending}


def _cancel_timer(work: Work, case: Case, timer: Timer) -> None:
    timer.status, timer.ended_at = TimerStatus.CANCELLED, work.now
    work.event(case, "timer_cancelled", element=timer.element)


def _end(work: Work, case: Case, end_element: str) -> None:
    case.status = CaseStatus.ENDED
    case.ended_at = work.now
    case.end_element = end_element
    work.event(case, "case_ended", element=end_element)
    work.domain.case_ended(work, case)


def _move_dates(world: CaseWorld, flow: Flow, reason: str) -> None:
    """Of the tasks and timers that stood open before the move and stand open still."""
    work, case, procedure = world.work, world.case, world.procedure
    for timer in world.timers:
        if timer.status == TimerStatus.PENDING:
            due_at = due_of_timer(world, timer.element, timer.expression, timer.started_at,
                                  flow.outcomes)
            if due_at != timer.due_at:
                work.event(case, "timer_moved", element=timer.element, reason=reason,
                           old=timer.due_at.isoformat(), new=due_at.isoformat())
                timer.due_at = due_at
    for task in world.tasks:
        if task.status == TaskStatus.OPEN:
            due_on = due_of(procedure, task.element, world, task.opened_at, flow.outcomes)
            if due_on != task.due_on:
                work.event(case, "due_moved", task=task, reason=reason, old=task.due_on,
                           new=due_on)
                task.due_on = due_on
