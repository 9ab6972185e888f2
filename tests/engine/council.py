"""A council of the engine's own tests: the plain domain, and a clock that stands still."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from diagrams import two_signatures
from diagrams import waiting as waiting_for_a_date
from plain_domain import ANN, BEN, PlainDomain
from sqlalchemy import select

from engine.background.outbox import waiting
from engine.clock import FixedClock
from engine.domain import Actor
from engine.releases import load_folder
from engine.store.database import Database
from engine.store.models import Case, Event, Task, Timer
from engine.tasks import complete_task
from engine.work import Acting, Installation

STARTED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass
class Council:
    installation: Installation
    clock: FixedClock
    domain: PlainDomain

    def by(self, actor: Actor) -> Acting:
        return self.installation.acting(actor)

    def load(self, procedure: str, **options: Any) -> None:
        files = {"letter": two_signatures, "waiting": waiting_for_a_date}[procedure](**options)
        assert load_folder(self.by(ANN), procedure, files).state == "live"

    def messages_waiting(self) -> list[UUID]:
        """Those that may leave now."""
        with self.by(ANN).begin(writing=False) as work:
            return list(work.session.scalars(waiting(work.now)))

    def case(self, case_id: UUID) -> "Running":
        return Running(self, case_id)


@dataclass
class Running:
    """One running case, as a test speaks of it."""

    council: Council
    id: UUID

    def by(self, actor: Actor) -> Acting:
        return self.council.by(actor)

    def task(self, element: str) -> Task:
        """The newest task at this step."""
        return self._rows(Task, Task.element == element, order=Task.opened_at)[-1]

    def open(self) -> set[str]:
        return {task.element for task in self._rows(Task, Task.status == "open")}

    def tasks(self) -> list[Task]:
        return self._rows(Task, order=Task.id)

    def timers(self) -> list[Timer]:
        return self._rows(Timer)

    def events(self, kind: str) -> list[Event]:
        return self._rows(Event, Event.kind == kind, order=Event.seq)

    def status(self) -> str:
        with self.by(ANN).begin(writing=False) as work:
            return work.session.get_one(Case, self.id).status

    def complete(self, element: str, actor: Actor, **answers: Any) -> None:
        complete_task(self.by(actor), self._open(element).id, answers)

    def to_check(self) -> None:
        self.complete("write", ANN, letter_text="Dear all")
        self.complete("sign_teacher", BEN)
        self.complete("sign_social_worker", ANN)

    def _open(self, element: str) -> Task:
        [task] = self._rows(Task, Task.element == element, Task.status == "open")
        return task

    def _rows(self, model: Any, *where: Any, order: Any = None) -> list[Any]:
        with self.by(ANN).begin(writing=False) as work:
            statement = select(model).where(model.case_id == self.id, *where).order_by(order)
            return list(work.session.scalars(statement))


def new_council(database: Database) -> Council:
    clock, domain = FixedClock(STARTED), PlainDomain()
    return Council(Installation(database, clock, domain, b"test key"), clock, domain)
