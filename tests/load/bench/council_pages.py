"""A stamped council at its pages: Pepway in this process, and people who are signed in already."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Flask
from lives import KEY, MORNING
from sqlalchemy import func, select

from engine.clock import FixedClock, SystemClock
from engine.domain import SYSTEM
from engine.store.database import Database
from engine.store.models import RUNNING, Case, Task, TaskStatus
from engine.work import Acting, Installation, Work, query
from web.app import create_app
from web.long_lived import keep_for_good
from web.settings import Settings
from workflows.people import Person, PersonRole, find_actor
from workflows.pep.domain import PepDomain
from workflows.sessions import begin_session

SECRET = "the bench's secret for its cookies, 40 characters"


@dataclass(frozen=True, slots=True)
class Someone:
    """The person of a role who has most to do, and a case of theirs."""

    id: UUID
    case_id: UUID


class CouncilPages:
    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.clock = FixedClock(MORNING)
        self.installation = Installation(self.database, self.clock, PepDomain(), KEY)
        settings = Settings(database_url=url, secret_key=SECRET, audit_key=KEY.decode(), demo=True)
        self.app: Flask = create_app(self.installation, settings)
        keep_for_good()

    @property
    def system(self) -> Acting:
        return self.installation.acting(SYSTEM)

    def by(self, person: UUID) -> Acting:
        actor = find_actor(self.system, person)
        assert actor is not None
        return self.installation.acting(actor)

    def signed_in(self, person: UUID) -> Any:
        """A browser of this person's; signing in itself is left out."""
        client = self.app.test_client()
        client.set_cookie("pepway", self.cookie(person))
        return client

    def cookie(self, person: UUID) -> str:
        token = begin_session(self.system, person, SystemClock().now())
        signed = self.app.session_interface.get_signing_serializer(self.app)
        return str(signed.dumps({"token": token, "person": str(person), "_permanent": True}))

    def busiest(self, role: str) -> Someone:
        """By open tasks; for a role that gets none, anyone, with any running case."""
        return _busiest(self.system, role)

    def number_of_people(self) -> int:
        return _number_of_people(self.system)

    def team_of(self, person: UUID) -> UUID:
        return _team_of(self.system, person)

    def fullest_step(self) -> tuple[str, str]:
        """Procedure and id of the step at which most open tasks stand."""
        return _fullest_step(self.system)

    def open_tasks(self) -> list[tuple[UUID, UUID]]:
        """Every open task that is somebody's, with who has it."""
        return _open_tasks(self.system)

    def close(self) -> None:
        self.database.engine.dispose()


@query
def _busiest(work: Work, role: str) -> Someone:
    held = select(PersonRole.person_id).where(PersonRole.role == role)
    found = work.session.execute(
        select(Task.assignee_id)
        .where(Task.status == TaskStatus.OPEN, Task.assignee_id.in_(held), Task.role == role)
        .group_by(Task.assignee_id)
        .order_by(func.count().desc(), Task.assignee_id)
        .limit(1)
    ).first()
    if found is not None:
        theirs = select(Task.case_id).where(
            Task.status == TaskStatus.OPEN, Task.assignee_id == found[0]
        )
        return Someone(found[0], work.session.scalars(theirs.order_by(Task.id).limit(1)).one())
    anyone = work.session.scalars(held.limit(1)).one()
    running = select(Case.id).where(Case.status.in_(RUNNING)).order_by(Case.id).limit(1)
    return Someone(anyone, work.session.scalars(running).one())


@query
def _number_of_people(work: Work) -> int:
    return work.session.scalar(select(func.count()).select_from(Person)) or 0


@query
def _team_of(work: Work, person: UUID) -> UUID:
    return work.session.scalars(select(Person.team_id).where(Person.id == person)).one()


@query
def _fullest_step(work: Work) -> tuple[str, str]:
    found = work.session.execute(
        select(Task.procedure, Task.element)
        .where(Task.status == TaskStatus.OPEN)
        .group_by(Task.procedure, Task.element)
        .order_by(func.count().desc(), Task.element)
        .limit(1)
    ).one()
    return found[0], found[1]


@query
def _open_tasks(work: Work) -> list[tuple[UUID, UUID]]:
    rows = work.session.execute(
        select(Task.id, Task.assignee_id)
        .join(Case, Case.id == Task.case_id)
        .where(Task.status == TaskStatus.OPEN, Task.assignee_id.is_not(None),
               Case.status.in_(RUNNING))
        .order_by(Task.id)
    )
    return [(row[0], row[1]) for row in rows]
