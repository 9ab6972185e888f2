"""Cases of both procedures that go by chance, and what was said of them on the way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from figures_followed import follow_to_the_end
from sqlalchemy import select

from engine.store.models import IS_PENDING, RUNNING, Case, Task, Timer
from workflows.calendar import working_days
from workflows.figures.tables import Clock

BY_ROLE = {
    "social_worker": "wilma", "team_manager": "mona", "designated_teacher": "tara",
    "reviewing_officer": "rob", "virtual_school": "vera",
}
MEETINGS, MEETING_ON = ("convene_meeting", "fix_meeting"), "meeting_planned_on"
DAYS_AT_MOST = 400

DoneOn = Callable[[Task], date]
"""The day on which a task is done; drawn once, when the task is first seen."""


@dataclass
class Said:
    """What stood of a limit on a day while it was unmet."""

    on: date
    due_on: date
    at_limits_on: date
    at_pace_on: date | None
    nothing_was_late: bool

    @property
    def is_flagged(self) -> bool:
        return (self.at_pace_on or self.at_limits_on) > self.due_on


@dataclass
class History:
    said: dict[str, list[Said]] = field(default_factory=dict)
    """By deadline, in the order of the days."""
    met_on: dict[str, date] = field(default_factory=dict)
    took: list[tuple[str, date, date]] = field(default_factory=list)
    """Each step with the days on which it began and was done."""


def live(council: Any, case: Any, done_on: DoneOn, ask: Callable[[date], bool]) -> History:
    """Go with a case to its end; what is said is read at first, and on days that `ask` chooses."""
    history, plan, seen_on = History(), _Plan(done_on), None
    for _ in range(DAYS_AT_MOST):
        today, tasks = council.clock.now().date(), case.open()
        if seen_on is None or (seen_on != today and ask(today)):
            _note(council, case, history, today, tasks)
        seen_on = today
        if _what_is_ready_is_done(case, history, plan, today):
            continue
        upcoming = _upcoming(council, case, [plan.of(each, today) for each in tasks.values()])
        if not upcoming:
            break
        council.move_to(max(today + timedelta(days=1), min(upcoming)).isoformat())
    history.met_on = {each.deadline: each.met_on for each in clocks_of(council, case)
                      if each.met_on}
    return history


class _Plan:
    """The day of each task, drawn when it is first seen."""

    def __init__(self, done_on: DoneOn) -> None:
        self._done_on, self._days = done_on, {}

    def of(self, task: Task, today: date) -> date:
        if task.id not in self._days:
            self._days[task.id] = max(today, self._done_on(task))
        return self._days[task.id]


def _what_is_ready_is_done(case: Any, history: History, plan: _Plan, today: date) -> bool:
    ready = [each for each in case.open().values() if plan.of(each, today) <= today]
    for task in ready:
        if task.element in case.open():
            _do(case, task, today)
            history.took.append((task.element, task.opened_at.date(), today))
    return bool(ready)


def clocks_of(council: Any, case: Any) -> list[Clock]:
    follow_to_the_end(council.installation)
    with council.by("vera").begin(writing=False) as work:
        return list(work.session.scalars(select(Clock).where(Clock.case_id == case.id)))


def _do(case: Any, task: Task, today: date) -> None:
    # A meeting at once, on the next day with office hours: until then nothing says when it will be.
    at_once = working_days(None, today - timedelta(days=1), 1)
    chosen = {MEETING_ON: at_once.isoformat()} if task.element in MEETINGS else {}
    case.do(task.element, BY_ROLE[task.role], **chosen)


def _note(
    council: Any, case: Any, history: History, today: date, tasks: Mapping[str, Task]
) -> None:
    in_time = all(task.due_on is None or task.due_on >= today for task in tasks.values())
    for clock in clocks_of(council, case):
        if clock.met_on is None and clock.at_limits_on is not None:
            history.said.setdefault(clock.deadline, []).append(Said(
                today, clock.due_on, clock.at_limits_on, clock.at_pace_on, in_time))


def _upcoming(council: Any, case: Any, planned: list[date]) -> list[date]:
    """Days on which something happens next; none once the case has ended."""
    with council.by("vera").begin(writing=False) as work:
        if work.session.get_one(Case, case.id).status not in RUNNING:
            return []
        timers = work.session.scalars(
            select(Timer.due_at).where(Timer.case_id == case.id, IS_PENDING)).all()
    return [*planned, *(each.date() for each in timers)]


def at_limits(task: Task) -> date:
    return task.due_on or task.opened_at.date()


def within_limits(chance: Random) -> DoneOn:
    return lambda task: _between(chance, task.opened_at.date(), task.due_on)


def at_limits_or_later(chance: Random) -> DoneOn:
    return lambda task: working_days(
        None, at_limits(task), chance.choice((0, 0, 1, 4)))


def of_paces(paces: Mapping[str, int], other: Callable[[], int]) -> DoneOn:
    """Each step so many working days after it began, and what `other` draws besides."""
    return lambda task: working_days(
        None, task.opened_at.date(), max(0, paces.get(task.element, 1) + other()))


def _between(chance: Random, first: date, last: date | None) -> date:
    span = max(0, ((last or first) - first).days)
    return first + timedelta(days=chance.randint(0, span))
