"""A small council for the chaos harness: its people, and cases brought to where an action begins.

Everything by the public verbs, on the real procedures and on a clock that runs.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from oracle import AUDIT_KEY
from sqlalchemy import select

from engine.clock import MovableClock
from engine.domain import SYSTEM, Actor
from engine.errors import FlowFailed
from engine.releases import load_procedures
from engine.store.database import Database
from engine.store.models import Case, Task, TaskStatus
from engine.store.schema import migrate
from engine.tasks import TaskView, complete_task, task_form, view_of
from engine.work import LONDON, Acting, Installation
from workflows.accounts.passwords import hash_password
from workflows.council import set_council_name
from workflows.demonstration.answers import answers_for
from workflows.people import add_person, find_actor
from workflows.pep import actions
from workflows.pep.domain import PepDomain
from workflows.pep.starting import start_initial_pep

BPMN = Path(__file__).parents[3] / "bpmn"
MORNING = datetime(2026, 3, 25, 8, tzinfo=LONDON)
"""An hour before the server's clock begins, on a Wednesday."""
SERVER_BEGINS = "2026-03-25T09:00"
PASSWORD = "demonstration"
PEOPLE = {
    "wilma": "social_worker", "tara": "designated_teacher", "vera": "virtual_school",
    "viktor": "virtual_school", "rob": "reviewing_officer", "mona": "team_manager",
    "max": "manager", "olga": "process_owner",
}
AROUND = ("wilma", "tara", "rob", "mona")


class ChaosCouncil:
    """What is done in it before the server starts."""

    def __init__(self, database_url: str) -> None:
        self._database = Database(database_url)
        migrate(self._database)
        clock = MovableClock(MORNING - datetime.now(LONDON))
        self.installation = Installation(
            self._database, clock, PepDomain(), AUDIT_KEY.encode()
        )
        system = self.installation.acting(SYSTEM)
        set_council_name(system, "Chaos Council")
        password_hash = hash_password(PASSWORD)
        self.people = {
            name: add_person(system, name.title(), email_of(name), [role], password_hash)
            for name, role in PEOPLE.items()
        }
        load_procedures(system, BPMN)

    def close(self) -> None:
        self._database.engine.dispose()

    def by(self, name: str) -> Acting:
        return self.installation.acting(self._actor(self.people[name]))

    def name_of(self, by: Acting) -> str:
        return next(name for name, person in self.people.items() if person == by.actor.id)

    def details(self, family_name: str, on: str = "2026-03-25") -> dict[str, str]:
        """Of a child who becomes looked after on a day; today, if nothing else is said."""
        return {
            "given_names": "Robin", "family_name": family_name, "born_on": "2016-05-04",
            "became_looked_after_on": on, "first_placement_on": on, "entry": "emergency",
            "lives_out_of_area": "no",
            **{PEOPLE[name]: str(self.people[name]) for name in AROUND},
        }

    def start_case(self, family_name: str, on: str = "2026-03-25") -> UUID:
        return start_initial_pep(self.by("wilma"), self.details(family_name, on))

    def reference_of(self, case_id: UUID) -> str:
        with self.installation.acting(SYSTEM).begin(writing=False) as work:
            return work.session.get_one(Case, case_id).reference

    def open_tasks(self, case_id: UUID) -> dict[str, TaskView]:
        """By element."""
        with self.installation.acting(SYSTEM).begin(writing=False) as work:
            rows = work.session.scalars(select(Task).where(
                Task.case_id == case_id, Task.status == TaskStatus.OPEN
            ))
            return {row.element: view_of(row) for row in rows}

    def who(self, task: TaskView) -> Acting:
        """Whoever has the task, or somebody who may take it."""
        return self.installation.acting(self._actor(task.assignee_id or self.people["vera"]))

    def answers(self, by: Acting, task: TaskView) -> tuple[dict[str, Any], dict[str, int]]:
        """Raw answers that the task's form accepts, and the versions that it shows."""
        return plausible(by, task.id, self.people["viktor"])

    def complete(self, task: TaskView) -> str:
        """The status of the case afterwards."""
        by = self.who(task)
        raw, seen = self.answers(by, task)
        return complete_task(by, task.id, raw, seen).case_status

    def play_until(self, case_id: UUID, reached: Callable[[dict[str, TaskView]], bool]) -> None:
        """Complete what is open, first come first done, the statutory review last, until so much
        is open."""
        while not reached(open_now := self.open_tasks(case_id)):
            self.complete(min(open_now.values(), key=lambda task: (
                task.element == "hold_first_review", task.opened_at
            )))

    def play_to_the_last_step(self, case_id: UUID) -> TaskView:
        """Complete everything but the one task with which the case ends."""
        while True:
            for task in self.open_tasks(case_id).values():
                if self._ends_with(task):
                    return task
            self.play_until(case_id, _is_over(set(self.open_tasks(case_id))))

    def _ends_with(self, task: TaskView) -> bool:
        by = self.who(task)
        raw, seen = self.answers(by, task)
        try:
            with by.begin() as work:
                raise _TakenBack(complete_task(work, task.id, raw, seen).case_status)
        except _TakenBack as taken_back:
            return taken_back.status == "ended"

    def _actor(self, person_id: UUID) -> Actor:
        actor = find_actor(self.installation.acting(SYSTEM), person_id)
        assert actor is not None
        return actor


class _TakenBack(Exception):
    def __init__(self, status: str) -> None:
        super().__init__()
        self.status = status


def plausible(
    by: Acting, task_id: UUID, caseworker: UUID
) -> tuple[dict[str, Any], dict[str, int]]:
    asked = task_form(by, task_id)
    chosen = {
        "caseworker": str(caseworker), "all_on_track": "yes",
        "planned_review_on": asked.facts["review_date"].isoformat(),
        "plan_seen": "yes" if asked.facts["plan_passed"] else "no",
        "review_outcome": "content" if asked.facts["plan_passed"] else "no_plan",
    }
    raw = answers_for(asked.form, asked.facts, by.today, chosen, asked.kept)
    return raw, {key: kept.version for key, kept in asked.kept.items()}


@contextmanager
def failing_action(name: str) -> Iterator[None]:
    """What the diagram calls so fails meanwhile: the case becomes an incident."""
    title, works = actions.ACTIONS[name]

    def fails(*_arguments: Any) -> Any:
        raise FlowFailed("Nobody could be told.")

    registry: Any = actions.ACTIONS
    registry[name] = (title, fails)
    try:
        yield
    finally:
        registry[name] = (title, works)


def email_of(name: str) -> str:
    return f"{name}@council.example"


def _is_over(before: set[str]) -> Callable[[dict[str, TaskView]], bool]:
    """One task of these has been done."""
    return lambda open_now: open_now.keys() != before
