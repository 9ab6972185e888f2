"""A small council: one person in each role, two more where it matters, one school."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from beginning import AUDIT_KEY, MORNING
from postgres import name_of
from sqlalchemy import select
from who_does_it import BEFORE_SIGNATURES, FROM_SIGNATURES

from engine.clock import FixedClock
from engine.domain import SYSTEM, Actor
from engine.releases import load_procedures
from engine.store.database import Database
from engine.store.models import Case, Event, Task
from engine.store.schema import migrate
from engine.tasks import complete_task, task_form
from engine.timers import fire_due_timers
from engine.work import Acting, Installation, Work
from workflows.accounts.passwords import hash_password
from workflows.children import School
from workflows.demonstration.answers import answers_for
from workflows.people import Person, add_person, find_actor
from workflows.pep.domain import PepDomain
from workflows.pep.starting import start_initial_pep

BPMN = Path(__file__).parents[2] / "bpmn"
PEOPLE = {
    "wilma": "social_worker",
    "sven": "social_worker",
    "tara": "designated_teacher",
    "vera": "virtual_school",
    "viktor": "virtual_school",
    "rob": "reviewing_officer",
    "mona": "team_manager",
    "olga": "process_owner",
    "max": "manager",
    "ada": "administrator",
    "iris": "information_governance",
}
AROUND = {
    "social_worker": "wilma",
    "team_manager": "mona",
    "designated_teacher": "tara",
    "reviewing_officer": "rob",
}
SCHOOL = UUID("5ca1ab1e-0000-4000-8000-000000990101")


@dataclass
class SmallCouncil:
    installation: Installation
    clock: FixedClock
    people: dict[str, UUID]
    school: UUID

    def by(self, name: str) -> Acting:
        return self.installation.acting(self.actor(name))

    def actor(self, name: str) -> Actor:
        found = find_actor(self.installation.acting(SYSTEM), self.people[name])
        assert found is not None
        return found

    def details(self, **changed: Any) -> dict[str, Any]:
        """What a social worker enters to start a case today; `changed` by the field's key."""
        today = self.clock.now().date().isoformat()
        around = {role: str(self.people[name]) for role, name in AROUND.items()}
        return {
            "given_names": "Robin", "family_name": "Quennell", "born_on": "2015-05-04",
            "became_looked_after_on": today, "first_placement_on": today,
            "entry": "emergency", "lives_out_of_area": "no", "school": str(self.school),
            **around, **changed,
        }

    def move_to(self, day: str) -> None:
        """To nine in the morning; what is due by then happens."""
        self.clock.move_to(datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=UTC))
        fire_due_timers(self.installation.acting(SYSTEM))

    def start(self, **changed: Any) -> "OneCase":
        return OneCase(self, start_initial_pep(self.by("wilma"), self.details(**changed)))


@dataclass
class OneCase:
    council: SmallCouncil
    id: UUID

    @property
    def child_id(self) -> UUID:
        with self.council.by("vera").begin(writing=False) as work:
            return work.session.get_one(Case, self.id).child_id

    def open(self) -> dict[str, Task]:
        """Open tasks by element."""
        rows = self._rows(Task, Task.status == "open")
        return {task.element: task for task in rows}

    def do(self, element: str, who: str | Acting | Work, **chosen: Any) -> None:
        """By whom this name has, or in the transaction that they have open."""
        by, task = self.council.by(who) if isinstance(who, str) else who, self.open()[element]
        asked = task_form(by, task.id)
        chosen = {"caseworker": str(self.council.people["vera"]), **chosen}
        answers = answers_for(asked.form, asked.facts, by.today, chosen)
        complete_task(by, task.id, answers)

    def to_signatures(self) -> None:
        """All steps of an initial PEP before both sign."""
        for element, name in BEFORE_SIGNATURES:
            self.do(element, name)

    def to_the_end(self, until: str = "") -> None:
        """What is left of the steps from the signatures on, and no further than that one."""
        for element, name in FROM_SIGNATURES:
            if element in self.open():
                self.do(element, name)
            if element == until:
                return

    def next(self) -> "OneCase":
        with self.council.by("vera").begin(writing=False) as work:
            found = work.session.scalars(select(Case.id).where(Case.previous_id == self.id)).one()
        return OneCase(self.council, found)

    def events(self, kind: str) -> list[Event]:
        return self._rows(Event, Event.kind == kind)

    def _rows(self, model: Any, *where: Any) -> list[Any]:
        with self.council.by("vera").begin(writing=False) as work:
            statement = select(model).where(model.case_id == self.id, *where)
            return list(work.session.scalars(statement))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    """Here with the small council in it."""
    path = tmp_path_factory.mktemp("small") / "pepway.db"
    _furnish(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres):
    url = postgres.new_database()
    _furnish(url)
    return name_of(url)


@pytest.fixture
def small_council(installation):
    return _council_of(installation)


@pytest.fixture(scope="session")
def council_of():
    """The small council of an installation that a test furnished with `sqlite_template`."""
    return _council_of


def _council_of(installation):
    with installation.acting(SYSTEM).begin(writing=False) as work:
        people = {row.email.partition("@")[0]: row.id for row in work.session.scalars(
            select(Person)
        )}
    return SmallCouncil(installation, installation.clock, people, SCHOOL)


def _furnish(url):
    database = Database(url)
    migrate(database)
    by = Installation(database, FixedClock(MORNING), PepDomain(), AUDIT_KEY).acting(SYSTEM)
    load_procedures(by, BPMN)
    secret = hash_password("a password")
    for name, role in PEOPLE.items():
        add_person(by, name.title(), f"{name}@council.example", [role], secret)
    with by.begin() as work:
        work.session.add(
            School(id=SCHOOL, urn="990101", name="Tests' School", phase="primary", area="A")
        )
    database.engine.dispose()
