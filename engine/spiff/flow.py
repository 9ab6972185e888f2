"""One case's flow: starts, completes, fires, and says what is open. Nothing else runs BPMN."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.user_task import UserTask
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.util.task import TaskState

from engine.domain import ActionCall, Step
from engine.errors import FlowFailed
from engine.spiff.codec import decode_state, encode_state
from engine.spiff.expressions import Expression
from engine.spiff.parser import ActionTask, WaitFor
from engine.spiff.procedure import STARTED_ON, Procedure

BUDGET = 300
"""Automatic steps in one action; a diagram that needs more goes round without end."""

_LONDON = ZoneInfo("Europe/London")


class World(Protocol):
    """What a flow may ask while it runs one step."""

    @property
    def now(self) -> datetime: ...

    @property
    def calendar(self) -> Any: ...

    def facts(self, names: frozenset[str]) -> Mapping[str, Any]: ...

    def perform(self, call: ActionCall) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class OpenTask:
    token: UUID
    element: str


@dataclass(frozen=True, slots=True)
class WaitingTimer:
    token: UUID
    element: str
    expression: str
    due_at: datetime
    started_at: datetime


class _NoPython(PythonScriptEngine):  # type: ignore[misc]
    """Answers gateways from compiled expressions; runs no code of a diagram, whatever asks."""

    def __init__(self, judge: Callable[[str, str], Any]) -> None:
        super().__init__()
        self._judge = judge

    def validate(self, expression: str) -> None:
        raise FlowFailed("No code runs in diagrams.")

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Any:
        return self._judge(expression, task.task_spec.name)

    def execute(self, task: Any, script: str, external_context: Any = None) -> Any:
        raise FlowFailed("No code runs in diagrams.", element=task.task_spec.name)

    def call_service(self, task: Any, **kwargs: Any) -> Any:
        raise FlowFailed("No code runs in diagrams.", element=task.task_spec.name)


class Flow:
    """The flow of one case. After a `FlowFailed` the object is spoilt: throw it away."""

    def __init__(self, procedure: Procedure) -> None:
        self._procedure = procedure
        self._world: World | None = None
        self._workflow: BpmnWorkflow = None
        self._started: dict[UUID, str] = {}
        self._steps = 0
        self._passed: list[str] = []
        self._due: dict[UUID, datetime] = {}
        self.outcomes: dict[str, Any] = {}

    @classmethod
    def start(cls, procedure: Procedure, world: World) -> "Flow":
        flow = cls(procedure)
        with _Step(flow, world):
            flow._workflow = BpmnWorkflow(
                procedure.spec, procedure.subprocess_specs, script_engine=_NoPython(flow._judge)
            )
            flow._run()
        return flow

    @classmethod
    def decode(cls, procedure: Procedure, state: bytes) -> "Flow":
        flow = cls(procedure)
        engine = _NoPython(flow._judge)
        flow._workflow, flow.outcomes, flow._started = decode_state(procedure, state, engine)
        return flow

    def encode(self) -> bytes:
        return encode_state(self._workflow, self.outcomes, self._started)

    def complete(self, token: UUID, outcomes: Mapping[str, Any], world: World) -> None:
        """Complete one open task. Raises `FlowFailed`, also where it is not open."""
        with _Step(self, world):
            task = self._find(token, lambda t: isinstance(t.task_spec, UserTask)
                              and t.state == TaskState.READY)
            self.outcomes.update(outcomes)
            self._passed.append(_element_of(task))
            task.run()
            self._run()

    def fire(self, token: UUID, world: World) -> None:
        """Let one waiting timer fire. Raises `FlowFailed`, also where it does not wait."""
        with _Step(self, world):
            task = self._find(token, _is_timer)
            task._set_internal_data(event_fired=True)
            task.task_spec._update(task)
            self._run()

    @property
    def open_tasks(self) -> tuple[OpenTask, ...]:
        return tuple(
            OpenTask(task.id, _element_of(task))
            for task in self._all(TaskState.READY)
            if isinstance(task.task_spec, UserTask)
        )

    @property
    def timers(self) -> tuple[WaitingTimer, ...]:
        """Every waiting timer; `due_at` is only worked out for those that this step started."""
        return tuple(
            WaitingTimer(
                task.id,
                _element_of(task),
                self._procedure.elements[_element_of(task)].timer or "",
                self._due.get(task.id, datetime.max.replace(tzinfo=UTC)),
                datetime.fromisoformat(self._started[task.id]),
            )
            for task in self._all(TaskState.WAITING)
            if _is_timer(task)
        )

    @property
    def passed(self) -> tuple[str, ...]:
        """Ids of the elements that the last step went through, in order."""
        return tuple(self._passed)

    @property
    def ended(self) -> str | None:
        """The end event that was reached last, once nothing is open or waiting any more."""
        if any(self._all(TaskState.NOT_FINISHED_MASK)):
            return None
        ends = [e for e in self._passed if self._procedure.elements[e].kind == "endEvent"]
        return ends[-1] if ends else ""

    def _run(self) -> None:
        """Go on until only people and timers can move the case."""
        while True:
            self._workflow.do_engine_steps(will_complete_task=self._count)
            actions = [
                task for task in self._all(TaskState.READY)
                if isinstance(task.task_spec, ActionTask)
            ]
            if not actions:
                break
            self._perform(actions[0])
        self._note_timers()

    def _perform(self, task: Any) -> None:
        self._count(task)
        element = self._procedure.elements[_element_of(task)]
        call = ActionCall(element.action or "", element.id, element.to, element.message)
        self.outcomes.update(self._now.perform(call))
        task.run()

    def _count(self, task: Any) -> None:
        self._steps += 1
        element = _element_of(task)
        if self._steps > BUDGET:
            msg = "The diagram goes round without anyone having anything to do."
            raise FlowFailed(msg, element=element)
        if element in self._procedure.elements:
            self._passed.append(element)

    def _note_timers(self) -> None:
        for task in self._all(TaskState.WAITING):
            if _is_timer(task) and task.id not in self._started:
                self._started[task.id] = self._now.now.isoformat()
                self._due[task.id] = timer_due(
                    self._procedure, _element_of(task), self._now, self._now.now, self.outcomes
                )
        waiting = {task.id for task in self._all(TaskState.WAITING)}
        self._started = {k: v for k, v in self._started.items() if k in waiting}

    def _judge(self, text: str, element: str) -> Any:
        expression = self._procedure.conditions.get(text.strip())
        if expression is None:
            raise FlowFailed("This condition was not compiled.", element=element)
        return _evaluate(expression, self._now, self.outcomes, {}, element)

    def _find(self, token: UUID, fits: Callable[[Any], bool]) -> Any:
        for workflow in self._workflows():
            task = workflow.tasks.get(token)
            if task is not None and fits(task):
                return task
        msg = "The diagram does not wait here any more."
        raise FlowFailed(msg)

    def _all(self, state: int) -> list[Any]:
        return [
            task
            for workflow in self._workflows()
            for task in workflow.tasks.values()
            if task.has_state(state)
        ]

    def _workflows(self) -> list[Any]:
        return [self._workflow, *self._workflow.subprocesses.values()]

    @property
    def _now(self) -> World:
        if self._world is None:
            raise FlowFailed("The flow was asked outside a step.")
        return self._world


class _Step:
    """One step of a flow: hands it the world, and turns any failure into `FlowFailed`."""

    def __init__(self, flow: Flow, world: World) -> None:
        self._flow, self._given = flow, world

    def __enter__(self) -> None:
        self._flow._world = self._given
        self._flow._steps = 0
        self._flow._passed = []

    def __exit__(self, kind: Any, failure: BaseException | None, _trace: Any) -> None:
        self._flow._world = None
        if isinstance(failure, (SpiffWorkflowException, RecursionError, AttributeError)):
            cause = _flow_failure(failure)
            if cause is not None:
                raise cause from failure
            where = getattr(getattr(failure, "task_spec", None), "name", None)
            msg = "The diagram could not go on here."
            raise FlowFailed(msg, element=where) from failure


def due_of(
    procedure: Procedure,
    element: str,
    world: World,
    opened_at: datetime,
    outcomes: Mapping[str, Any],
) -> date | None:
    """The last day on which a task is in time; None where its step has no due date.

    A duration counts from the opening. Raises `FlowFailed`.
    """
    expression = procedure.moments.get(element)
    if expression is None:
        return None
    opened_on = opened_at.astimezone(_LONDON).date()
    value = _evaluate(expression, world, outcomes, {STARTED_ON: opened_on}, element)
    if isinstance(value, timedelta):
        return (opened_at + value).astimezone(_LONDON).date()
    return value.astimezone(_LONDON).date() if isinstance(value, datetime) else value


def timer_due(
    procedure: Procedure,
    element: str,
    world: World,
    started_at: datetime,
    outcomes: Mapping[str, Any],
) -> datetime:
    """When a timer fires, in UTC: a date means midnight in London at its start."""
    started_on = started_at.astimezone(_LONDON).date()
    value = _evaluate(
        procedure.moments[element], world, outcomes, {STARTED_ON: started_on}, element
    )
    if isinstance(value, timedelta):
        return started_at + value
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return datetime.combine(value, time(), _LONDON).astimezone(UTC)


def explain_moment(
    procedure: Procedure,
    element: str,
    world: World,
    started_at: datetime,
    outcomes: Mapping[str, Any],
) -> tuple[Any, list[Step]] | None:
    """The value of a due date or timer and every day that was counted for it."""
    expression = procedure.moments.get(element)
    if expression is None:
        return None
    given = {STARTED_ON: started_at.astimezone(_LONDON).date()}
    return expression.explain(_values(expression, world, outcomes, given), world.calendar)


def _values(
    expression: Expression,
    world: World,
    outcomes: Mapping[str, Any],
    given: Mapping[str, Any],
) -> Mapping[str, Any]:
    """Outcomes of this case first, then what the engine gives, then the domain's facts."""
    own = {**{k: v for k, v in outcomes.items() if k in expression.names}, **given}
    asked = expression.names - set(own)
    return {**world.facts(asked), **own} if asked else own


def _evaluate(
    expression: Expression,
    world: World,
    outcomes: Mapping[str, Any],
    given: Mapping[str, Any],
    element: str,
) -> Any:
    values = _values(expression, world, outcomes, given)
    try:
        return expression.evaluate(values, world.calendar)
    except FlowFailed as failure:
        raise FlowFailed(failure.message, element=element) from failure


def _is_timer(task: Any) -> bool:
    return (
        isinstance(task.task_spec, CatchingEvent)
        and isinstance(task.task_spec.event_definition, WaitFor)
        and task.state == TaskState.WAITING
    )


def _element_of(task: Any) -> str:
    name: str = task.task_spec.bpmn_id or task.task_spec.name
    return name.removesuffix(" [child]")


def _flow_failure(failure: BaseException) -> FlowFailed | None:
    """Our own failure inside SpiffWorkflow's wrapping, if that is what it was."""
    seen: BaseException | None = failure
    while seen is not None:
        if isinstance(seen, FlowFailed):
            return seen
        seen = seen.__cause__ or seen.__context__ or getattr(seen, "exception", None)
    return None
