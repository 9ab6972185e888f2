"""SpiffWorkflow's parser with our own classes in the places where its own do harm.

Its service tasks stall, its timers keep time by the machine's clock, its parallel gateway
mixes the rounds of a loop. What stands here replaces exactly these.
"""

from typing import Any

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.event_parsers import (
    BoundaryEventParser,
    IntermediateCatchEventParser,
)
from SpiffWorkflow.bpmn.parser.task_parsers import GatewayParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    IntermediateCatchEvent,
    ManualTask,
    ParallelGateway,
)
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.util.task import TaskState


class ActionTask(ManualTask):  # type: ignore[misc]
    """A service or send task: the flow stops at it, and the wall does what it names."""


class WaitFor(EventDefinition):  # type: ignore[misc]
    """A timer that looks at no clock: it has fired when the wall has said so."""

    def __init__(self, name: str, description: str | None = None) -> None:
        super().__init__(name=name, description=description)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


class RoundJoin(ParallelGateway):  # type: ignore[misc]
    """A parallel gateway that counts the arrivals of the current round of a loop only.

    Instances of the gateway belong to one round when their nearest completed earlier instance
    is the same one. SpiffWorkflow's own lets the first arrival of a later round through.
    """

    def _check_threshold_unstructured(self, my_task: Any) -> bool:
        missing = set(self.inputs)
        for arrival in self._arrivals(my_task):
            if arrival.parent.state == TaskState.COMPLETED:
                missing.discard(arrival.parent.task_spec)
        return not missing

    def _update_hook(self, my_task: Any) -> bool:
        complete = self._check_threshold_unstructured(my_task)
        for arrival in self._arrivals(my_task):
            if arrival is not my_task and arrival.state == TaskState.WAITING:
                arrival.cancel()
        if not complete:
            my_task._set_state(TaskState.WAITING)
        return complete

    def _run_hook(self, my_task: Any) -> bool:
        return True

    def _arrivals(self, my_task: Any) -> list[Any]:
        this_round = self._round(my_task)
        return [
            task
            for task in my_task.workflow.tasks.values()
            if task.task_spec is self and self._round(task) == this_round
        ]

    def _round(self, task: Any) -> Any:
        earlier = task.parent
        while earlier is not None:
            if earlier.task_spec is self and earlier.state == TaskState.COMPLETED:
                return earlier.id
            earlier = earlier.parent
        return None


class _Waiting:
    def parse_timer_event(self, event: Any) -> WaitFor:
        node = self.node  # type: ignore[attr-defined]
        return WaitFor(node.get("id"), description="Timer")


class _CatchParser(_Waiting, IntermediateCatchEventParser):  # type: ignore[misc]
    pass


class _BoundaryParser(_Waiting, BoundaryEventParser):  # type: ignore[misc]
    pass


class WallParser(BpmnParser):  # type: ignore[misc]
    OVERRIDE_PARSER_CLASSES = {  # noqa: RUF012 - SpiffWorkflow's own extension point
        full_tag("serviceTask"): (TaskParser, ActionTask),
        full_tag("sendTask"): (TaskParser, ActionTask),
        full_tag("parallelGateway"): (GatewayParser, RoundJoin),
        full_tag("intermediateCatchEvent"): (_CatchParser, IntermediateCatchEvent),
        full_tag("boundaryEvent"): (_BoundaryParser, BoundaryEvent),
    }
