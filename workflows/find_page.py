"""The children whom a search means, each with where their newest case is; the cases opened last."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, select, true

from engine.audit import looked_at_last
from engine.store.models import Case
from engine.work import Work, query
from workflows.access import visible
from workflows.case_list.rows import CaseRow, case_rows
from workflows.children import Child, ListedChild, children_listed
from workflows.finding import called, case_quoted, meant

PAGE = 20
MOST_RECENT = 8
LOOKS = 50
"""Cases that were opened last, in which those still visible are looked for."""


@dataclass(frozen=True, slots=True)
class Found:
    child: ListedChild
    case: CaseRow | None
    """The newest, or the one whose reference was typed."""


@dataclass(frozen=True, slots=True)
class FindPage:
    rows: Sequence[Found]
    count: int
    page: int
    pages: int


@query
def find_page(work: Work, search: str, page: int = 1) -> FindPage:
    """Those called so before those who are only at a school called so; then by name."""
    quoted = case_quoted(work, search)
    if quoted is not None:
        rows = _of_cases(work, _visible_cases(work, [quoted]))
        return FindPage(rows, len(rows), 1, 1)
    wanted = _only_visible(work, *meant(work, Child.id, search))
    count = work.session.scalar(select(func.count()).select_from(Child).where(*wanted)) or 0
    pages = max(1, -(-count // PAGE))
    page = min(max(1, page), pages)
    ids = work.session.scalars(
        select(Child.id)
        .where(*wanted)
        .order_by(case((and_(*called(Child.id, search)), 0), else_=1),
                  func.lower(Child.family_name), func.lower(Child.given_names), Child.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    return FindPage(_of_children(work, ids), count, page, pages)


@query
def opened_last(work: Work) -> list[Found]:
    """The cases that this person opened last and may still see, the newest look first."""
    looks = looked_at_last(work, "see_case", "case", LOOKS)
    return _of_cases(work, _visible_cases(work, looks)[:MOST_RECENT])


def _only_visible(work: Work, *wanted: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    may_see = visible(work, Child.id)
    return list(wanted) if may_see is true() else [may_see, *wanted]


def _visible_cases(work: Work, ids: Sequence[UUID]) -> list[UUID]:
    """Those of them that the actor may see, in the same order."""
    may_see = visible(work, Case.child_id)
    seen = set(work.session.scalars(select(Case.id).where(Case.id.in_(ids), may_see)))
    return [case_id for case_id in ids if case_id in seen]


def _of_children(work: Work, ids: Sequence[UUID]) -> list[Found]:
    newest = (
        select(Case.id)
        .where(Case.child_id == Child.id)
        .order_by(Case.opened_at.desc(), Case.id.desc())
        .limit(1)
        .correlate(Child)
        .scalar_subquery()
    )
    rows = work.session.execute(select(Child.id, newest).where(Child.id.in_(ids)))
    having: list[UUID | None] = [case_id for _, case_id in rows]
    newest_cases = case_rows(work, [case_id for case_id in having if case_id is not None])
    cases = {row.child.id: row for row in newest_cases}
    children = children_listed(work, ids)
    return [Found(children[child_id], cases.get(child_id)) for child_id in ids]


def _of_cases(work: Work, ids: Sequence[UUID]) -> list[Found]:
    return [Found(row.child, row) for row in case_rows(work, ids)]
