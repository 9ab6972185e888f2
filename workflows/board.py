"""Where all cases are: numbers at every step, from a number to the named cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from engine.diagram import Diagram, read_diagram
from engine.releases import live_releases, release_files
from engine.store.models import Case, CaseStatus, Task, TaskStatus, Timer, TimerStatus
from engine.tasks import TaskView, candidates, get_task, view_of
from engine.work import Work, query
from workflows.access import visible
from workflows.children import ChildView, children_by_id
from workflows.people import names

RUNNING = (CaseStatus.OPEN, CaseStatus.INCIDENT)


@dataclass(frozen=True, slots=True)
class StepCount:
    element: str
    name: str
    role: str | None
    cases: int
    late: int
    oldest_due: date | None


@dataclass(frozen=True, slots=True)
class ProcedureBoard:
    procedure: str
    diagram: Diagram
    running: int
    late: int
    incidents: int
    steps: Sequence[StepCount]
    """Every step at which a case stands, in the order of the diagram."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One case at a step."""

    case_id: UUID
    reference: str
    child: ChildView
    task: TaskView | None
    """None where the case waits for a date."""
    holder: str


@query
def boards(work: Work) -> list[ProcedureBoard]:
    """One board for each procedure with a live release."""
    return [_board(work, release.procedure, release.id) for release in live_releases(work)]


@query
def standing_at(work: Work, procedure: str, element: str, *, late_only: bool = False) -> list[Standing]:
    """The cases at one step, the longest overdue first."""
    rows = list(
        work.session.execute(
            select(Task, Case)
            .join(Case, Case.id == Task.case_id)
            .where(
                Case.procedure == procedure,
                Case.status.in_(RUNNING),
                Task.element == element,
                Task.status == TaskStatus.OPEN,
                visible(work.actor, Case.child_id, work.today, "see_case"),
                *([Task.due_on < work.today] if late_only else []),
            )
            .order_by(Task.due_on)
        )
    )
    waiting = [] if late_only else _waiting_at(work, procedure, element)
    children = children_by_id(work, {case.child_id for case in (*(c for _, c in rows), *waiting)})
    called = names(work, [task.assignee_id for task, _ in rows])
    found = [
        Standing(case.id, case.reference, children[case.child_id], view_of(task),
                 called.get(task.assignee_id, "") if task.assignee_id else "")
        for task, case in rows
    ]
    return found + [
        Standing(case.id, case.reference, children[case.child_id], None, "") for case in waiting
    ]


@query
def who_may_hold(work: Work, task_id: UUID) -> tuple[TaskView, list[tuple[UUID, str]]]:
    """The task and the people to whom it may be given, by name."""
    holders = candidates(work, task_id)
    people = {*holders.people, *holders.reserve}
    called = names(work, people)
    named = [(person, called.get(person, "")) for person in people]
    return get_task(work, task_id), sorted(named, key=lambda row: row[1])


def _board(work: Work, procedure: str, release_id: UUID) -> ProcedureBoard:
    diagram = read_diagram(release_files(work, release_id)[f"{procedure}.bpmn"])
    running, incidents = _totals(work, procedure)
    counts = {**_waiting_counts(work, procedure), **_task_counts(work, procedure)}
    order = [node.element for node in diagram.nodes]
    known = {element.id for element in order}
    steps = [
        StepCount(element.id, element.name, element.role, *counts[element.id])
        for element in order
        if element.id in counts
    ]
    # A step that only an older release has still holds cases: it is listed, though not drawn.
    steps += [
        StepCount(gone, gone.replace("_", " ").capitalize(), None, *counts[gone])
        for gone in sorted(set(counts) - known)
    ]
    late = _late_cases(work, procedure)
    return ProcedureBoard(procedure, diagram, running, late, incidents, steps)


def _totals(work: Work, procedure: str) -> tuple[int, int]:
    rows = work.session.execute(
        select(Case.status, func.count())
        .where(
            Case.procedure == procedure,
            Case.status.in_(RUNNING),
            visible(work.actor, Case.child_id, work.today),
        )
        .group_by(Case.status)
    )
    by_status = dict(rows.all())
    return sum(by_status.values()), by_status.get(CaseStatus.INCIDENT, 0)


def _late_cases(work: Work, procedure: str) -> int:
    return work.session.scalar(
        select(func.count(func.distinct(Task.case_id)))
        .join(Case, Case.id == Task.case_id)
        .where(
            Case.procedure == procedure,
            Case.status.in_(RUNNING),
            Task.status == TaskStatus.OPEN,
            Task.due_on < work.today,
            visible(work.actor, Case.child_id, work.today),
        )
    ) or 0


def _task_counts(work: Work, procedure: str) -> dict[str, tuple[int, int, date | None]]:
    rows = work.session.execute(
        select(
            Task.element,
            func.count(),
            func.count().filter(Task.due_on < work.today),
            func.min(Task.due_on),
        )
        .join(Case, Case.id == Task.case_id)
        .where(
            Case.procedure == procedure,
            Case.status.in_(RUNNING),
            Task.status == TaskStatus.OPEN,
            visible(work.actor, Case.child_id, work.today),
        )
        .group_by(Task.element)
    )
    return {element: (count, late, oldest) for element, count, late, oldest in rows}


def _waiting_counts(work: Work, procedure: str) -> dict[str, tuple[int, int, date | None]]:
    rows = work.session.execute(
        select(Timer.element, func.count())
        .join(Case, Case.id == Timer.case_id)
        .where(
            Case.procedure == procedure,
            Case.status.in_(RUNNING),
            Timer.status == TimerStatus.PENDING,
            visible(work.actor, Case.child_id, work.today),
        )
        .group_by(Timer.element)
    )
    return {element: (count, 0, None) for element, count in rows}


def _waiting_at(work: Work, procedure: str, element: str) -> list[Case]:
    return list(
        work.session.scalars(
            select(Case)
            .join(Timer, Timer.case_id == Case.id)
            .where(
                Case.procedure == procedure,
                Case.status.in_(RUNNING),
                Timer.element == element,
                Timer.status == TimerStatus.PENDING,
                visible(work.actor, Case.child_id, work.today),
            )
            .order_by(Timer.due_at)
        )
    )
