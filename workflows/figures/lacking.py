"""Children in care who have no plan in force, no case, or a review that is overdue.

And those who need no plan, with the reason, and those to whom nothing is lacking: each child in
care has a row, so that nobody is left out of a list without a word, and all can be counted.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select

from engine.store.models import IS_RUNNING, Case
from engine.work import Work
from workflows.children import IN_CARE, Child, Placement, school_year
from workflows.figures.tables import Lacking
from workflows.pep.deadlines import plan_counts_from, plan_prepared_by, third_birthday
from workflows.pep.facts import SHORT_BREAKS
from workflows.pep.plan import RecordVersion
from workflows.pep.reviews import StatutoryReview

LAST_YEAR = 13


class What(StrEnum):
    CASE = "no_case"
    """Nobody works on a plan, and nothing will remind anybody."""
    PLAN = "no_plan"
    """No plan has been prepared since the child came into care."""
    REVIEW = "review_overdue"
    """The statutory review is past its last lawful day."""
    SHORT_BREAKS = "short_breaks"
    UNDER_THREE = "under_three"
    OVER = "over_year_13"
    NOTHING = "nothing"


IN_SCOPE = (What.CASE, What.PLAN, What.REVIEW)
OUT_OF_SCOPE = (What.SHORT_BREAKS, What.UNDER_THREE, What.OVER)


def lacking_counted(work: Work, children: Collection[UUID]) -> list[dict[str, Any]]:
    """Rows of `Lacking` of these children as they stand today."""
    found = work.session.scalars(select(Child).where(Child.id.in_(children), IN_CARE)).all()
    known = _Known(work, found)
    return [{"child_id": child.id, "what": str(what), "since": since}
            for child in found
            for what, since in list(_of(child, known)) or [(What.NOTHING, child.looked_after_on)]]


def write_lacking(
    work: Work, children: Sequence[UUID], rows: Sequence[Mapping[str, Any]]
) -> None:
    """These rows take the place of all that stand of the children."""
    work.session.execute(delete(Lacking).where(Lacking.child_id.in_(children)))
    if rows:
        work.session.execute(insert(Lacking), list(rows))


class _Known:
    """Of these children: whether a case runs, since when a plan stands, the reviews to come."""

    def __init__(self, work: Work, children: Sequence[Child]) -> None:
        ids = [child.id for child in children]
        self.today, session = work.today, work.session
        self.running = set(session.scalars(
            select(Case.child_id).where(Case.child_id.in_(ids), IS_RUNNING)
        ))
        self.placed: dict[UUID, date] = dict(session.execute(
            select(Placement.child_id, func.min(Placement.starts_on))
            .join(Child, Child.id == Placement.child_id)
            .where(Placement.child_id.in_(ids), Placement.starts_on >= Child.looked_after_on)
            .group_by(Placement.child_id)
        ).all())
        self.prepared = set(session.scalars(
            select(RecordVersion.child_id)
            .join(StatutoryReview, StatutoryReview.case_id == RecordVersion.case_id)
            .join(Child, Child.id == RecordVersion.child_id)
            .where(RecordVersion.child_id.in_(ids), RecordVersion.prepared_at.is_not(None),
                   StatutoryReview.care_period == Child.care_period)
        ))
        self.to_be_held: dict[UUID, StatutoryReview] = {
            review.child_id: review for review in session.scalars(
                select(StatutoryReview)
                .join(Child, Child.id == StatutoryReview.child_id)
                .where(StatutoryReview.child_id.in_(ids), StatutoryReview.held_on.is_(None),
                       StatutoryReview.care_period == Child.care_period)
                .order_by(StatutoryReview.number.desc())
            )
        }


def _of(child: Child, known: _Known) -> Iterator[tuple[What, date]]:
    if reason := needs_none(child, known.today):
        yield reason
        return
    begins = known.placed.get(child.id, child.looked_after_on)
    limit = plan_prepared_by(None, plan_counts_from(begins, child.born_on))
    if child.id not in known.running:
        yield What.CASE, child.looked_after_on
    if child.id not in known.prepared:
        yield What.PLAN, limit
    review = known.to_be_held.get(child.id)
    if review is not None and review.latest_on < known.today:
        yield What.REVIEW, review.latest_on


def needs_none(child: Child, today: date) -> tuple[What, date] | None:
    """Why no plan is needed now, and since when or until when that is so."""
    if child.legal_status == SHORT_BREAKS:
        return What.SHORT_BREAKS, child.looked_after_on
    if today < third_birthday(child.born_on):
        return What.UNDER_THREE, third_birthday(child.born_on)
    if school_year(child.born_on, today) > LAST_YEAR:
        return What.OVER, child.looked_after_on
    return None
