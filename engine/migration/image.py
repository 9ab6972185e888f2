"""A case as it stood: its state, and what was open in it, to be put back exactly."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.store.base import Base
from engine.store.models import Case, Task, TaskStatus, Timer, TimerStatus
from engine.work import Work

OF_CASE = ("release_id", "status", "incident", "ended_at", "end_element", "moved_at")
OF_TASK = ("element", "name", "role", "form", "covered_by", "assignee_id", "assigned_by",
           "due_on", "due_expression")
OF_TIMER = ("element", "expression", "due_at", "started_at", "held_until", "attempts")

Image = dict[str, Any]


def image_of(case: Case, tasks: Iterable[Task], timers: Iterable[Timer]) -> Image:
    """As JSON. `tasks` are the open ones and `timers` the pending ones."""
    return {
        "state": case.state.hex(),
        "case": _cells(case, OF_CASE),
        "tasks": {str(task.id): _cells(task, OF_TASK) for task in tasks},
        "timers": {str(timer.id): _cells(timer, OF_TIMER) for timer in timers},
    }


def put_back(work: Work, case: Case, image: Mapping[str, Any]) -> None:
    """Let the case stand as it did; what has begun since is cancelled.

    Whoever has been given a task since keeps it: that is no part of the move.
    """
    tasks, timers = _rows(work, Task, case), _rows(work, Timer, case)
    for task in tasks:
        stood = image["tasks"].get(str(task.id))
        if stood is not None:
            _put_back_task(task, stood)
        elif task.status == TaskStatus.OPEN:
            task.status, task.ended_at = TaskStatus.CANCELLED, work.now
            work.event(case, "task_cancelled", task=task)
    for timer in timers:
        stood = image["timers"].get(str(timer.id))
        if stood is not None:
            _set(timer, OF_TIMER, stood)
            timer.status, timer.ended_at = TimerStatus.PENDING, None
        elif timer.status == TimerStatus.PENDING:
            timer.status, timer.ended_at = TimerStatus.CANCELLED, work.now
            work.event(case, "timer_cancelled", element=timer.element)
    case.state = bytes.fromhex(image["state"])
    _set(case, OF_CASE, image["case"])


def _put_back_task(task: Task, stood: Mapping[str, Any]) -> None:
    given = ("assignee_id", "assigned_by", "covered_by")
    same_role = task.role == stood["role"] and task.status == TaskStatus.OPEN
    if not same_role:
        task.stands_in_for = None
    _set(task, [name for name in OF_TASK if not (same_role and name in given)], stood)
    task.status, task.ended_at, task.completed_by = TaskStatus.OPEN, None, None


def _rows(work: Work, table: Any, case: Case) -> Sequence[Any]:
    work.write()
    return work.session.scalars(
        select(table).where(table.case_id == case.id).execution_options(populate_existing=True)
    ).all()


def _cells(row: Base, names: Iterable[str]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names}


def _set(row: Base, names: Iterable[str], cells: Mapping[str, Any]) -> None:
    for name in names:
        value = cells[name]
        kind = row.__table__.columns[name].type.python_type
        if isinstance(value, str) and kind in _READ:
            value = _READ[kind](value)
        if getattr(row, name) != value:
            setattr(row, name, value)


def _plain(value: Any) -> Any:
    return value if isinstance(value, (str, int, dict, type(None))) else (
        value.isoformat() if isinstance(value, date) else str(value))


_READ: Mapping[type, Any] = {
    UUID: UUID, date: date.fromisoformat, datetime: datetime.fromisoformat,
}
