"""The cases that a person may see: those that were asked for, a page of them or all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, true

from engine.store.models import Case
from engine.store.planning import planned_for_what_is_asked
from engine.work import Work, query
from workflows.access import visible
from workflows.case_list.asked import Asked
from workflows.case_list.filters import FILTERS, conditions
from workflows.case_list.orders import count_of, ids_of
from workflows.case_list.rows import CaseRow, case_rows
from workflows.finding import case_quoted, meant

PAGE = 50


@dataclass(frozen=True, slots=True)
class CaseList:
    rows: Sequence[CaseRow]
    found: int
    page: int
    pages: int


@query
def case_list(work: Work, asked: Asked, *, search: str = "", page: int = 1) -> CaseList:
    """One page. `search` is what `workflows.finding` understands."""
    wanted = wanted_of(work, asked, search)
    with planned_for_what_is_asked(work.session):
        found = count_of(work, wanted)
        pages = max(1, -(-found // PAGE))
        page = min(max(1, page), pages)
        ids = ids_of(work, asked, wanted, (page - 1) * PAGE, PAGE, found) if found else []
    return CaseList(case_rows(work, ids), found, page, pages)


def wanted_of(
    work: Work, asked: Asked, search: str = "", action: str = "see_case"
) -> list[ColumnElement[bool]]:
    """Conditions on cases: what is asked for, of what the reader may see."""
    may_see = visible(work, Case.child_id, action)
    wanted = [] if may_see is true() else [may_see]  # without conditions a count is quickest
    wanted += conditions(work, asked.filters)
    if search.strip():
        wanted += _matches(work, search.strip())
    return wanted


def _matches(work: Work, search: str) -> list[ColumnElement[bool]]:
    quoted = case_quoted(work, search)
    return meant(work, Case.child_id, search) if quoted is None else [Case.id == quoted]


@query
def choices_of(work: Work) -> list[Mapping[str, str]]:
    """What each filter can be, for this reader, in the order of the filters."""
    return [filter_.choices(work, None) for filter_ in FILTERS.values()]
