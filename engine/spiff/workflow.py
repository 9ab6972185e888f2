"""SpiffWorkflow's workflow and tasks as Pepway runs them: small, and looking nowhere in vain.

SpiffWorkflow walks the tree of all that ever happened several times in each step, gives every
task a random id that it hashes again and again, and collects log lines that nobody reads. Here
tasks are numbered, and whoever looks for some looks through the few that are kept.
"""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.errors import FlowFailed


class Step(Task):  # type: ignore[misc]
    """One task of SpiffWorkflow's; its id is a number, unique in its case until it is encoded."""

    def __init__(
        self,
        workflow: Any,
        task_spec: Any,
        parent: Any = None,
        state: int = TaskState.MAYBE,
        id: int | None = None,
    ) -> None:
        """In place of SpiffWorkflow's own, which draws a random id."""
        self.id = id or next(workflow.top_workflow.numbers)
        self.workflow = workflow
        self.task_spec = task_spec
        self._parent = None
        self._children: list[int] = []
        self._state = state
        self.triggered = False
        self.thread_id = 0
        self.data: dict[str, Any] = {}
        self.internal_data: dict[str, Any] = {}
        self.last_state_change = 0.0
        workflow.tasks[self.id] = self
        if parent is not None:
            self._parent = parent.id
            parent._children.append(self.id)

    def _add_child(self, task_spec: Any, state: int = TaskState.MAYBE) -> "Step":
        child = Step(self.workflow, task_spec, self, state)
        if state == TaskState.READY:
            child._ready()
        return child

    def _set_state(self, value: int) -> None:
        self._state = value

    def _inherit_data(self) -> None:
        """A step has no data: outcomes stand beside the flow."""


Seen = Callable[[Step], None]


class _Searched:
    """A workflow, or a subprocess in it, whose tasks are found by looking at each once."""

    tasks: dict[int, Step]
    completed: bool

    def begin(self) -> None:
        self.task_tree = Step(self, self.spec.start, state=TaskState.FUTURE)  # type: ignore[attr-defined]
        self.task_tree._ready()

    def in_state(self, mask: int) -> list[Step]:
        return [task for task in self.tasks.values() if task._state & mask]

    def update_waiting_tasks(self) -> None:
        """A step was completed: joins may have what they wait for. Timers wait for no step."""
        for task in self.in_state(TaskState.WAITING):
            if task._state == TaskState.WAITING and not isinstance(task.task_spec, CatchingEvent):
                task.task_spec._update(task)

    def run_automatic(self, before: Seen, after: Seen) -> bool:
        """Run what needs nobody and is ready now; whether there was anything."""
        ready = [t for t in self.in_state(TaskState.READY) if not t.task_spec.manual]
        for task in ready:
            if task._state == TaskState.READY:
                before(task)
                task.run()
                after(task)
        return bool(ready)


class Subprocess(_Searched, BpmnSubWorkflow):  # type: ignore[misc]
    """What goes on inside one step of a case."""


class CaseWorkflow(_Searched, BpmnWorkflow):  # type: ignore[misc]
    """A case's workflow. It has no task until `begin`, or until it is restored."""

    def __init__(self, spec: Any, subprocess_specs: Any, judge: Callable[[str], Any]) -> None:
        self.numbers = count(1)
        super().__init__(
            spec, subprocess_specs, script_engine=_Judge(judge), deserializing=True
        )

    def catch(self, event: Any) -> None:
        """Nothing in a diagram throws what another shape would catch."""

    def create_subprocess(self, my_task: Any, spec_name: str) -> Subprocess:
        subprocess = self.add_subprocess(my_task, spec_name)
        subprocess.begin()
        return subprocess

    def add_subprocess(self, step: Any, spec_name: str) -> Subprocess:
        """One without any task in it yet."""
        subprocess = Subprocess(
            self.subprocess_specs[spec_name], step.id, self, deserializing=True
        )
        self.subprocesses[step.id] = subprocess
        return subprocess

    def running(self) -> list[Any]:
        """Itself and every subprocess whose step is not over, outer ones first."""
        found: list[Any] = [self]
        for number, subprocess in self.subprocesses.items():
            host = next((flow.tasks[number] for flow in found if number in flow.tasks), None)
            if host and host._state & TaskState.DEFINITE_MASK and not subprocess.completed:
                found.append(subprocess)
        return found

    def every_step(self) -> Iterator[Step]:
        """Those of all that is running."""
        for workflow in self.running():
            yield from workflow.tasks.values()

    def run_automatic_steps(self, before: Seen, after: Seen) -> None:
        """Until only people, timers and actions can move the case; innermost ones first."""
        while any([each.run_automatic(before, after) for each in reversed(self.running())]):
            pass


class _Judge(PythonScriptEngine):  # type: ignore[misc]
    """Answers by our own expressions; runs no code of a diagram, whatever asks."""

    def __init__(self, decide: Callable[[str], Any]) -> None:
        super().__init__()
        self._decide = decide

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Any:
        """`expression` is an element's id: SpiffWorkflow was given nothing else."""
        return self._decide(expression)

    def validate(self, expression: str) -> None:
        raise FlowFailed("No code runs in diagrams.")

    def execute(self, task: Any, script: str, external_context: Any = None) -> Any:
        raise FlowFailed("No code runs in diagrams.", element=task.task_spec.element or None)

    def call_service(self, task: Any, **kwargs: Any) -> Any:
        raise FlowFailed("No code runs in diagrams.", element=task.task_spec.element or None)
