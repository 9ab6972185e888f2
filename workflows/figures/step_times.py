"""How long steps take, in working days, counted as each task is completed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select

from engine.store.adding_up import add_up
from engine.store.models import Event, Task
from engine.work import Work
from workflows.calendar import working_days_until
from workflows.figures.tables import StepTime
from workflows.pep.case_dates import day_of

LONGEST = 250
"""Working days; what takes longer counts as so much: a year."""


class Measure(StrEnum):
    WHOLE = "whole"
    """From the moment at which it could be done until it was."""
    QUEUE = "queue"
    """Until somebody took it; only of what waited in a queue."""


class Took(NamedTuple):
    procedure: str
    element: str
    month: date
    measure: str
    days: int
    late: bool


def step_times_of(work: Work, events: Sequence[Event]) -> list[Took]:
    """What the completions among these events say."""
    done = [each.task_id for each in events if each.kind == "task_completed"]
    if not done:
        return []
    tasks = work.session.scalars(select(Task).where(Task.id.in_(done))).all()
    taken = _taken_at(work, tasks)
    return [took for task in tasks for took in _times_of(task, taken.get(task.id))]


def write_step_times(work: Work, times: Iterable[Took]) -> None:
    counted: Counter[tuple[Any, ...]] = Counter()
    late: Counter[tuple[Any, ...]] = Counter()
    for each in times:
        key = each[:-1]
        counted[key] += 1
        late[key] += each.late
    add_up(work.session, StepTime, [
        {**dict(zip(Took._fields, key, strict=False)), "times": times, "late": late[key]}
        for key, times in counted.items()
    ])


def _times_of(task: Task, taken_at: datetime | None) -> Iterable[Took]:
    if task.ended_at is None:
        return
    began, ended = day_of(task.opened_at), day_of(task.ended_at)
    late = task.due_on is not None and ended > task.due_on
    step = (task.procedure, task.element, ended.replace(day=1))
    yield Took(*step, Measure.WHOLE, _days(began, ended), late)
    if taken_at is not None:
        yield Took(*step, Measure.QUEUE, _days(began, day_of(taken_at)), False)


def _days(began: date, ended: date) -> int:
    return min(LONGEST, max(0, working_days_until(began, ended)))


def _taken_at(work: Work, tasks: Sequence[Task]) -> Mapping[UUID, datetime]:
    """When somebody took these from a queue, for the first time."""
    rows = work.session.execute(
        select(Event.task_id, Event.at)
        .where(Event.case_id.in_({task.case_id for task in tasks}),
               Event.kind == "task_claimed",
               Event.task_id.in_([task.id for task in tasks]))
        .order_by(Event.seq.desc())
    )
    return {task_id: at for task_id, at in rows if task_id is not None}
