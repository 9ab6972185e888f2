"""Moves a case on: runs the flow one step, then makes the tables say what the flow says.

Every way a case can move (opened, task completed, timer fired, incident retried) ends here.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from engine.domain import ActionCall, ValueType
from engine.errors import EngineError, FlowFailed, NotFound
from engine.faults import where
from engine.releases import compiled
from engine.spiff import Flow, Procedure, due_of, timer_due
from engine.store.models import Case, CaseStatus, Task, TaskStatus, Timer, TimerStatus
from engine.work import Work

log = logging.getLogger(__name__)

UNEXPECTED = "Pepway itself failed at this step. What was answered is kept; try again later."


@dataclass(slots=True)
class CaseWorld:
    """What a flow may ask of the world while it runs one step of this case."""

    work: Work
    case: Case
    procedure: Procedure
    acted: bool = False
    """An action was performed, so facts may be others than before."""
    _read: dict[str, Any] = field(default_factory=dict)
    _asked: frozenset[str] = frozenset()

    @property
    def now(self) -> datetime:
        return self.work.now

    @property
    def calendar(self) -> Any:
        return self.work.domain.calendar(self.work.session, self.case, self.work.today)

    def facts(self, names: frozenset[str]) -> Mapping[str, Any]:
        """Read at once for all that the procedure asks: on the way only an action changes them."""
        if not names <= self._asked:
            self._asked = names | self.procedure.fact_names
            self._read = dict(self.work.domain.facts(
                self.work.session, self.case, self._asked, self.work.today
            ))
        return {name: self._read[name] for name in names if name in self._read}

    def perform(self, call: ActionCall) -> Mapping[str, Any]:
        outcomes = self.work.domain.perform(self.work, self.case, call)
        self._asked, self.acted = frozenset(), True
        self.work.event(self.case, "action_performed", element=call.element, action=call.name)
        return outcomes


def lock_case(work: Work, case_id: UUID) -> Case:
    """The case, held by this transaction until it ends. Raises `NotFound`."""
    statement = select(Case).where(Case.id == case_id)
    if not work.installation.database.is_sqlite:
        statement = statement.with_for_update()
    case = work.session.scalar(statement)
    if case is None:
        raise NotFound
    return case


def start_flow(work: Work, case: Case) -> None:
    """Begin the flow of a new case. Raises `FlowFailed`: a case that cannot begin is not opened."""
    procedure = compiled(work, case.release_id)
    world = CaseWorld(work, case, procedure)
    _settle(work, case, procedure, Flow.start(procedure, world), world)


def step(work: Work, case: Case, move: dict[str, Any]) -> bool:
    """Run one move of the flow; a move that fails becomes an incident and is kept for a retry.

    Whether an action was performed on the way.

    `move` is `{"complete": token, "outcomes": {...}}` or `{"fire": token}`, as text and JSON.
    A slip of ours on the way becomes an incident as well; only the database's own errors are
    raised, for then nothing can be kept.
    """
    procedure = compiled(work, case.release_id)
    world = CaseWorld(work, case, procedure)
    try:
        with work.session.begin_nested():
            flow = Flow.decode(procedure, case.state)
            _make(flow, procedure, move, world)
            _settle(work, case, procedure, flow, world)
    except FlowFailed as failure:
        open_incident(work, case, failure, move)
    except EngineError as refusal:
        open_incident(work, case, FlowFailed(refusal.message), move)
    except SQLAlchemyError:
        raise
    except Exception as fault:
        log.error("case %s could not go on\n%s", case.id, where(fault))
        open_incident(work, case, FlowFailed(UNEXPECTED), move)
    return world.acted


def open_incident(work: Work, case: Case, failure: FlowFailed, move: dict[str, Any]) -> None:
    """Keep the move that failed, so that a process owner can retry it without anyone's retyping."""
    pending = [*(case.incident or {}).get("pending", []), move]
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
    procedure = compiled(work, case.release_id)
    world = CaseWorld(work, case, procedure)
    flow = Flow.decode(procedure, case.state)
    _move_timers(work, case, procedure, flow, world, reason)
    _move_due_dates(work, case, procedure, flow, world, reason)


def assign_by_rule(work: Work, case: Case, task: Task) -> None:
    """Give the task to whom the assignment rule names today (decision 11)."""
    holders = work.domain.people_for(work.session, case, task.role, work.today)
    task.covered_by = holders.cover_role
    task.assignee_id = holders.people[0] if len(holders.people) == 1 else None
    task.assigned_by = "rule"


def open_tasks(work: Work, case: Case) -> list[Task]:
    return list(
        work.session.scalars(
            select(Task).where(Task.case_id == case.id, Task.status == TaskStatus.OPEN)
        )
    )


def pending_timers(work: Work, case: Case) -> list[Timer]:
    return list(
        work.session.scalars(
            select(Timer).where(Timer.case_id == case.id, Timer.status == TimerStatus.PENDING)
        )
    )


def cancel_everything_open(work: Work, case: Case) -> None:
    for task in open_tasks(work, case):
        _cancel_task(work, case, task)
    for timer in pending_timers(work, case):
        _cancel_timer(work, case, timer)


def _make(flow: Flow, procedure: Procedure, move: dict[str, Any], world: CaseWorld) -> None:
    if "complete" in move:
        flow.complete(UUID(move["complete"]), _typed(procedure, move["outcomes"]), world)
    else:
        flow.fire(UUID(move["fire"]), world)


def _typed(procedure: Procedure, outcomes: Mapping[str, Any]) -> dict[str, Any]:
    """Outcomes as the flow wants them: a move keeps its dates as ISO text."""
    return {
        name: date.fromisoformat(value)
        if procedure.names.get(name) is ValueType.DATE and isinstance(value, str)
        else value
        for name, value in outcomes.items()
    }


def _settle(
    work: Work, case: Case, procedure: Procedure, flow: Flow, world: CaseWorld
) -> None:
    case.state = flow.encode()
    case.moved_at = work.now
    if flow.passed:
        work.event(case, "path_taken", passed=list(flow.passed))
    _settle_tasks(work, case, procedure, flow, world)
    _settle_timers(work, case, flow)
    if flow.ended is not None:
        _end(work, case, flow.ended)


def _settle_tasks(
    work: Work, case: Case, procedure: Procedure, flow: Flow, world: CaseWorld
) -> None:
    rows = {
        task.token: task
        for task in work.session.scalars(select(Task).where(Task.case_id == case.id))
    }
    standing = {opened.token for opened in flow.open_tasks}
    for token, task in rows.items():
        if task.status == TaskStatus.OPEN and token not in standing:
            _cancel_task(work, case, task)
    for opened in flow.open_tasks:
        if opened.token not in rows:
            _open_task(work, case, procedure, flow, world, opened.token, opened.element)


def _open_task(
    work: Work,
    case: Case,
    procedure: Procedure,
    flow: Flow,
    world: CaseWorld,
    token: UUID,
    element_id: str,
) -> None:
    element = procedure.elements[element_id]
    task = Task(
        id=uuid4(),
        case_id=case.id,
        child_id=case.child_id,
        procedure=case.procedure,
        token=token,
        element=element_id,
        name=element.name,
        role=element.role,
        form=element.form,
        status=TaskStatus.OPEN,
        due_expression=element.due,
        due_on=due_of(procedure, element_id, world, work.now, flow.outcomes),
        opened_at=work.now,
    )
    assign_by_rule(work, case, task)
    work.session.add(task)
    work.event(case, "task_opened", task=task, due=task.due_on, assignee=task.assignee_id,
               role=task.role, covered_by=task.covered_by)
    work.domain.task_opened(work, case, task)


def _cancel_task(work: Work, case: Case, task: Task) -> None:
    task.status = TaskStatus.CANCELLED
    task.ended_at = work.now
    work.event(case, "task_cancelled", task=task)


def _settle_timers(work: Work, case: Case, flow: Flow) -> None:
    rows = {
        timer.token: timer
        for timer in work.session.scalars(select(Timer).where(Timer.case_id == case.id))
    }
    standing = {waiting.token for waiting in flow.timers}
    for token, timer in rows.items():
        if timer.status == TimerStatus.PENDING and token not in standing:
            _cancel_timer(work, case, timer)
    for waiting in flow.timers:
        if waiting.token not in rows:
            timer = Timer(
                id=uuid4(), case_id=case.id, token=waiting.token, element=waiting.element,
                expression=waiting.expression, due_at=waiting.due_at,
                status=TimerStatus.PENDING, started_at=waiting.started_at,
            )
            work.session.add(timer)
            work.event(case, "timer_started", element=timer.element,
                       due=timer.due_at.isoformat())


def _cancel_timer(work: Work, case: Case, timer: Timer) -> None:
    timer.status = TimerStatus.CANCELLED
    work.event(case, "timer_cancelled", element=timer.element)


def _end(work: Work, case: Case, end_element: str) -> None:
    case.status = CaseStatus.ENDED
    case.ended_at = work.now
    case.end_element = end_element
    work.event(case, "case_ended", element=end_element)
    work.domain.case_ended(work, case)


def _move_timers(
    work: Work, case: Case, procedure: Procedure, flow: Flow, world: CaseWorld, reason: str
) -> None:
    for timer in pending_timers(work, case):
        due = timer_due(procedure, timer.element, world, timer.started_at, flow.outcomes)
        if due != timer.due_at:
            work.event(case, "timer_moved", element=timer.element, reason=reason,
                       old=timer.due_at.isoformat(), new=due.isoformat())
            timer.due_at = due


def _move_due_dates(
    work: Work, case: Case, procedure: Procedure, flow: Flow, world: CaseWorld, reason: str
) -> None:
    for task in open_tasks(work, case):
        due = due_of(procedure, task.element, world, task.opened_at, flow.outcomes)
        if due != task.due_on:
            work.event(case, "due_moved", task=task, reason=reason, old=task.due_on, new=due)
            task.due_on = due


