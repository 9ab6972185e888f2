"""A flow's state as bytes: one row for each step that is open or just before one, and outcomes.

The first byte is the format. Format 0 is JSON; it holds no form answers but outcomes, and no
key in it ever decides on a type, so nothing that a person typed can change what is restored.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

FORMAT = 0


def encode_state(
    workflow: Any, outcomes: Mapping[str, Any], started: Mapping[UUID, datetime]
) -> bytes:
    """`started` is when each waiting timer began, by token."""
    state = {
        "flow": _rows(workflow),
        "within": {parent.hex: _rows(sub) for parent, sub in workflow.subprocesses.items()},
        "outcomes": {name: _typed(value) for name, value in outcomes.items()},
        "started": {token.hex: at.isoformat() for token, at in started.items()},
    }
    return bytes([FORMAT]) + json.dumps(state, separators=(",", ":")).encode()


def read_state(state: bytes) -> dict[str, Any]:
    """Raises `ValueError` for what this version cannot read."""
    if not state or state[0] != FORMAT:
        msg = f"state of format {state[:1]!r}"
        raise ValueError(msg)
    kept: dict[str, Any] = json.loads(state[1:])
    return {
        "flow": kept["flow"],
        "within": {UUID(parent): rows for parent, rows in kept["within"].items()},
        "outcomes": {name: _untyped(value) for name, value in kept["outcomes"].items()},
        "started": {UUID(k): datetime.fromisoformat(at) for k, at in kept["started"].items()},
    }


def restore(workflow: Any, rows: Mapping[str, Any], within: Mapping[UUID, Any]) -> None:
    """Fill a workflow that was made empty. Raises `KeyError` where a step is not in its release."""
    _restore(workflow, rows)
    _restore_within(workflow, workflow, within)


def _rows(workflow: Any) -> dict[str, Any]:
    numbers = {task_id: number for number, task_id in enumerate(workflow.tasks)}
    return {
        "completed": workflow.completed,
        "root": numbers[workflow.task_tree.id],
        "tasks": [
            [
                task.id.hex,
                None if task._parent is None else numbers[task._parent],
                task.task_spec.name,
                int(task.state),
                int(task.triggered),
                task.internal_data,
            ]
            for task in workflow.tasks.values()
        ],
    }


def _restore(workflow: Any, kept: Mapping[str, Any]) -> None:
    ids = [UUID(row[0]) for row in kept["tasks"]]
    for task_id, (_, _, spec, state, triggered, internal) in zip(ids, kept["tasks"], strict=True):
        task = Task(workflow, workflow.spec.task_specs[spec], state=state, id=task_id)
        task.triggered = bool(triggered)
        task.internal_data = internal
        if isinstance(task.task_spec, CatchingEvent) and state == TaskState.WAITING:
            workflow.top_workflow.event_manager.add_task(task)
    for task_id, (_, parent, *_) in zip(ids, kept["tasks"], strict=True):
        if parent is not None:
            workflow.tasks[task_id]._parent = ids[parent]
            workflow.tasks[ids[parent]]._children.append(task_id)
    workflow.task_tree = workflow.tasks[ids[kept["root"]]]
    workflow.completed = kept["completed"]


def _restore_within(top: Any, outer: Any, within: Mapping[UUID, Any]) -> None:
    """Subprocesses, outer ones first: each needs the task that it belongs to."""
    for task in list(outer.tasks.values()):
        if task.id not in within:
            continue
        sub = BpmnSubWorkflow(
            top.subprocess_specs[task.task_spec.spec], task.id, top, deserializing=True
        )
        top.subprocesses[task.id] = sub
        _restore(sub, within[task.id])
        sub.completed_event.connect(task.task_spec._on_subworkflow_completed, task)
        _restore_within(top, sub, within)


def _typed(value: Any) -> list[Any]:
    if isinstance(value, datetime):
        return ["datetime", value.isoformat()]
    if isinstance(value, date):
        return ["date", value.isoformat()]
    return ["", value]


def _untyped(kept: list[Any]) -> Any:
    kind, value = kept
    if kind == "date":
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if kind == "datetime" else value
