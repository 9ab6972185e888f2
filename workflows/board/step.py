"""One step of the board: the named cases that stand there, a page at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, union

from engine.errors import NotFound
from engine.releases import compiled, live_releases
from engine.spiff import Element
from engine.store.models import Case, Task, Timer
from engine.work import LONDON, Work, query
from workflows.board.live_map import (
    diagrams_of,
    elements_of,
    is_stuck,
    releases_in_use,
    releases_of,
)
from workflows.board.narrowing import EVERYTHING, Narrowed
from workflows.board.now import dates_now, tasks_now
from workflows.board.then import dates_then, tasks_then
from workflows.children import ListedChild, children_listed
from workflows.figures.standing_days import WAITS, waits_of
from workflows.people import Person
from workflows.step_names import StepNames

PAGE = 50

Rows = Select[*tuple[Any, ...]]
_CASE = (Case.id, Case.reference, Case.child_id)


@dataclass(frozen=True, slots=True)
class TaskHere:
    """What one case has to be done at a step."""

    id: UUID
    role: str
    covered_by: str | None
    stands_in_for: UUID | None
    due_on: date | None
    holder: str | None
    """Name of whoever has it, or had it last; None where it waits in a queue."""
    ended_at: datetime | None = None
    """Where it was open on the past day of which the page is, and is no more."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One case at a step."""

    case_id: UUID
    reference: str
    child: ListedChild
    task: TaskHere | None = None
    """None where no one has anything to do: the case waits, or has an incident."""
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
    cases: int
    """As many as the board counts here."""
    found: int
    """How often they are named: a case once for each thing that stands here."""
    page: int
    pages: int


@query
def step_page(
    work: Work, procedure: str, element: str, *, late_only: bool = False, page: int = 1,
    which: Narrowed = EVERYTHING,
) -> StepPage:
    """One page of the named cases at one step; as a day ended, where `which` has one.

    Raises `NotFound` for a step that neither the live release nor a running case knows.
    """
    live = next((each for each in live_releases(work) if each.procedure == procedure), None)
    if live is None:
        raise NotFound
    elements = compiled(work, live.id).elements
    known = elements.get(element)
    name = StepNames(elements).in_full(element)
    if known is None:
        known = elements_of(work, releases_of(work, [procedure])[procedure]).get(element)
        if known is None:
            raise NotFound
        name = known.name
    parts = _parts_at(work, procedure, element, which, late_only=late_only)
    counts = [work.session.scalar(part.count) or 0 for part in parts]
    pages = max(1, -(-sum(counts) // PAGE))
    page = min(max(1, page), pages)
    return StepPage(
        procedure, diagrams_of(work, live.id)[0].title, element, name, known.role,
        _cut(work, parts, counts, (page - 1) * PAGE), _cases(work, parts), sum(counts), page, pages,
    )


def _cases(work: Work, parts: Sequence["_Part"]) -> int:
    found = union(*(part.cases for part in parts)).subquery()
    return work.session.scalar(select(func.count()).select_from(found)) or 0


@dataclass(frozen=True, slots=True)
class _Part:
    """Some of the cases at a step, in the order in which they are listed."""

    count: Rows
    cases: Rows
    """Their ids."""
    rows: Rows
    """Of each the case, then what `stands` takes."""
    stands: Callable[..., dict[str, Any]]
    """How a case stands here."""


def _parts_at(
    work: Work, procedure: str, element: str, which: Narrowed, *, late_only: bool
) -> list[_Part]:
    """Stopped there, with something to do, waiting for a date: listed in this order."""
    if which.day is not None and not late_only and (procedure, element) in waits_of(work):
        return [_waited(work, procedure, element, which)]
    if late_only or which.day is not None:
        return [_with_a_task(work, procedure, element, which, late_only=late_only)]
    parts = [_stopped(work, procedure, element, which),
             _with_a_task(work, procedure, element, which, late_only=False)]
    waits = [each for each in releases_in_use(work, procedure)
             if _waits(compiled(work, each).elements.get(element))]
    return [*parts, _waiting(work, procedure, element, waits, which)] if waits else parts


def _stopped(work: Work, procedure: str, element: str, which: Narrowed) -> _Part:
    here = (*is_stuck(work, [procedure], which), Case.incident["element"].as_string() == element)
    return _Part(
        select(func.count()).select_from(Case).where(*here),
        select(Case.id).where(*here),
        select(*_CASE, Case.incident).where(*here).order_by(Case.moved_at, Case.id),
        lambda incident: {"incident": str(incident.get("message", ""))},
    )


def _with_a_task(
    work: Work, procedure: str, element: str, which: Narrowed, *, late_only: bool
) -> _Part:
    """In the order of their index, so that no more is read than is shown."""
    of_procedure = tasks_then if which.day else tasks_now
    here = [*of_procedure(work, [procedure], which), Task.element == element]
    here += [Task.due_on < (which.day or work.today)] if late_only else []
    return _Part(
        select(func.count()).select_from(Task).where(*here),
        select(Task.case_id).where(*here),
        select(*_CASE, Task.id, Task.role, Task.covered_by, Task.stands_in_for, Task.due_on,
               Person.name, Task.ended_at)
        .join(Case, Case.id == Task.case_id)
        .outerjoin(Person, Person.id == Task.assignee_id)
        .where(*here)
        .order_by(Task.due_on.asc().nulls_last(), Task.opened_at, Task.id),
        lambda *task: {"task": TaskHere(*task)},
    )


def _waiting(
    work: Work, procedure: str, element: str, releases: Sequence[UUID], which: Narrowed
) -> _Part:
    return _at_a_date(*dates_now(work, [procedure], which), Timer.element == element,
                      Case.release_id.in_(releases))


def _waited(work: Work, procedure: str, element: str, which: Narrowed) -> _Part:
    """As `_waiting`, when the day ended."""
    return _at_a_date(*dates_then(work, [procedure], which), Timer.element == element)


def _at_a_date(*here: ColumnElement[bool]) -> _Part:
    rows = select(*_CASE, Timer.due_at).join(Case, Case.id == Timer.case_id).where(*here)
    return _Part(
        rows.with_only_columns(func.count()),
        rows.with_only_columns(Timer.case_id),
        rows.order_by(Timer.due_at, Timer.id),
        lambda due_at: {"waits_until": due_at.astimezone(LONDON).date()},
    )


def _waits(element: Element | None) -> bool:
    return element is not None and element.kind == WAITS


def _cut(
    work: Work, parts: Sequence[_Part], counts: Sequence[int], skip: int
) -> list[Standing]:
    """One page of these parts, one behind the other."""
    found: list[tuple[UUID, str, UUID, dict[str, Any]]] = []
    for part, count in zip(parts, counts, strict=True):
        if skip < count and len(found) < PAGE:
            rows = work.session.execute(part.rows.limit(PAGE - len(found)).offset(skip))
            found += [(case_id, reference, child_id, part.stands(*rest))
                      for case_id, reference, child_id, *rest in rows]
        skip = max(0, skip - count)
    children = children_listed(work, {child_id for _, _, child_id, _ in found})
    return [Standing(case_id, reference, children[child_id], **stands)
            for case_id, reference, child_id, stands in found]
