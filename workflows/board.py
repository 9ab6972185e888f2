"""Where all cases are: numbers at every step, from a number to the named cases."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select

from engine.diagram import Diagram, flowcharts_of, read_diagram
from engine.errors import NotFound, TaskGone
from engine.releases import compiled, live_releases, release_files
from engine.spiff import Element
from engine.store.models import RUNNING, Case, CaseStatus, Task, TaskStatus, Timer, TimerStatus
from engine.tasks import TaskView, candidates, get_task, view_of
from engine.work import LONDON, Work, query
from workflows.access import visible
from workflows.children import ChildView, children_by_id
from workflows.people import names
from workflows.step_names import StepNames

WAITS = "intermediateCatchEvent"
"""A case stands at this kind of timer; one on the edge of a step only watches that step."""

_diagrams: dict[UUID, Sequence[Diagram]] = {}


@dataclass(frozen=True, slots=True)
class StepCount:
    element: str
    name: str
    role: str | None
    cases: int
    late: int
    stuck: int
    """Cases with an incident here: they need a process owner."""
    oldest_due: date | None
    gone: bool
    """Only an earlier release has this step: it is listed, though not drawn."""
    waits: bool = False
    """Cases wait here for a date: nobody has anything to do, and nothing is late."""


@dataclass(frozen=True, slots=True)
class ProcedureBoard:
    procedure: str
    title: str
    release_number: int
    diagrams: Sequence[Diagram]
    """The procedure's own; then those that it calls, where cases are in them."""
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
    """None where no one has anything to do: the case waits, or has an incident."""
    holder: str
    waits_until: date | None = None
    incident: str = ""


@dataclass(frozen=True, slots=True)
class StepPage:
    procedure: str
    title: str
    element: str
    name: str
    role: str | None
    standing: Sequence[Standing]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person to whom a task may be given."""

    id: UUID
    name: str
    covers: bool
    """Not of the task's own role for this child, but of the one that covers it."""
    open_tasks: int


@dataclass(slots=True)
class _Count:
    cases: int = 0
    late: int = 0
    stuck: int = 0
    oldest_due: date | None = None
    elements: list[Element] = field(default_factory=list)


@query
def boards(work: Work) -> list[ProcedureBoard]:
    """One board for each procedure with a live release."""
    return [
        _board(work, release.procedure, release.id, release.number)
        for release in live_releases(work)
    ]


@query
def step_page(
    work: Work, procedure: str, element: str, *, late_only: bool = False
) -> StepPage:
    """The named cases at one step, the longest overdue first.

    Raises `NotFound` for a step that neither the live release nor a running case knows.
    """
    live = next((each for each in live_releases(work) if each.procedure == procedure), None)
    if live is None:
        raise NotFound
    elements = compiled(work, live.id).elements
    known = elements.get(element)
    name = StepNames(elements).in_full(element)
    if known is None:
        counted = _counts(work, procedure).get(element)
        if counted is None:
            raise NotFound
        known = counted.elements[0]
        name = known.name
    return StepPage(
        procedure, _diagrams_of(work, procedure, live.id)[0].title, element, name, known.role,
        _standing_at(work, procedure, element, late_only=late_only),
    )


@query
def who_may_hold(work: Work, task_id: UUID) -> tuple[TaskView, list[Candidate]]:
    """The task and the people to whom it may be given, the least busy first.

    Raises `TaskGone` where there is nothing left to give, and `NotFound`.
    """
    task = get_task(work, task_id)
    if task.status != TaskStatus.OPEN:
        raise TaskGone(status=task.status, by=task.completed_by, at=task.ended_at)
    holders = candidates(work, task_id)
    people = {*holders.people, *holders.reserve}
    called, busy = names(work, people), _open_tasks_of(work, people)
    found = [
        Candidate(each, called.get(each, ""), each not in holders.people, busy.get(each, 0))
        for each in people
    ]
    return task, sorted(found, key=lambda each: (each.covers, each.open_tasks, each.name))


def _board(work: Work, procedure: str, release_id: UUID, number: int) -> ProcedureBoard:
    diagrams = _diagrams_of(work, procedure, release_id)
    counts = _counts(work, procedure)
    known = compiled(work, release_id).elements
    gone = sorted(set(counts) - set(known))
    called = StepNames(known)
    drawn = [node.element.id for diagram in diagrams for node in diagram.nodes]
    steps = [
        _step(known[name], called.in_full(name), counts[name], gone=False)
        for name in drawn if name in counts
    ]
    steps += [
        _step(counts[each].elements[0], counts[each].elements[0].name, counts[each], gone=True)
        for each in gone
    ]
    running, late, incidents = _totals(work, procedure)
    return ProcedureBoard(
        procedure, diagrams[0].title, number,
        [diagrams[0], *(each for each in diagrams[1:] if _has(each, counts))],
        running, late, incidents, steps,
    )


def _step(element: Element, name: str, count: _Count, *, gone: bool) -> StepCount:
    return StepCount(element.id, name, element.role, count.cases, count.late, count.stuck,
                     count.oldest_due, gone, waits=element.kind == WAITS)


def _has(diagram: Diagram, counts: Mapping[str, _Count]) -> bool:
    return any(node.element.id in counts for node in diagram.nodes)


def _diagrams_of(work: Work, procedure: str, release_id: UUID) -> Sequence[Diagram]:
    """The pictures of a release; read once in a process, for a release never changes."""
    if release_id not in _diagrams:
        contents = flowcharts_of(release_files(work, release_id), procedure)
        _diagrams[release_id] = [read_diagram(content) for content in contents]
    return _diagrams[release_id]


def _counts(work: Work, procedure: str) -> Mapping[str, _Count]:
    """By element: cases of every release, for a step keeps its id from release to release."""
    found: defaultdict[str, _Count] = defaultdict(_Count)
    for release_id, name, cases, late, oldest in _at_tasks(work, procedure):
        count = _seen(work, found, release_id, name)
        count.cases += cases
        count.late += late
        count.oldest_due = min(filter(None, (count.oldest_due, oldest)), default=None)
    for release_id, name, cases in _at_dates(work, procedure):
        _seen(work, found, release_id, name).cases += cases
    for release_id, name in _at_incidents(work, procedure):
        count = _seen(work, found, release_id, name)
        count.cases += 1
        count.stuck += 1
    return found


def _seen(work: Work, found: defaultdict[str, _Count], release_id: UUID, name: str) -> _Count:
    count = found[name]
    count.elements.append(compiled(work, release_id).elements[name])
    return count


def _at_tasks(work: Work, procedure: str) -> list[tuple[UUID, str, int, int, date | None]]:
    late = case((Task.due_on < work.today, Task.case_id))
    return list(
        work.session.execute(
            select(
                Case.release_id,
                Task.element,
                func.count(Task.case_id.distinct()),
                func.count(late.distinct()),
                func.min(Task.due_on),
            )
            .join(Case, Case.id == Task.case_id)
            .where(Task.status == TaskStatus.OPEN, *_running(work, procedure))
            .group_by(Case.release_id, Task.element)
        )
    )


def _at_dates(work: Work, procedure: str) -> Iterator[tuple[UUID, str, int]]:
    rows = work.session.execute(
        select(Case.release_id, Timer.element, func.count(Timer.case_id.distinct()))
        .join(Case, Case.id == Timer.case_id)
        .where(Timer.status == TimerStatus.PENDING, *_running(work, procedure))
        .group_by(Case.release_id, Timer.element)
    )
    for release_id, name, cases in rows:
        if compiled(work, release_id).elements[name].kind == WAITS:
            yield release_id, name, cases


def _at_incidents(work: Work, procedure: str) -> Iterator[tuple[UUID, str]]:
    for stuck in _stuck(work, procedure):
        name = (stuck.incident or {}).get("element")
        if name in compiled(work, stuck.release_id).elements:
            yield stuck.release_id, str(name)


def _totals(work: Work, procedure: str) -> tuple[int, int, int]:
    """Running cases, those with something late, those with an incident."""
    by_status = dict(
        work.session.execute(
            select(Case.status, func.count())
            .where(*_running(work, procedure))
            .group_by(Case.status)
        ).all()
    )
    late = work.session.scalar(
        select(func.count(Task.case_id.distinct()))
        .join(Case, Case.id == Task.case_id)
        .where(
            Task.status == TaskStatus.OPEN,
            Task.due_on < work.today,
            *_running(work, procedure),
        )
    )
    return sum(by_status.values()), late or 0, by_status.get(CaseStatus.INCIDENT, 0)


def _standing_at(
    work: Work, procedure: str, element: str, *, late_only: bool
) -> list[Standing]:
    tasks = _cases_with_task(work, procedure, element, late_only=late_only)
    stuck = [] if late_only else [
        each for each in _stuck(work, procedure)
        if (each.incident or {}).get("element") == element
    ]
    waiting = [] if late_only else _cases_that_wait(work, procedure, element)
    everyone = (*(each for _, each in tasks), *stuck, *(each for _, each in waiting))
    children = children_by_id(work, {each.child_id for each in everyone})
    called = names(work, [task.assignee_id for task, _ in tasks])

    def standing(at: Case, **more: Any) -> Standing:
        given = {"task": None, "holder": "", **more}
        return Standing(at.id, at.reference, children[at.child_id], **given)

    return [
        *(standing(at, incident=str((at.incident or {}).get("message", ""))) for at in stuck),
        *(
            standing(at, task=view_of(task), holder=called.get(task.assignee_id, "")
                     if task.assignee_id else "")
            for task, at in tasks
        ),
        *(standing(at, waits_until=timer.due_at.astimezone(LONDON).date())
          for timer, at in waiting),
    ]


def _cases_with_task(
    work: Work, procedure: str, element: str, *, late_only: bool
) -> list[tuple[Task, Case]]:
    only = [Task.due_on < work.today] if late_only else []
    return list(
        work.session.execute(
            select(Task, Case)
            .join(Case, Case.id == Task.case_id)
            .where(
                Task.procedure == procedure,
                Task.element == element,
                Task.status == TaskStatus.OPEN,
                *only,
                *_running(work, procedure),
            )
            .order_by(Task.due_on.is_(None), Task.due_on, Task.opened_at)
        )
    )


def _cases_that_wait(work: Work, procedure: str, element: str) -> list[tuple[Timer, Case]]:
    rows = work.session.execute(
        select(Timer, Case)
        .join(Case, Case.id == Timer.case_id)
        .where(
            Timer.element == element,
            Timer.status == TimerStatus.PENDING,
            *_running(work, procedure),
        )
        .order_by(Timer.due_at)
    )
    return [
        (timer, at) for timer, at in rows
        if compiled(work, at.release_id).elements[element].kind == WAITS
    ]


def _stuck(work: Work, procedure: str) -> list[Case]:
    return list(
        work.session.scalars(
            select(Case)
            .where(Case.status == CaseStatus.INCIDENT, *_running(work, procedure))
            .order_by(Case.moved_at)
        )
    )


def _running(work: Work, procedure: str) -> tuple[ColumnElement[bool], ...]:
    """The running cases of a procedure that the actor may see."""
    return (
        Case.procedure == procedure,
        Case.status.in_(RUNNING),
        visible(work.actor, Case.child_id, work.today, "see_case"),
    )


def _open_tasks_of(work: Work, people: set[UUID]) -> dict[UUID, int]:
    rows = work.session.execute(
        select(Task.assignee_id, func.count())
        .join(Case, Case.id == Task.case_id)
        .where(
            Task.assignee_id.in_(people),
            Task.status == TaskStatus.OPEN,
            Case.status.in_(RUNNING),
        )
        .group_by(Task.assignee_id)
    )
    return {person: count for person, count in rows if person is not None}
