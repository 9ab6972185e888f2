"""One case's flow: starts, completes, fires, and says what is open. Nothing else runs BPMN."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.user_task import UserTask
from SpiffWorkflow.util.task import TaskState

from engine.domain import ActionCall
from engine.errors import FlowFailed
from engine.spiff.codec import Kept, encode_state, restore_state
from engine.spiff.expressions import as_outcome
from engine.spiff.history import forget_the_past, is_open
from engine.spiff.moments import World, decide, evaluate, timer_due
from engine.spiff.procedure import Procedure
from engine.spiff.specs import ActionTask, TokenJoin, WaitFor, element_of, is_drawn
from engine.spiff.standing import Scope, lay_out, read_standing
from engine.spiff.workflow import CaseWorkflow, Step

MOST_STEPS = 300
"""Shapes that one action may pass through, what the system does by itself with them. The check
refuses a diagram in which it may be more; what gets here all the same goes round without end."""

MOST_REPETITIONS = 100
"""Times that one step may repeat itself (multi-instance)."""

MOST_OPEN = 300
"""Tasks and timers that may wait at once, and repetitions that one action may begin."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OpenTask:
    token: UUID
    element: str


@dataclass(frozen=True, slots=True)
class WaitingTimer:
    token: UUID
    element: str
    expression: str
    due_at: datetime | None
    """UTC. Only of a timer that the last step started: later it stands in the timer table."""
    started_at: datetime


class Flow:
    """The flow of one case. After a step that failed it is spoilt: all but `passed` raises."""

    def __init__(self, procedure: Procedure) -> None:
        self._procedure = procedure
        self._whole: CaseWorkflow | None = CaseWorkflow(
            procedure.spec, procedure.subprocess_specs, self._decide
        )
        self._kept = Kept()
        self._world: World | None = None
        self._steps = self._repetitions = 0
        self._passed: list[str] = []
        self._due: dict[int, datetime] = {}
        self._raised_outside: Exception | None = None

    @classmethod
    def start(cls, procedure: Procedure, world: World) -> "Flow":
        """Begin, and go on until only people and timers can move it. Raises `FlowFailed`."""
        flow = cls(procedure)
        with flow._step(world):
            flow._workflow.begin()
            flow._go_on()
        return flow

    @classmethod
    def decode(cls, procedure: Procedure, state: bytes) -> "Flow":
        """The flow as it was encoded. Raises `FlowFailed` where that is not of this release."""
        flow = cls(procedure)
        try:
            flow._kept = restore_state(flow._workflow, state)
        except (ValueError, KeyError, TypeError, AttributeError, LookupError) as problem:
            msg = "The state of this case cannot be read: it is of another version or release."
            raise FlowFailed(msg) from problem
        return flow

    @classmethod
    def laid_out(
        cls, procedure: Procedure, standing: Scope, outcomes: Mapping[str, Any], world: World
    ) -> "Flow":
        """The flow of a case that stands there: what begins there begins, and joins open for which
        enough has arrived. Raises `FlowFailed`, also where this release has no such steps."""
        flow = cls(procedure)
        flow._keep(outcomes)
        with flow._step(world):
            to_enter = lay_out(flow._workflow, flow._kept, standing)
            for step in to_enter:
                step.task_spec._update(step)
            for each in flow._workflow.running():
                each.update_waiting_tasks()
            flow._go_on()
        return flow

    @property
    def standing(self) -> Scope:
        return read_standing(self._workflow, self._kept)

    def encode(self) -> bytes:
        return encode_state(self._workflow, self._kept)

    @property
    def outcomes(self) -> dict[str, Any]:
        return self._kept.outcomes

    def complete(self, token: UUID, outcomes: Mapping[str, Any], world: World) -> None:
        """Complete one open task; of its answers only those that expressions read are kept.

        Raises `FlowFailed`, also where the task is not open.
        """
        task = self._find(token, _is_open_task)
        with self._step(world):
            self._forget_answers(element_of(task))
            self._keep(outcomes)
            self._take(task)
            self._go_on()

    def fire(self, token: UUID, world: World) -> None:
        """Let one waiting timer fire. Raises `FlowFailed`, also where it does not wait."""
        task = self._find(token, _is_waiting_timer)
        with self._step(world):
            task._set_internal_data(event_fired=True)
            task.task_spec._update(task)
            self._go_on()

    @property
    def open_tasks(self) -> tuple[OpenTask, ...]:
        return tuple(
            OpenTask(self._kept.tokens[task.id], element_of(task))
            for task in self._workflow.every_step()
            if _is_open_task(task)
        )

    @property
    def timers(self) -> tuple[WaitingTimer, ...]:
        return tuple(
            WaitingTimer(
                token=self._kept.tokens[task.id],
                element=element_of(task),
                expression=self._procedure.elements[element_of(task)].timer or "",
                due_at=self._due.get(task.id),
                started_at=self._kept.started[task.id],
            )
            for task in self._workflow.every_step()
            if _is_waiting_timer(task)
        )

    @property
    def passed(self) -> tuple[str, ...]:
        """Ids of the elements and arrows that the last step went through, in order."""
        return tuple(self._passed)

    @property
    def ended(self) -> str | None:
        """None while anything is open; then the end event that was reached last, or ""."""
        if any(is_open(task) for task in self._workflow.every_step()):
            return None
        elements = self._procedure.elements
        ends = [each for each in self._passed if elements[each].kind == "endEvent"]
        return ends[-1] if ends else ""

    @contextmanager
    def _step(self, world: World) -> Iterator[None]:
        """One action: whatever fails inside SpiffWorkflow becomes `FlowFailed`.

        What the world itself raises (a database that is gone) goes through as it is.
        """
        self._world, self._passed, self._due = world, [], {}
        self._steps = self._repetitions = 0
        try:
            yield
        except Exception as failure:
            self._whole = None
            if isinstance(failure, FlowFailed) or failure is self._raised_outside:
                raise
            where = getattr(getattr(failure, "task_spec", None), "element", None)
            msg = "The diagram could not go on here."
            raise FlowFailed(msg, element=where or None) from failure
        finally:
            self._world = None

    @property
    def _workflow(self) -> CaseWorkflow:
        if self._whole is None:
            raise FlowFailed("This flow failed before. Read it again from its state.")
        return self._whole

    def _go_on(self) -> None:
        """Go on until only people and timers can move the case."""
        while True:
            self._workflow.run_automatic_steps(self._before, self._after)
            action = next((t for t in self._workflow.every_step() if _is_due_action(t)), None)
            if action is None:
                break
            self._perform(action)
        self._rest()

    def _rest(self) -> None:
        """Make ready to be put away: nothing but what is open, and all of it known outside."""
        self._forget()
        left = [step for step in self._workflow.every_step() if is_open(step)]
        waiting = [step for step in left if _is_open_task(step) or _is_waiting_timer(step)]
        if left and not waiting:
            _refuse_a_dead_end(left)
        if len(waiting) > MOST_OPEN:
            msg = f"More than {MOST_OPEN} tasks and timers would be open in this case at once."
            raise FlowFailed(msg, element=element_of(waiting[-1]))
        tokens, started = self._kept.tokens, self._kept.started
        self._kept.tokens = {step.id: tokens.get(step.id) or uuid4() for step in waiting}
        self._kept.started = {s.id: started[s.id] for s in waiting if s.id in started}
        for step in waiting:
            if step.id not in started and _is_waiting_timer(step):
                self._start_timer(step)

    def _forget(self) -> None:
        forget_the_past(self._workflow)

    def _perform(self, task: Any) -> None:
        element = self._procedure.elements[element_of(task)]
        if element.decision is not None:
            self._keep(self._decided(element.decision, element.id))
        else:
            call = ActionCall(element.action or "", element.id, element.to, element.message)
            self._keep(self._ask(lambda world: world.perform(call)))
        self._take(task)

    def _decided(self, name: str, element: str) -> Mapping[str, Any]:
        """What a table gives now, in the place of all that it gave before."""
        decision = self._procedure.decisions[name]
        given = self._ask(lambda world: decide(decision, element, world, self.outcomes))
        for output in decision.table.outputs:
            self.outcomes.pop(output.name, None)
        return given

    def _take(self, task: Any) -> None:
        self._before(task)
        task.run()
        self._after(task)

    def _before(self, task: Any) -> None:
        if not is_drawn(task):
            return
        element = element_of(task)
        self._steps += 1
        if self._steps > MOST_STEPS:
            msg = "The diagram goes round without anyone having anything to do."
            raise FlowFailed(msg, element=element)
        self._passed.append(element)

    def _after(self, task: Any) -> None:
        """Note the arrows that the token has taken."""
        for child in task.children:
            arrow = self._procedure.arrows.get((element_of(task), element_of(child)))
            if arrow is not None and is_drawn(task) and is_open(child):
                self._passed.append(arrow)

    def _keep(self, outcomes: Mapping[str, Any]) -> None:
        kept = self._procedure.outcomes_of(outcomes)
        self._kept.outcomes |= {name: as_outcome(value) for name, value in kept.items()}

    def _forget_answers(self, element: str) -> None:
        """A form filled in again replaces all that it said before, also what is now left empty."""
        form = self._procedure.elements[element].form or ""
        for key in self._procedure.keys.get(form, ()):
            self.outcomes.pop(key, None)

    def _start_timer(self, step: Step) -> None:
        started = self._kept.started[step.id] = self._ask(lambda world: world.now)
        self._due[step.id] = self._ask(
            lambda world: timer_due(
                self._procedure, element_of(step), world, started, self.outcomes
            )
        )

    def _decide(self, element: str) -> Any:
        """What a condition, or the number of repetitions, of this element comes to."""
        expression = self._procedure.conditions[element]
        value = self._ask(
            lambda world: evaluate(expression, element, world, self.outcomes, world.now)
        )
        if not isinstance(value, bool):
            self._count_repetitions(value, element)
        return value

    def _count_repetitions(self, times: int, element: str) -> None:
        """Also in all: a step that repeats may stand inside another that does."""
        self._repetitions += times
        if not 0 <= times <= MOST_REPETITIONS:
            msg = f"This step would be repeated {times} times; at most {MOST_REPETITIONS} can be."
            raise FlowFailed(msg, element=element)
        if self._repetitions > MOST_OPEN:
            msg = f"Steps inside each other would be repeated more than {MOST_OPEN} times."
            raise FlowFailed(msg, element=element)

    def _ask(self, question: Callable[[World], T]) -> T:
        if self._world is None:
            raise FlowFailed("The flow was asked outside a step.")
        try:
            return question(self._world)
        except Exception as failure:
            self._raised_outside = failure
            raise

    def _find(self, token: UUID, fits: Callable[[Step], bool]) -> Step:
        for step in self._workflow.every_step():
            if self._kept.tokens.get(step.id) == token and fits(step):
                return step
        msg = "The diagram does not wait here any more."
        raise FlowFailed(msg)


def _refuse_a_dead_end(left: list[Step]) -> None:
    """Something is open, but no person and no timer can ever move it: never a silent case."""
    joins = [step for step in left if isinstance(step.task_spec, TokenJoin)]
    msg = "Nothing can happen any more: not every arrow into this gateway can be taken."
    raise FlowFailed(msg, element=element_of((joins or left)[0]) or None)


def _is_open_task(task: Step) -> bool:
    return isinstance(task.task_spec, UserTask) and task._state == TaskState.READY


def _is_due_action(task: Step) -> bool:
    return isinstance(task.task_spec, ActionTask) and task._state == TaskState.READY


def _is_waiting_timer(task: Step) -> bool:
    return (
        isinstance(task.task_spec, CatchingEvent)
        and isinstance(task.task_spec.event_definition, WaitFor)
        and task._state == TaskState.WAITING
    )
