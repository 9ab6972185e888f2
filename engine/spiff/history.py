"""Forgets what a case has behind it: the past stands in the event table, not in the state.

SpiffWorkflow keeps every step that was ever taken, walks all of them in each later step, and
past a depth of 1,000 no longer sees what is open and calls the case complete. Nothing of ours
looks back further than to the step before one that is still open.
"""

from typing import Any

from SpiffWorkflow.util.task import TaskState


def forget_the_past(workflow: Any) -> None:
    """Keep what is open and the step before it; only between two actions on the case."""
    _forget_subprocesses(workflow)
    for each in (workflow, *workflow.subprocesses.values()):
        _forget_tasks(each)


def is_open(task: Any) -> bool:
    return bool(task.has_state(TaskState.DEFINITE_MASK))


def _forget_subprocesses(top: Any) -> None:
    """Those whose step is over, outer ones first: with them goes what was inside."""
    while True:
        standing = {
            task.id
            for workflow in (top, *top.subprocesses.values())
            for task in workflow.tasks.values()
            if is_open(task)
        }
        over = [step for step in top.subprocesses if step not in standing]
        if not over:
            return
        for step in over:
            del top.subprocesses[step]


def _forget_tasks(workflow: Any) -> None:
    tasks = workflow.tasks
    kept = {workflow.task_tree.id}
    for task in tasks.values():
        if is_open(task):
            kept |= {task.id, task._parent}
    for task in tasks.values():
        task._children = []
    for task_id in list(tasks):
        task = tasks[task_id]
        if task_id in kept and task._parent is not None:
            task._parent = _nearest(tasks, task._parent, kept)
            tasks[task._parent]._children.append(task_id)
    for task_id in [each for each in tasks if each not in kept]:
        del tasks[task_id]
    workflow.last_task = None


def _nearest(tasks: dict[Any, Any], task_id: Any, kept: set[Any]) -> Any:
    while task_id not in kept:
        task_id = tasks[task_id]._parent
    return task_id
