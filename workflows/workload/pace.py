"""How many tasks somebody usually completes in a week, told from their own last twelve weeks.

It stands beside what is open, so that a manager sees who needs relief. It is no mark of a person:
no order is made of it, and where there is little behind it, it is not told.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from uuid import UUID

from sqlalchemy import select

from engine.store.among import among
from engine.store.models import Task
from engine.work import LONDON, Work

WEEKS = 12
ENOUGH = 20
"""Completed tasks below which nothing is said."""


@dataclass(frozen=True, slots=True)
class Pace:
    a_week: float | None
    """Median of whole weeks, Monday to Sunday; None where there is not enough history."""
    completed: int
    """In those weeks."""

    @property
    def in_words(self) -> str:
        return "not enough history" if self.a_week is None else f"{self.a_week:g} a week"


NONE = Pace(None, 0)


def usual_pace(work: Work, people: Collection[UUID]) -> Mapping[UUID, Pace]:
    """Of the weeks before this one; along the index of what somebody has done."""
    this_week = monday_of(work.today)
    first = this_week - timedelta(weeks=WEEKS)
    rows = work.session.execute(
        select(Task.completed_by, Task.ended_at)
        .where(among(Task.completed_by, people), Task.ended_at >= _midnight(first),
               Task.ended_at < _midnight(this_week))
    )
    weeks: dict[UUID, Counter[int]] = {}
    for person_id, ended_at in rows:
        if person_id is None or ended_at is None:
            continue
        week = (ended_at.astimezone(LONDON).date() - first).days // 7
        weeks.setdefault(person_id, Counter())[week] += 1
    return {person_id: _pace(counted) for person_id, counted in weeks.items()}


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _pace(counted: Counter[int]) -> Pace:
    completed = counted.total()
    if completed < ENOUGH:
        return Pace(None, completed)
    return Pace(float(median(counted[week] for week in range(WEEKS))), completed)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LONDON)
