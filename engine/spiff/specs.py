"""SpiffWorkflow's steps as Pepway wants them to behave.

Its service tasks stall, its timers keep time by the machine's clock, its parallel gateway mixes
the rounds of a loop, and every step predicts all paths to the end of the process, which grows
exponentially. What stands here replaces exactly these.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from SpiffWorkflow.bpmn.specs.defaults import ExclusiveGateway, ManualTask, ParallelGateway
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask
from SpiffWorkflow.specs.MultiChoice import MultiChoice
from SpiffWorkflow.util.task import TaskState

from engine.errors import FlowFailed

REPETITION = " [child]"
"""What SpiffWorkflow adds to the name of a step that repeats, for each of its repetitions."""


class ActionTask(ManualTask):  # type: ignore[misc]
    """A service, send or business rule task: the flow stops at it, and the wall does it."""


class WaitFor(EventDefinition):  # type: ignore[misc]
    """A timer that looks at no clock: it has fired when the wall has said so."""

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


class Choice(ExclusiveGateway):  # type: ignore[misc]
    """An exclusive gateway: the first condition that holds, in the order of the file."""

    def _run_hook(self, my_task: Any) -> bool:
        chosen = next(
            (
                target
                for condition, target in self.cond_task_specs
                if condition is not None and condition._matches(my_task)
            ),
            self.default_task_spec,
        )
        if chosen is None:
            msg = "No way on: none of the conditions holds, and there is no default."
            raise FlowFailed(msg, element=element_of(my_task))
        my_task._sync_children([self._wf_spec.task_specs[chosen]], TaskState.FUTURE)
        return True


class TokenJoin(ParallelGateway):  # type: ignore[misc]
    """A parallel gateway that takes exactly one token from each incoming arrow.

    A token that has arrived is an instance of the gateway that waits. SpiffWorkflow's own looks
    at the whole history instead, and in a loop lets the first arrival of a later round through.
    """

    def _update_hook(self, my_task: Any) -> bool:
        came_from = my_task.parent.task_spec.name
        others: dict[str, Any] = {}
        for task in my_task.workflow.in_state(TaskState.WAITING):
            if task.task_spec is self:
                others.setdefault(task.parent.task_spec.name, task)
        others.pop(came_from, None)
        if set(self._inputs) - set(others) - {came_from}:
            my_task._set_state(TaskState.WAITING)
            return False
        for token in others.values():
            token.cancel()
        return True

    def _run_hook(self, my_task: Any) -> bool:
        return True


class _NoForesight:
    """Knows its next steps only when it runs, so that no path is laid out before it is taken."""

    def _predict(self, *_args: Any, **_more: Any) -> None:
        return None

    def _run(self, my_task: Any) -> Any:
        if not isinstance(self, MultiChoice):
            self._predict_hook(my_task)  # type: ignore[attr-defined]
        return super()._run(my_task)  # type: ignore[misc]


_OURS: dict[type, type] = {}


def take_foresight(specs: Iterable[Any]) -> None:
    """Give each step of freshly parsed processes our way to run; done once, before any case."""
    for spec in specs:
        for step in list(spec.task_specs.values()):
            step.__class__ = _without_foresight(type(step))
            step.element, step.drawn = _named_by(step.name)
            if isinstance(step, MultiInstanceTask):
                repeated = spec.task_specs[step.task_spec]
                repeated.completed_event.connect(step.merge_child)


def _without_foresight(kind: type) -> type:
    if kind not in _OURS:
        _OURS[kind] = type(kind.__name__, (_NoForesight, kind), {})
    return _OURS[kind]


def element_of(task: Any) -> str:
    """The id of the diagram's element that one of SpiffWorkflow's tasks belongs to, or ""."""
    element: str = task.task_spec.element
    return element


def is_drawn(task: Any) -> bool:
    """Whether the task is an element itself, not one that SpiffWorkflow adds around it."""
    drawn: bool = task.task_spec.drawn
    return drawn


def _named_by(name: str) -> tuple[str, bool]:
    """The element that a step's name says, and whether the step is that element itself."""
    if not name.startswith("e_"):
        return "", False
    element = name.removesuffix(REPETITION).partition(".")[0].removeprefix("e_")
    return unquote(element), "." not in name
