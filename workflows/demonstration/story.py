"""Lives the invented council's last year: every step by the public verbs, in order of time."""

import heapq
import itertools
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.clock import FixedClock
from engine.domain import SYSTEM, Actor
from engine.errors import NotFound
from engine.store.models import Case, Task, TaskStatus, Timer, TimerStatus
from engine.tasks import TaskView, complete_task, task_form, view_of
from engine.timers import fire_due_timers
from engine.work import LONDON, Installation, Work, query
from workflows.calendar import last_working_day_by, working_days
from workflows.demonstration.answers import answers_for
from workflows.demonstration.council import (
    CASEWORKER,
    VIRTUAL_SCHOOL_HEAD,
    DemoChange,
    DemoChild,
)
from workflows.people import find_actor
from workflows.pep.changes.carrying_out import carry_out
from workflows.pep.reviews import review_of
from workflows.pep.starting import start_initial_pep

LEAD = -1
"""Working days before its due date on which a step is usually done."""

DAY_BEGINS = time(7)
"""The story ends before today's work: what stands then does not depend on the hour."""


@dataclass(slots=True)
class Life:
    """One child's way through the demonstration."""

    child: DemoChild
    starts: datetime
    child_id: UUID | None = None
    once: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """What is still to be answered other than usual."""
    changes: deque[tuple[datetime, DemoChange]] = field(default_factory=deque)
    """What is still to change, the next first."""


class Story:
    def __init__(
        self,
        installation: Installation,
        people: dict[str, UUID],
        schools: dict[str, UUID],
        teachers: dict[str, str],
        children: Sequence[DemoChild],
    ) -> None:
        now = installation.clock.now().astimezone(LONDON)
        self._until = min(now, datetime.combine(now.date(), DAY_BEGINS, LONDON))
        self._clock = FixedClock(self._until)
        self._installation = replace(installation, clock=self._clock)
        self._people, self._schools, self._teachers = people, schools, teachers
        self._children = children
        self._moments: list[tuple[datetime, int, Life]] = []
        self._count = itertools.count()

    def tell(self) -> None:
        """Live through all children's moments up to the present, earliest first."""
        today = self._until.astimezone(LONDON).date()
        for number, child in enumerate(self._children):
            begins = working_days(None, today, -max(child.days_in_care, 0))
            starts = datetime.combine(begins, time(9, number % 50), LONDON)
            self._at(min(starts, self._until), _life(child, starts))
        while self._moments:
            moment, _, life = heapq.heappop(self._moments)
            self._clock.move_to(moment)
            self._live(life, moment)

    def _live(self, life: Life, moment: datetime) -> None:
        child_id = life.child_id or self._start(life, moment)
        life.child_id = child_id
        fire_due_timers(self._installation.acting(SYSTEM))
        while life.changes and life.changes[0][0] <= moment:
            self._change(child_id, life.changes.popleft()[1])
        for task in _open_tasks(self._installation.acting(SYSTEM), child_id):
            if self._when(life, task) <= moment:
                self._complete(life, task)
        self._wait(life, child_id, moment)

    def _wait(self, life: Life, child_id: UUID, moment: datetime) -> None:
        """Come back when the next of this child's steps or dates is due."""
        system = self._installation.acting(SYSTEM)
        ahead = [
            self._when(life, task)
            for task in _open_tasks(system, child_id)
            if not self._stops(life, task)
        ]
        ahead += _timer_dates(system, child_id)
        ahead += [at for at, _ in life.changes]
        coming = [max(at, moment + timedelta(minutes=7)) for at in ahead]
        if coming and min(coming) < self._until:
            self._at(min(coming), life)

    def _when(self, life: Life, task: TaskView) -> datetime:
        """When this step is done: a day before it is due, later where the child's case is slow."""
        if self._stops(life, task):
            return datetime.max.replace(tzinfo=LONDON)
        due = task.due_on or task.opened_at.astimezone(LONDON).date()
        day = (
            working_days(None, due, LEAD + life.child.slow_by)
            if (LEAD + life.child.slow_by)
            else due
        )
        at = datetime.combine(day, time(10 + task.opened_at.minute % 6, 15), LONDON)
        return max(at, task.opened_at + timedelta(minutes=30))

    def _stops(self, life: Life, task: TaskView) -> bool:
        if task.element != life.child.stops_at or task.element in life.once:
            return False
        before = _review_number(self._installation.acting(SYSTEM), task.case_id)
        return before == life.child.stops_before

    def _complete(self, life: Life, task: TaskView) -> None:
        person = self._who(task)
        by = self._installation.acting(person)
        asked = task_form(by, task.id)
        today = by.today
        answers = answers_for(
            asked.form, asked.facts, today, self._choices(life, task, asked.facts), asked.kept
        )
        seen = {key: kept.version for key, kept in asked.kept.items()}
        complete_task(by, task.id, answers, seen)

    def _choices(self, life: Life, task: TaskView, facts: Any) -> dict[str, Any]:
        return {
            "caseworker": str(self._people[CASEWORKER]),
            "planned_review_on": last_working_day_by(None, facts["review_date"]).isoformat(),
            "all_on_track": "yes",
            "plan_seen": "yes" if facts["plan_passed"] else "no",
            "review_outcome": "content" if facts["plan_passed"] else "no_plan",
            **life.child.answers,
            **{key: str(self._people.get(value, value))
               for key, value in life.once.pop(task.element, {}).items()},
        }

    def _change(self, child_id: UUID, change: DemoChange) -> None:
        by = self._installation.acting(self._actor(self._people[change.by]))
        answers = {key: self._meant(value, by.today) for key, value in change.answers.items()}
        carry_out(by, change.command, _newest_case(by, child_id), answers)

    def _meant(self, value: str | int, today: date) -> str:
        if isinstance(value, int):
            return (today + timedelta(days=value)).isoformat()
        found = self._people.get(value) or self._schools.get(value)
        return str(found) if found else value

    def _who(self, task: TaskView) -> Actor:
        person_id = task.assignee_id or self._people[VIRTUAL_SCHOOL_HEAD]
        return self._actor(person_id)

    def _actor(self, person_id: UUID) -> Actor:
        actor = find_actor(self._installation.acting(SYSTEM), person_id)
        if actor is None:
            raise NotFound
        return actor

    def _start(self, life: Life, moment: datetime) -> UUID:
        child = life.child
        opener = self._installation.acting(self._actor(self._people["Amara Lindqvist"]))
        case_id = start_initial_pep(opener, self._details(child, moment))
        return _child_of(self._installation.acting(SYSTEM), case_id)

    def _details(self, child: DemoChild, moment: datetime) -> dict[str, Any]:
        number = self._children.index(child)
        begins = moment.astimezone(LONDON).date()
        if child.days_in_care < 0:
            begins = working_days(None, begins, -child.days_in_care)
        workers = [
            ("Amara Lindqvist", "Ruth Calloway"),
            ("Tom Haverill", "Ruth Calloway"),
            ("Nadia Ferreday", "Imran Selwick"),
            ("Josh Penhallick", "Imran Selwick"),
        ]
        worker, manager = workers[number % 4]
        officer = ("Colin Strathmere", "Beatriz Nunnerly")[number % 2]
        today = self._until.astimezone(LONDON).date()
        born = date(today.year - child.age, 1 + number % 11, 1 + number % 27)
        if (born.month, born.day) > (today.month, today.day):
            born = born.replace(year=born.year - 1)
        return {
            "given_names": child.given_name,
            "family_name": child.family_name,
            "born_on": born.isoformat(),
            "upn": f"Z990{number:09d}",
            "became_looked_after_on": begins.isoformat(),
            "first_placement_on": begins.isoformat(),
            "entry": "planned" if child.planned else "emergency",
            "legal_status": "short_breaks" if child.short_breaks else "section_20",
            "placement_kind": "foster",
            "placement_address": f"{number + 1} Invented Lane, Marrowdale",
            "lives_out_of_area": "yes" if child.out_of_area else "no",
            "school": str(self._schools[child.school]) if child.school else "",
            "social_worker": str(self._people[worker]),
            "team_manager": str(self._people[manager]),
            "designated_teacher": str(self._people[self._teachers[child.school]])
            if child.school in self._teachers
            else "",
            "reviewing_officer": str(self._people[officer]),
        }

    def _at(self, moment: datetime, life: Life) -> None:
        heapq.heappush(self._moments, (moment, next(self._count), life))


def _life(child: DemoChild, starts: datetime) -> Life:
    changes = (
        (datetime.combine(working_days(None, starts.date(), each.day), time(16), LONDON), each)
        for each in child.changes
    )
    return Life(child, starts, once=dict(child.once), changes=deque(changes))


@query
def _open_tasks(work: Work, child_id: UUID) -> list[TaskView]:
    rows = work.session.scalars(
        select(Task)
        .where(Task.child_id == child_id, Task.status == TaskStatus.OPEN)
        .order_by(Task.opened_at, Task.element)
    )
    return [view_of(row) for row in rows]


@query
def _timer_dates(work: Work, child_id: UUID) -> list[datetime]:
    return list(
        work.session.scalars(
            select(Timer.due_at)
            .join(Case, Case.id == Timer.case_id)
            .where(Case.child_id == child_id, Timer.status == TimerStatus.PENDING)
        )
    )


@query
def _review_number(work: Work, case_id: UUID) -> int:
    review = review_of(work.session, case_id)
    return review.number if review else 0


@query
def _newest_case(work: Work, child_id: UUID) -> UUID:
    newest = select(Case.id).where(Case.child_id == child_id).order_by(Case.opened_at.desc())
    return work.session.scalars(newest.limit(1)).one()


@query
def _child_of(work: Work, case_id: UUID) -> UUID:
    return work.session.get_one(Case, case_id).child_id
