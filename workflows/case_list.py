"""The cases that a person may see, to look through and to search."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from engine.releases import compiled
from engine.store.models import RUNNING, Case, Task, TaskStatus
from engine.work import Work, query
from workflows.access import visible
from workflows.children import Child, ChildView, children_by_id

PAGE = 50


@dataclass(frozen=True, slots=True)
class CaseRow:
    id: UUID
    reference: str
    title: str
    """Of its procedure, in the release that it runs on."""
    status: str
    child: ChildView
    steps: Sequence[str]
    next_due: date | None
    moved_at: datetime


@dataclass(frozen=True, slots=True)
class CaseList:
    rows: Sequence[CaseRow]
    found: int
    page: int
    pages: int


@query
def case_list(
    work: Work, *, search: str = "", running_only: bool = True, page: int = 1
) -> CaseList:
    """One page of the cases, the next due first, those without a date last.

    `search` is part of a name, or a case's reference.
    """
    wanted = [visible(work.actor, Case.child_id, work.today)]
    if running_only:
        wanted.append(Case.status.in_(RUNNING))
    if search.strip():
        wanted.append(_matches(search.strip()))
    found = work.session.scalar(select(func.count()).select_from(Case).where(*wanted)) or 0
    pages = max(1, -(-found // PAGE))
    page = min(max(1, page), pages)
    due = (
        select(Task.case_id, func.min(Task.due_on).label("on"))
        .where(Task.status == TaskStatus.OPEN)
        .group_by(Task.case_id)
        .subquery()
    )
    rows = work.session.execute(
        select(Case, due.c.on)
        .outerjoin(due, due.c.case_id == Case.id)
        .where(*wanted)
        .order_by(due.c.on.is_(None), due.c.on, Case.opened_at.desc(), Case.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    return CaseList(_rows(work, [(row[0], row[1]) for row in rows]), found, page, pages)


def _matches(search: str) -> ColumnElement[bool]:
    """Every word of a name, in any order; or the reference, however its parts are joined."""
    full = Child.given_names + " " + Child.known_as + " " + Child.family_name
    named: Any = select(Child.id).where(
        *(full.icontains(word, autoescape=True) for word in search.split()[:6])
    )
    quoted = "".join(letter for letter in search.upper() if letter.isalnum())
    return or_(Case.child_id.in_(named), func.replace(Case.reference, "-", "") == quoted)


def _rows(work: Work, found: Sequence[tuple[Case, date | None]]) -> list[CaseRow]:
    children = children_by_id(work, {case.child_id for case, _ in found})
    steps: dict[UUID, list[str]] = {}
    for case_id, name in work.session.execute(
        select(Task.case_id, Task.name)
        .where(Task.case_id.in_([case.id for case, _ in found]), Task.status == TaskStatus.OPEN)
        .order_by(Task.due_on)
    ):
        steps.setdefault(case_id, []).append(name)
    return [
        CaseRow(case.id, case.reference, compiled(work, case.release_id).name, case.status,
                children[case.child_id], steps.get(case.id, []), due, case.moved_at)
        for case, due in found
    ]
