"""The list as rows of a file: all that was asked for, or the cases that were chosen from it.

Nothing of a restricted record leaves with a list. Each part of the file is read for itself, of the
cases that its reader may see in that moment, so that a list of any length takes little memory.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from engine.store.among import among
from engine.store.models import Case
from engine.work import LONDON, Acting, Work, query, verb
from workflows.calendar import working_days_until
from workflows.case_list.asked import Asked
from workflows.case_list.columns import COLUMNS
from workflows.case_list.orders import ids_of
from workflows.case_list.query import wanted_of
from workflows.case_list.rows import CaseRow, case_rows
from workflows.roles import ROLES
from workflows.sight.standing import set_apart

ACTION = "export_cases"
AT_ONCE = 200
"""Cases of one part of the file."""
NOTED_AT_ONCE = 500
"""Children in one row of the audit."""
MOST = 100_000
"""Cases of one file."""


@query
def export_size(
    work: Work, asked: Asked, search: str = "", only: Sequence[UUID] = ()
) -> int:
    """How many cases the file would have."""
    wanted = _wanted(work, asked, search, only)
    return work.session.scalar(select(func.count()).select_from(Case).where(*wanted)) or 0


def export_cases(
    by: Acting, asked: Asked, search: str = "", only: Sequence[UUID] = ()
) -> Iterator[Sequence[str]]:
    """Headings, then a row for each case. Who takes what is on record before the first row."""
    ids, cases_of = _found(by, asked, search, only)
    _note(by, asked, cases_of, searched=bool(search))
    return _rows(by, asked, ids)


@query
def _found(
    work: Work, asked: Asked, search: str, only: Sequence[UUID]
) -> tuple[list[UUID], Mapping[UUID, int]]:
    """The cases of the file in its order, and how many of them each child has."""
    wanted = _wanted(work, asked, search, only)
    cases_of = _cases_of(work, wanted)
    ids = ids_of(work, asked, wanted, 0, MOST, sum(cases_of.values()))
    if len(ids) < sum(cases_of.values()):
        cases_of = _cases_of(work, [among(Case.id, ids)])
    return ids, cases_of


def _cases_of(work: Work, wanted: Sequence[ColumnElement[bool]]) -> Mapping[UUID, int]:
    rows = work.session.execute(
        select(Case.child_id, func.count()).where(*wanted).group_by(Case.child_id))
    return {child_id: cases for child_id, cases in rows}


@verb
def _note(
    work: Work, asked: Asked, cases_of: Mapping[UUID, int], *, searched: bool
) -> None:
    """How many cases of which child, in rows of a size that the audit can be read with."""
    pairs = [list(pair) for pair in asked.pairs()]
    children = sorted(cases_of.items())
    for at in range(0, max(len(children), 1), NOTED_AT_ONCE):
        named = {str(child): cases for child, cases in children[at:at + NOTED_AT_ONCE]}
        work.audit(ACTION, about="page:cases", rows=sum(cases_of.values()), asked=pairs,
                   searched=searched, children=named)


def _rows(by: Acting, asked: Asked, ids: Sequence[UUID]) -> Iterator[Sequence[str]]:
    yield ["Case", "Child", *(heading for key in asked.columns for heading in _HEADINGS[key])]
    for at in range(0, len(ids), AT_ONCE):
        for row in _part(by, ids[at:at + AT_ONCE]):
            yield [row.reference, row.child.name,
                   *(cell for key in asked.columns for cell in _CELLS[key](row, by))]


@query
def _part(work: Work, ids: Sequence[UUID]) -> list[CaseRow]:
    may = set(work.session.scalars(
        select(Case.id).where(*_wanted(work, Asked({"status": ("all",)}), "", ids))))
    return case_rows(work, [each for each in ids if each in may])


def _wanted(
    work: Work, asked: Asked, search: str, only: Sequence[UUID]
) -> list[ColumnElement[bool]]:
    wanted = wanted_of(work, asked, search, ACTION)
    if restricted := set_apart(work).restricted:
        wanted.append(Case.child_id.not_in(restricted))
    if only:
        wanted.append(Case.id.in_(only))
    return wanted


_HEADINGS: Mapping[str, Sequence[str]] = {
    **{key: [heading] for key, heading in COLUMNS.items()},
    "due": ["Next deadline", "Working days left (below 0: late)"],
    "moved": ["Last moved (London)"],
    "worker": ["Social worker"],
}
_CELLS: Mapping[str, Callable[[CaseRow, Acting], Sequence[str]]] = {
    "procedure": lambda row, _: [row.title],
    "steps": lambda row, _: ["; ".join(row.steps)],
    "holder": lambda row, _: ["; ".join(row.holders)],
    "role": lambda row, _: ["; ".join(ROLES[role].title for role in row.roles)],
    "due": lambda row, by: [row.next_due.isoformat(),
                            str(working_days_until(by.today, row.next_due))]
    if row.next_due else ["", ""],
    "moved": lambda row, _: [row.moved_at.astimezone(LONDON).strftime("%Y-%m-%d %H:%M")],
    "status": lambda row, _: [row.status_in_words],
    "school": lambda row, _: [row.child.school or ""],
    "worker": lambda row, _: ["; ".join(worker.name for worker in row.workers)],
    "team": lambda row, _: ["; ".join(row.teams)],
    "release": lambda row, _: [str(row.release)],
    "opened": lambda row, _: [row.opened_at.astimezone(LONDON).date().isoformat()],
}
