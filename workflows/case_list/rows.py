"""What lists say of a case."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from engine.releases import compiled
from engine.store.among import among
from engine.store.models import IS_OPEN, Case, Release, Task
from engine.work import Work
from workflows.case_list.filters import SOCIAL_WORKER, STATUSES
from workflows.children import ListedChild, children_listed
from workflows.involvements import Involvement, in_force
from workflows.people import Person, Team


@dataclass(frozen=True, slots=True)
class OpenStep:
    """One open task of a case."""

    id: UUID
    name: str
    role: str
    """That has it: where nobody holds the step's own role, the one that covers."""
    holder: str | None
    """None where it waits in a queue."""
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Worker:
    name: str
    team: str


@dataclass(frozen=True, slots=True)
class CaseRow:
    id: UUID
    reference: str
    title: str
    """Of its procedure, in the release that it runs on."""
    status: str
    child: ListedChild
    open: Sequence[OpenStep]
    """The next due first."""
    release: int
    opened_at: datetime
    moved_at: datetime
    workers: Sequence[Worker]
    """The child's social workers today."""

    @property
    def steps(self) -> list[str]:
        return [step.name for step in self.open]

    @property
    def next_due(self) -> date | None:
        return self.open[0].due_on if self.open else None

    @property
    def status_in_words(self) -> str:
        if self.status == "open":
            return STATUSES["working" if self.open else "waiting"]
        return STATUSES[self.status]

    @property
    def stands_at(self) -> str:
        """Its steps; of a case without any, why there is none."""
        return "; ".join(self.steps) or self.status_in_words

    @property
    def holders(self) -> list[str]:
        return list(dict.fromkeys(step.holder or "Nobody" for step in self.open))

    @property
    def roles(self) -> list[str]:
        return list(dict.fromkeys(step.role for step in self.open))

    @property
    def teams(self) -> list[str]:
        return list(dict.fromkeys(worker.team for worker in self.workers if worker.team))


def case_rows(work: Work, ids: Sequence[UUID]) -> list[CaseRow]:
    """Of these cases, in this order; of one that is not there any more, nothing."""
    cases = {
        row.id: row for row in work.session.execute(
            select(Case.id, Case.reference, Case.release_id, Case.status, Case.child_id,
                   Case.opened_at, Case.moved_at, Release.number)
            .join(Release, Release.id == Case.release_id)
            .where(among(Case.id, ids))
        )
    }
    of_whom = {case.child_id for case in cases.values()}
    children = children_listed(work, of_whom)
    steps: dict[UUID, list[OpenStep]] = {}
    for case_id, step in _open_steps(work, ids):
        steps.setdefault(case_id, []).append(step)
    workers: dict[UUID, list[Worker]] = {}
    for child_id, worker in _workers(work, of_whom):
        workers.setdefault(child_id, []).append(worker)
    return [
        CaseRow(case.id, case.reference, compiled(work, case.release_id).name, case.status,
                children[case.child_id], steps.get(case.id, []), case.number, case.opened_at,
                case.moved_at, workers.get(case.child_id, []))
        for case in (cases[each] for each in ids if each in cases)
    ]


def _open_steps(work: Work, ids: Sequence[UUID]) -> Iterator[tuple[UUID, OpenStep]]:
    rows = work.session.execute(
        select(Task.case_id, Task.id, Task.name, Task.role, Task.covered_by, Person.name,
               Task.due_on)
        .outerjoin(Person, Person.id == Task.assignee_id)
        .where(among(Task.case_id, ids), IS_OPEN)
        .order_by(Task.due_on.is_(None), Task.due_on, Task.id)
    )
    for case_id, task_id, name, role, covered_by, holder, due_on in rows:
        yield case_id, OpenStep(task_id, name, covered_by or role, holder, due_on)


def _workers(work: Work, children: set[UUID]) -> Iterator[tuple[UUID, Worker]]:
    rows = work.session.execute(
        select(Involvement.child_id, Person.name, Team.name)
        .join(Person, Person.id == Involvement.person_id)
        .outerjoin(Team, Team.id == Person.team_id)
        .where(among(Involvement.child_id, children), Involvement.role == SOCIAL_WORKER,
               *in_force(work.today))
        .order_by(Person.name)
    )
    for child_id, name, team in rows:
        yield child_id, Worker(name, team or "")
