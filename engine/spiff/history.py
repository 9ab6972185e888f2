"""Forgets what a case has behind it: the past stands in the event table, not in the state.

SpiffWorkflow keeps every step that was ever taken, walks all of them in each later step, and
past a depth of 1,000 no longer sees what is open and calls the case complete. Nothing of ours
looks back further than to the step before one that is still open.
"""

from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.spiff.workflow import CaseWorkflow, Step


def forget_the_past(workflow: CaseWorkflow) -> None:
    """Keep what is open and the step before it; only between two actions on the case."""
    running = workflow.running()
    workflow.subprocesses = {each.parent_task_id: each for each in running[1:]}
    for each in running:
        _forget_tasks(each)


def is_open(task: Step) -> bool:
    return bool(task._state & TaskState.DEFINITE_MASK)


def _forget_tasks(workflow: Any) -> None:
    tasks = workflow.tasks
    kept = {workflow.task_tree.id}
    for task in tasks.values():
        if is_open(task):
            kept |= {task.id, task._parent}
    for task in tasks.values():
        task._children = []
    for task in tasks.values():
        if task.id in kept and task._parent is not None:
            task._parent = _nearest(tasks, task._parent, kept)
            tasks[task._parent]._children.append(task.id)
    for task_id in [each for each in tasks if each not in kept]:
        del tasks[task_id]
    workflow.last_task = None


def _nearest(tasks: dict[int, Any], task_id: int, kept: set[int | None]) -> int:
    while task_id not in kept:
        task_id = tasks[task_id]._parent
    return task_id
