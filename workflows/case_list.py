"""The cases that a person may see, to look through and to search."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from engine.releases import compiled
from engine.store.models import IS_OPEN, IS_RUNNING, Case, Task, TaskStatus
from engine.work import Work, query
from workflows.access import visible
from workflows.children import ListedChild, children_listed
from workflows.finding import case_quoted, meant

PAGE = 50


@dataclass(frozen=True, slots=True)
class CaseRow:
    id: UUID
    reference: str
    title: str
    """Of its procedure, in the release that it runs on."""
    status: str
    child: ListedChild
    steps: Sequence[str]
    next_due: date | None


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

    `search` is what `workflows.finding` understands.
    """
    may_see = visible(work, Case.child_id)
    wanted = [] if may_see is true() else [may_see]  # without conditions a count is quickest
    if running_only:
        wanted.append(IS_RUNNING)
    if search.strip():
        wanted += _matches(work, search.strip())
    found = work.session.scalar(select(func.count()).select_from(Case).where(*wanted)) or 0
    pages = max(1, -(-found // PAGE))
    page = min(max(1, page), pages)
    return CaseList(case_rows(work, _ids(work, wanted, (page - 1) * PAGE)), found, page, pages)


def _ids(work: Work, wanted: Sequence[ColumnElement[bool]], skip: int) -> list[UUID]:
    """The cases of a page: first those with a date, along the index of what is due next, so that
    no other case is looked at; then the others, the newest first. Only a running case has a date.
    """
    dated = (
        select(Case.id)
        .join(Task, Task.case_id == Case.id)
        .where(*dict.fromkeys((*wanted, IS_RUNNING)), _is_next_due())
        .order_by(Task.due_on, Case.opened_at.desc(), Case.id)
    )
    found = list(work.session.scalars(dated.limit(PAGE).offset(skip)))
    if len(found) == PAGE:
        return found
    before = skip + len(found) if found else _count(work, dated)
    undated = (
        select(Case.id)
        .where(*wanted, or_(~IS_RUNNING, ~exists().where(Task.case_id == Case.id, IS_OPEN,
                                                         _HAS_DATE)))
        .order_by(Case.opened_at.desc(), Case.id)
    )
    rest = undated.limit(PAGE - len(found)).offset(max(0, skip - before))
    return [*found, *work.session.scalars(rest)]


def _count(work: Work, rows: Select[UUID]) -> int:
    return work.session.scalar(
        select(func.count()).select_from(rows.order_by(None).subquery())
    ) or 0


_HAS_DATE = Task.due_on.is_not(None)


def _is_next_due() -> ColumnElement[bool]:
    """The open task of its case that is due first."""
    other = aliased(Task)
    sooner = or_(
        other.due_on < Task.due_on, and_(other.due_on == Task.due_on, other.id < Task.id)
    )
    return and_(
        IS_OPEN, _HAS_DATE,
        ~exists().where(other.case_id == Task.case_id, other.status == TaskStatus.OPEN, sooner),
    )


def _matches(work: Work, search: str) -> list[ColumnElement[bool]]:
    quoted = case_quoted(work, search)
    return meant(work, Case.child_id, search) if quoted is None else [Case.id == quoted]


def case_rows(work: Work, ids: Sequence[UUID]) -> list[CaseRow]:
    """What lists say of these cases, in this order."""
    cases = {
        row.id: row for row in work.session.execute(
            select(Case.id, Case.reference, Case.release_id, Case.status, Case.child_id)
            .where(Case.id.in_(ids))
        )
    }
    children = children_listed(work, {case.child_id for case in cases.values()})
    steps: dict[UUID, list[str]] = {}
    due: dict[UUID, date] = {}
    for case_id, name, due_on in work.session.execute(
        select(Task.case_id, Task.name, Task.due_on)
        .where(Task.case_id.in_(ids), IS_OPEN)
        .order_by(Task.due_on.is_(None), Task.due_on)
    ):
        steps.setdefault(case_id, []).append(name)
        if due_on is not None:
            due.setdefault(case_id, due_on)
    return [
        CaseRow(case.id, case.reference, compiled(work, case.release_id).name, case.status,
                children[case.child_id], steps.get(case.id, []), due.get(case.id))
        for case in (cases[each] for each in ids)
    ]
