"""Where a case stands, apart from any release: read from one flow, and laid out for another.

What SpiffWorkflow keeps of the way to a step belongs to the diagram that was run. What a case is at
does not: tasks that are open, timers that wait, tokens that have arrived before a join, each in the
step, subprocess or called process in which it is. From that a flow of another release begins where
the case stands, with the tokens by which the tables know its tasks and timers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import (
    MultiInstanceTask,
    SequentialMultiInstanceTask,
)
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.bpmn.specs.mixins.user_task import UserTask
from SpiffWorkflow.util.task import TaskState

from engine.errors import FlowFailed
from engine.spiff.codec import Kept
from engine.spiff.history import is_open
from engine.spiff.parser import name_in_spec
from engine.spiff.specs import REPETITION, TokenJoin, element_of
from engine.spiff.workflow import CaseWorkflow, Step


@dataclass(frozen=True, slots=True)
class Waits:
    """A timer that has begun and has not fired."""

    element: str
    token: UUID | None
    """None of one that begins where the flow is laid out."""
    started: datetime | None


@dataclass(frozen=True, slots=True)
class Arrived:
    """A token that waits before a join for the others."""

    source: str
    """The element that it comes from."""
    join: str


@dataclass(frozen=True, slots=True)
class Once:
    """A step that is under way; of one that repeats, one of its repetitions."""

    token: UUID | None = None
    """Of an open task, or of a timer between two steps."""
    started: datetime | None = None
    inside: "Scope | None" = None
    """Where it stands in the subprocess or called process that the step is."""


@dataclass(frozen=True, slots=True)
class Place:
    """One token inside a step."""

    element: str
    under_way: tuple[Once, ...]
    armed: tuple[Waits, ...] = ()
    """Timers on its edge that have not fired."""
    to_come: int = 0
    """Repetitions that begin when the one before is over."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One process or subprocess that is under way."""

    places: tuple[Place, ...] = ()
    arrived: tuple[Arrived, ...] = ()
    entering: tuple[str, ...] = field(default=())
    """Elements to which a token comes where the flow is laid out."""

    @property
    def empty(self) -> bool:
        return not (self.places or self.arrived or self.entering)


def read_standing(workflow: CaseWorkflow, kept: Kept) -> Scope:
    return _Reading(workflow, kept).scope(workflow)


def lay_out(workflow: CaseWorkflow, kept: Kept, standing: Scope) -> list[Step]:
    """Fill a workflow that has no step yet; the steps that are still to be entered.

    Raises `FlowFailed` for an element that is not in the workflow's release, or is no such step.
    """
    return list(_LayingOut(workflow, kept).fill(workflow, standing))


@dataclass(frozen=True, slots=True)
class _Reading:
    workflow: CaseWorkflow
    kept: Kept

    def scope(self, flow: Any) -> Scope:
        steps = [step for step in flow.tasks.values() if is_open(step)]
        return Scope(
            places=tuple(self._place(step) for step in steps if _is_place(step)),
            arrived=tuple(
                Arrived(element_of(step.parent), element_of(step))
                for step in steps
                if isinstance(step.task_spec, TokenJoin)
            ),
        )

    def _place(self, step: Step) -> Place:
        repetitions = [step]
        to_come = 0
        if isinstance(step.task_spec, MultiInstanceTask):
            repetitions = [child for child in step.children if is_open(child)]
            if isinstance(step.task_spec, SequentialMultiInstanceTask):
                to_come = step.internal_data["cardinality"] - step.internal_data["current"]
        return Place(
            element_of(step),
            tuple(self._once(each) for each in repetitions),
            tuple(self._armed(step)),
            to_come,
        )

    def _once(self, step: Step) -> Once:
        if isinstance(step.task_spec, SubWorkflowTask):
            return Once(inside=self.scope(self.workflow.subprocesses[step.id]))
        return Once(self.kept.tokens.get(step.id), self.kept.started.get(step.id))

    def _armed(self, step: Step) -> Iterator[Waits]:
        if not isinstance(step.parent.task_spec, BoundaryEventSplit):
            return
        for beside in step.parent.children:
            if isinstance(beside.task_spec, CatchingEvent) and is_open(beside):
                yield Waits(element_of(beside), self.kept.tokens.get(beside.id),
                            self.kept.started.get(beside.id))


def _is_place(step: Step) -> bool:
    """Whether it is a step itself: neither one of its repetitions nor a timer on its edge."""
    spec = step.task_spec
    if spec.name.endswith(REPETITION):
        return False
    if isinstance(spec, CatchingEvent):
        return not isinstance(step.parent.task_spec, BoundaryEventSplit)
    return isinstance(spec, (UserTask, SubWorkflowTask, MultiInstanceTask))


@dataclass(frozen=True, slots=True)
class _LayingOut:
    workflow: CaseWorkflow
    kept: Kept

    def fill(self, flow: Any, scope: Scope) -> Iterator[Step]:
        root = Step(flow, flow.spec.start, None, TaskState.COMPLETED)
        flow.task_tree = root
        for arrived in scope.arrived:
            self._arrive(flow, root, arrived)
        for place in scope.places:
            yield from self._stand(flow, root, place)
        for element in scope.entering:
            yield self._enter(flow, root, _first_of(flow, element))

    def _enter(self, flow: Any, root: Step, spec: Any) -> Step:
        before = root
        if isinstance(spec, TokenJoin):  # which takes tokens only from where arrows come from
            before = Step(flow, flow.spec.task_specs[spec._inputs[0]], root, TaskState.COMPLETED)
        return Step(flow, spec, before, TaskState.FUTURE)

    def _arrive(self, flow: Any, root: Step, arrived: Arrived) -> None:
        join = _spec(flow, name_in_spec(arrived.join))
        source = next((name for name in join._inputs
                       if flow.spec.task_specs[name].element == arrived.source), None)
        if source is None or not isinstance(join, TokenJoin):
            raise _not_here(arrived.join)
        before = Step(flow, flow.spec.task_specs[source], root, TaskState.COMPLETED)
        Step(flow, join, before, TaskState.WAITING)

    def _stand(self, flow: Any, root: Step, place: Place) -> Iterator[Step]:
        name = name_in_spec(place.element)
        before = root
        if place.armed or _split(name) in flow.spec.task_specs:
            before = Step(flow, _spec(flow, _split(name)), root, TaskState.COMPLETED)
        spec = _spec(flow, name)
        if isinstance(spec, MultiInstanceTask):
            yield from self._repeat(flow, before, spec, place)
        else:
            yield from self._begin(flow, before, spec, place.under_way[0])
        for timer in place.armed:
            on_edge = _spec(flow, name_in_spec(timer.element))
            self._know(Step(flow, on_edge, before, TaskState.WAITING), timer.token, timer.started)

    def _repeat(self, flow: Any, before: Step, spec: Any, place: Place) -> Iterator[Step]:
        step = Step(flow, spec, before, TaskState.STARTED)
        step.internal_data = {"merged": []}
        if isinstance(spec, SequentialMultiInstanceTask):
            step.internal_data |= {"cardinality": 1 + place.to_come, "current": 1}
        for once in place.under_way:
            yield from self._begin(flow, step, flow.spec.task_specs[spec.task_spec], once)

    def _begin(self, flow: Any, before: Step, spec: Any, once: Once) -> Iterator[Step]:
        if once.inside is not None:
            if not isinstance(spec, SubWorkflowTask):
                raise _not_here(spec.element)
            step = Step(flow, spec, before, TaskState.STARTED)
            inside = self.workflow.add_subprocess(step, spec.spec)
            inside.completed_event.connect(spec._on_subworkflow_completed, step)
            yield from self.fill(inside, once.inside)
        elif isinstance(spec, UserTask):
            self._know(Step(flow, spec, before, TaskState.READY), once.token, once.started)
        elif isinstance(spec, CatchingEvent):
            self._know(Step(flow, spec, before, TaskState.WAITING), once.token, once.started)
        else:
            raise _not_here(spec.element)

    def _know(self, step: Step, token: UUID | None, started: datetime | None) -> None:
        if token is not None:
            self.kept.tokens[step.id] = token
        if started is not None:
            self.kept.started[step.id] = started


def _first_of(flow: Any, element: str) -> Any:
    """Where a token enters an element: where timers on its edge begin, if it has any."""
    name = name_in_spec(element)
    specs = flow.spec.task_specs
    return specs[_split(name)] if _split(name) in specs else _spec(flow, name)


def _split(name: str) -> str:
    return f"{name}.BoundaryEventSplit"


def _spec(flow: Any, name: str) -> Any:
    spec = flow.spec.task_specs.get(name)
    if spec is None:
        raise _not_here(name)
    return spec


def _not_here(name: str) -> FlowFailed:
    return FlowFailed("A case cannot stand here.", element=name or None)
