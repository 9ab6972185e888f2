"""Children in care who have no plan in force, no case, or a review that is overdue.

What is lacking is counted in `figures/lacking.py`; here it is read, with names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from engine.store.among import among
from engine.store.models import IS_RUNNING, Case
from engine.work import Work, query
from workflows.access import visible
from workflows.case_list.rows import CaseRow, case_rows
from workflows.children import ListedChild, children_listed
from workflows.figures.lacking import IN_SCOPE, OUT_OF_SCOPE, What
from workflows.figures.tables import FiguresPosition, Lacking
from workflows.involvements import Involvement, in_force
from workflows.people import Person

PAGE = 50


class Which(StrEnum):
    LATE = "late"
    """Something is past its limit, or nobody is at work."""
    IN_TIME = "in-time"
    """A first plan that is being made and may be finished in time."""
    NEEDS_NONE = "needs-none"


@dataclass(frozen=True, slots=True)
class Counts:
    in_care: int
    """As of when the figures are."""
    in_force: int
    """Children in scope with a plan that is in force, whatever else is late."""
    late: int
    in_time: int
    needs_none: int
    as_of: datetime | None
    """None: nothing has been counted yet."""


@dataclass(frozen=True, slots=True)
class ChildWithout:
    child: ListedChild
    lacks: Mapping[What, date]
    """Since when, as in `figures.tables.Lacking`."""
    case: CaseRow | None
    """The newest that runs."""
    social_worker: str


@dataclass(frozen=True, slots=True)
class WithoutPage:
    counts: Counts
    which: Which
    children: Sequence[ChildWithout]
    """Of this page, the longest overdue first."""
    found: int
    page: int
    pages: int


@query
def children_late(work: Work) -> int:
    """Of the children whom the actor may see: something is past its limit, or nobody is at work."""
    return _children_lacking(work)[1]


@query
def without_counts(work: Work) -> Counts:
    """Of the children whom the actor may see."""
    alone: dict[str, int] = dict(work.session.execute(
        select(Lacking.what, func.count())
        .where(Lacking.what.in_([What.NOTHING, What.PLAN, *OUT_OF_SCOPE]), _is_seen(work))
        .group_by(Lacking.what)
    ).all())
    in_time = work.session.scalar(
        select(func.count()).select_from(Lacking).where(_of(work, Which.IN_TIME), _is_seen(work)))
    lacking, late = _children_lacking(work)
    needs_none = sum(alone.get(each, 0) for each in OUT_OF_SCOPE)
    in_scope = alone.get(What.NOTHING, 0) + lacking
    return Counts(
        in_scope + needs_none, in_scope - alone.get(What.PLAN, 0), late, in_time or 0, needs_none,
        work.session.scalar(select(FiguresPosition.counted_at)),
    )


@query
def counts_of_all(work: Work) -> Counts:
    """As `without_counts`, of every child, whoever asks: for figures that name none."""
    with work.for_the_council("figures count children, and name none"):
        return without_counts(work)


@query
def without_page(work: Work, which: Which, page: int = 1) -> WithoutPage:
    counts = without_counts(work)
    found = {Which.LATE: counts.late, Which.IN_TIME: counts.in_time,
             Which.NEEDS_NONE: counts.needs_none}[which]
    pages = max(1, -(-found // PAGE))
    page = min(max(1, page), pages)
    ids = work.session.scalars(
        select(Lacking.child_id)
        .where(_of(work, which), _is_seen(work))
        .group_by(Lacking.child_id)
        .order_by(func.min(Lacking.since), Lacking.child_id)
        .limit(PAGE).offset((page - 1) * PAGE)
    ).all()
    return WithoutPage(counts, which, _named(work, ids), found, page, pages)


def _children_lacking(work: Work) -> tuple[int, int]:
    """To how many anything is lacking, and to how many of these it is late; a child to whom two
    things are lacking is one."""
    is_late = func.max(case((_of(work, Which.LATE), 1), else_=0))
    each = (
        select(is_late.label("late")).where(Lacking.what.in_(IN_SCOPE), _is_seen(work))
        .group_by(Lacking.child_id).subquery()
    )
    lacking, late = work.session.execute(
        select(func.count(), func.coalesce(func.sum(each.c.late), 0)).select_from(each)
    ).one()
    return lacking, late


def _is_seen(work: Work) -> ColumnElement[bool]:
    return visible(work, Lacking.child_id, "see_case")


def _of(work: Work, which: Which) -> ColumnElement[bool]:
    if which is Which.LATE:
        past = and_(Lacking.what.in_([What.PLAN, What.REVIEW]), Lacking.since < work.today)
        return or_(Lacking.what == What.CASE, past)
    if which is Which.NEEDS_NONE:
        return Lacking.what.in_(OUT_OF_SCOPE)
    unwatched = aliased(Lacking)
    return and_(
        Lacking.what == What.PLAN, Lacking.since >= work.today,
        ~exists().where(unwatched.child_id == Lacking.child_id, unwatched.what == What.CASE),
    )


def _named(work: Work, ids: Sequence[UUID]) -> list[ChildWithout]:
    session = work.session
    lacks: dict[UUID, dict[What, date]] = {each: {} for each in ids}
    for row in session.scalars(select(Lacking).where(among(Lacking.child_id, ids))):
        lacks[row.child_id][What(row.what)] = row.since
    newest: dict[UUID, UUID] = dict(session.execute(
        select(Case.child_id, Case.id).where(among(Case.child_id, ids), IS_RUNNING)
        .order_by(Case.opened_at)
    ).all())
    cases = {row.id: row for row in case_rows(work, list(newest.values()))}
    workers: dict[UUID, str] = dict(session.execute(
        select(Involvement.child_id, Person.name)
        .join(Person, Person.id == Involvement.person_id)
        .where(among(Involvement.child_id, ids), Involvement.role == "social_worker",
               *in_force(work.today))
        .order_by(Involvement.starts_on)
    ).all())
    children = children_listed(work, ids)
    return [
        ChildWithout(children[each], lacks[each], cases.get(newest[each]) if each in newest
                     else None, workers.get(each, ""))
        for each in ids
    ]
