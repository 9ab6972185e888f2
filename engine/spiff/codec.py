"""A flow's state as bytes: one row for each of SpiffWorkflow's tasks, and the outcomes.

The first byte is the format. Format 0 is JSON; it holds no form answers but outcomes, and no
key in it ever decides on a type, so nothing that a person typed can change what is restored.
"""

import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.errors import FlowFailed
from engine.spiff.procedure import Procedure

FORMAT = 0


def encode_state(workflow: BpmnWorkflow, outcomes: dict[str, Any], started: dict[UUID, str]) -> bytes:
    state = {
        "flow": _rows(workflow),
        "within": {str(parent): _rows(sub) for parent, sub in workflow.subprocesses.items()},
        "outcomes": {name: _typed(value) for name, value in outcomes.items()},
        "started": {str(token): at for token, at in started.items()},
    }
    return bytes([FORMAT]) + json.dumps(state, separators=(",", ":")).encode()


def decode_state(
    procedure: Procedure, state: bytes, engine: Any
) -> tuple[BpmnWorkflow, dict[str, Any], dict[UUID, str]]:
    """Raises `FlowFailed` for a format that this version does not know."""
    if not state or state[0] != FORMAT:
        msg = "This case was saved by another version of Pepway, which this one cannot read."
        raise FlowFailed(msg)
    kept = json.loads(state[1:])
    workflow = BpmnWorkflow(
        procedure.spec, procedure.subprocess_specs, script_engine=engine, deserializing=True
    )
    _restore(workflow, kept["flow"])
    _restore_within(workflow, workflow, dict(kept["within"]))
    outcomes = {name: _untyped(value) for name, value in kept["outcomes"].items()}
    return workflow, outcomes, {UUID(token): at for token, at in kept["started"].items()}


def _rows(workflow: Any) -> dict[str, Any]:
    ids = {task_id: number for number, task_id in enumerate(workflow.tasks)}
    return {
        "completed": workflow.completed,
        "success": workflow.success,
        "last": ids.get(workflow.last_task.id) if workflow.last_task else None,
        "root": ids[workflow.task_tree.id],
        "tasks": [
            [
                task.id.hex,
                ids.get(task._parent),
                [ids[child] for child in task._children if child in ids],
                task.task_spec.name,
                int(task.state),
                task.last_state_change,
                int(task.triggered),
                task.internal_data,
            ]
            for task in workflow.tasks.values()
        ],
    }


def _restore(workflow: Any, kept: dict[str, Any]) -> None:
    ids = [UUID(hex=row[0]) for row in kept["tasks"]]
    for task_id, row in zip(ids, kept["tasks"], strict=True):
        _, parent, children, spec, state, changed, triggered, internal = row
        task = Task(workflow, workflow.spec.task_specs[spec], state=state, id=task_id)
        task._parent = None if parent is None else ids[parent]
        task._children = [ids[child] for child in children]
        task.last_state_change = changed
        task.triggered = bool(triggered)
        task.internal_data = internal
        if isinstance(task.task_spec, CatchingEvent) and state == TaskState.WAITING:
            workflow.top_workflow.event_manager.add_task(task)
    workflow.task_tree = workflow.tasks[ids[kept["root"]]]
    workflow.completed = kept["completed"]
    workflow.success = kept["success"]
    workflow.last_task = None if kept["last"] is None else workflow.tasks[ids[kept["last"]]]


def _restore_within(top: BpmnWorkflow, outer: Any, kept: dict[str, Any]) -> None:
    """Subprocesses, outer ones first: each needs the task that it belongs to."""
    for task in list(outer.tasks.values()):
        rows = kept.get(str(task.id))
        if rows is None:
            continue
        sub = BpmnSubWorkflow(
            top.subprocess_specs[task.task_spec.spec], task.id, top, deserializing=True
        )
        top.subprocesses[task.id] = sub
        _restore(sub, rows)
        sub.completed_event.connect(task.task_spec._on_subworkflow_completed, task)
        _restore_within(top, sub, kept)


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
