"""One step of the board: the named cases that stand there, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from engine.errors import NotFound
from engine.releases import compiled, live_releases
from engine.spiff import Element
from engine.store.models import IS_PENDING, Case, Task, Timer
from engine.tasks import TaskView, view_of
from engine.work import LONDON, Work, query
from workflows.board import (
    WAITS,
    diagrams_of,
    elements_in_use,
    is_stuck,
    open_tasks,
    releases_in_use,
    running_cases,
)
from workflows.children import ChildView, children_by_id
from workflows.people import names
from workflows.step_names import StepNames

PAGE = 50

Rows = Select[*tuple[Any, ...]]


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
    """Of this page; those that need a process owner first, then the longest overdue."""
    found: int
    page: int
    pages: int


@query
def step_page(
    work: Work, procedure: str, element: str, *, late_only: bool = False, page: int = 1
) -> StepPage:
    """One page of the named cases at one step.

    Raises `NotFound` for a step that neither the live release nor a running case knows.
    """
    live = next((each for each in live_releases(work) if each.procedure == procedure), None)
    if live is None:
        raise NotFound
    elements = compiled(work, live.id).elements
    known = elements.get(element)
    name = StepNames(elements).in_full(element)
    if known is None:
        known = elements_in_use(work, procedure).get(element)
        if known is None:
            raise NotFound
        name = known.name
    parts = _parts_at(work, procedure, element, late_only=late_only)
    counts = [_count(work, part) for part in parts]
    pages = max(1, -(-sum(counts) // PAGE))
    page = min(max(1, page), pages)
    return StepPage(
        procedure, diagrams_of(work, procedure, live.id)[0].title, element, name, known.role,
        _standing(work, _cut(work, parts, counts, (page - 1) * PAGE)), sum(counts), page, pages,
    )


def _parts_at(
    work: Work, procedure: str, element: str, *, late_only: bool
) -> list[Rows]:
    """The cases at a step in the order in which they are listed: stopped there, with something to
    do (`Task, Case`), waiting for a date (`Timer, Case`)."""
    tasks = (
        select(Task, Case)
        .join(Case, Case.id == Task.case_id)
        .where(*open_tasks(work, procedure), Task.element == element)
        .order_by(Task.due_on.is_(None), Task.due_on, Task.opened_at, Task.id)
    )
    if late_only:
        return [tasks.where(Task.due_on < work.today)]
    stuck = (
        select(Case)
        .where(*is_stuck(work, procedure), Case.incident["element"].as_string() == element)
        .order_by(Case.moved_at, Case.id)
    )
    waits = [each for each in releases_in_use(work, procedure)
             if _waits(compiled(work, each).elements.get(element))]
    if not waits:
        return [stuck, tasks]
    waiting = (
        select(Timer, Case)
        .join(Case, Case.id == Timer.case_id)
        .where(IS_PENDING, Timer.element == element, *running_cases(work, procedure),
               Case.release_id.in_(waits))
        .order_by(Timer.due_at, Timer.id)
    )
    return [stuck, tasks, waiting]


def _waits(element: Element | None) -> bool:
    return element is not None and element.kind == WAITS


def _cut(
    work: Work, parts: Sequence[Rows], counts: Sequence[int], skip: int
) -> list[Any]:
    """The rows of one page of these parts, one behind the other."""
    rows: list[Any] = []
    for part, count in zip(parts, counts, strict=True):
        if skip < count and len(rows) < PAGE:
            rows += work.session.execute(part.limit(PAGE - len(rows)).offset(skip))
        skip = max(0, skip - count)
    return rows


def _count(work: Work, part: Rows) -> int:
    return work.session.scalar(part.with_only_columns(func.count()).order_by(None)) or 0


def _standing(work: Work, rows: Sequence[Any]) -> list[Standing]:
    children = children_by_id(work, {row.Case.child_id for row in rows})
    found = [(row.Case, getattr(row, "Task", None), getattr(row, "Timer", None)) for row in rows]
    called = names(work, [task.assignee_id for _, task, _ in found if task])
    return [
        Standing(
            at.id, at.reference, children[at.child_id],
            view_of(task) if task else None,
            called.get(task.assignee_id, "") if task and task.assignee_id else "",
            timer.due_at.astimezone(LONDON).date() if timer else None,
            "" if task or timer else str((at.incident or {}).get("message", "")),
        )
        for at, task, timer in found
    ]
