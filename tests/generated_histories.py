"""Cases of both procedures that go by chance, and what was said of them on the way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from figures_followed import follow_to_the_end
from sqlalchemy import select

from engine.domain import SYSTEM
from engine.store.models import IS_PENDING, RUNNING, Case, Task, Timer
from engine.timers import fire_due_timers
from workflows.calendar import working_days
from workflows.figures.tables import Clock
from workflows.pep.case_dates import CaseDates

BY_ROLE = {
    "social_worker": "wilma", "team_manager": "mona", "designated_teacher": "tara",
    "reviewing_officer": "rob", "virtual_school": "vera",
}
MEETINGS, MEETING_ON = ("convene_meeting", "fix_meeting"), "meeting_planned_on"
PLANS_REVIEW, REVIEW_ON = "confirm_review_date", "planned_review_on"
DAYS_AT_MOST = 400

DoneOn = Callable[[Task], date]
"""The day on which a task is done; drawn once, when the task is first seen."""


class Dates(NamedTuple):
    """What others count back from, as it is known on a day."""

    review_on: date
    term_plan_by: date | None


@dataclass
class Said:
    """What stood of a limit on a day while it was unmet."""

    on: date
    due_on: date
    at_limits_on: date
    at_pace_on: date | None
    decided_by: str
    nothing_was_late: bool
    dates: Dates

    @property
    def is_flagged(self) -> bool:
        return (self.at_pace_on or self.at_limits_on) > self.due_on


class Step(NamedTuple):
    """One that was done."""

    id: UUID
    element: str
    name: str
    began: date
    due_on: date | None
    """As it was when it began."""
    done: date
    after: UUID | None
    """The step with whose end it began."""


@dataclass
class History:
    case: Any
    said: dict[str, list[Said]] = field(default_factory=dict)
    """By deadline, in the order of the days."""
    met_on: dict[str, date] = field(default_factory=dict)
    dates: Dates | None = None
    """As they came to be."""
    took: list[Step] = field(default_factory=list)
    """In the order in which they were done."""


@dataclass(frozen=True)
class Chances:
    """What is left to chance on the way of a case, beside the day of each step."""

    ask: Callable[[date], bool]
    """Whether what is said is read on a day after the first."""
    befall: Callable[[date], bool] = lambda _: False
    """Carry out on a day what befalls the child on it; whether anything did."""
    answers: Mapping[str, str] = field(default_factory=dict)
    plan_review: Callable[[date, date], date] = lambda _, expected: expected
    """For which day the review is planned, of today and the day that it is expected on."""


def live(council: Any, case: Any, done_on: DoneOn, chances: Chances) -> History:
    """Go with a case to its end; what is said is read at first, and on days that chance has."""
    lived = _Living(council, case, done_on, chances)
    seen_on = None
    for _ in range(DAYS_AT_MOST):
        today = council.clock.now().date()
        is_new = seen_on != today
        if is_new and (chances.befall(today) or seen_on is None or chances.ask(today)):
            lived.note(today)
        seen_on = today
        if lived.what_is_ready_is_done(today):
            continue
        upcoming = lived.upcoming(today)
        if not upcoming:
            break
        council.move_to(max(today + timedelta(days=1), min(upcoming)).isoformat())
    return lived.told()


class _Living:
    def __init__(self, council: Any, case: Any, done_on: DoneOn, chances: Chances) -> None:
        self._council, self._case, self._chances = council, case, chances
        self._done_on, self._history = done_on, History(case)
        self._days: dict[UUID, date] = {}
        self._first_due: dict[UUID, date | None] = {}
        self._after: dict[UUID, UUID | None] = {}

    def note(self, today: date) -> None:
        in_time = all(task.due_on is None or task.due_on >= today
                      for task in self._case.open().values())
        dates = self._dates(today)
        for clock in clocks_of(self._council, self._case):
            if clock.met_on is None and clock.at_limits_on is not None:
                self._history.said.setdefault(clock.deadline, []).append(Said(
                    today, clock.due_on, clock.at_limits_on, clock.at_pace_on, clock.decided_by,
                    in_time, dates))

    def what_is_ready_is_done(self, today: date) -> bool:
        self._see(today, after=None)
        ready = [each for each in self._case.open().values() if self._days[each.id] <= today]
        for task in ready:
            if task.element in self._case.open():
                self._do(task, today)
        # The background does not wait for the morning where a date is over already.
        fire_due_timers(self._council.installation.acting(SYSTEM))
        return bool(ready)

    def upcoming(self, today: date) -> list[date]:
        """Days on which something happens next; none once the case has ended."""
        with self._council.by("vera").begin(writing=False) as work:
            if work.session.get_one(Case, self._case.id).status not in RUNNING:
                return []
            timers = work.session.scalars(
                select(Timer.due_at).where(Timer.case_id == self._case.id, IS_PENDING)).all()
        planned = [self._days[each.id] for each in self._case.open().values()]
        return [*planned, *(each.date() for each in timers)]

    def told(self) -> History:
        self._history.met_on = {
            each.deadline: each.met_on for each in clocks_of(self._council, self._case)
            if each.met_on}
        self._history.dates = self._dates(self._council.clock.now().date())
        return self._history

    def _see(self, today: date, after: UUID | None) -> None:
        for task in self._case.open().values():
            if task.id not in self._days:
                self._days[task.id] = max(today, self._done_on(task))
                self._first_due[task.id] = task.due_on
                self._after[task.id] = after

    def _do(self, task: Task, today: date) -> None:
        # A meeting at once, on the next day with office hours: until then nothing says when it will
        # be.
        at_once = working_days(None, today - timedelta(days=1), 1)
        chosen = {MEETING_ON: at_once.isoformat()} if task.element in MEETINGS else {}
        if task.element == PLANS_REVIEW:
            expected = self._dates(today).review_on
            chosen[REVIEW_ON] = max(
                today, self._chances.plan_review(today, expected)).isoformat()
        now = self._case.open()[task.element]
        self._case.do(task.element, BY_ROLE[now.covered_by or now.role],
                      **self._chances.answers, **chosen)
        self._history.took.append(Step(
            task.id, task.element, task.name, task.opened_at.date(), self._first_due[task.id],
            today, self._after[task.id]))
        self._see(today, after=task.id)

    def _dates(self, today: date) -> Dates:
        with self._council.by("vera").begin(writing=False) as work:
            known = CaseDates(work.session, work.session.get_one(Case, self._case.id), today)
            assert known.review is not None
            return Dates(known.review.expected_on, known.term_plan_by)


def clocks_of(council: Any, case: Any) -> list[Clock]:
    follow_to_the_end(council.installation)
    with council.by("vera").begin(writing=False) as work:
        return list(work.session.scalars(select(Clock).where(Clock.case_id == case.id)))


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
