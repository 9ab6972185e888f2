"""The termly overlay: a plan each term, beside the reviews that the law asks for.

Many councils ask for it (East Riding's virtual school does); it is a setting, off unless an
administrator switches it on. A term's plan is due on its last day, or on the council's own
cut-off dates.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.store.models import Case
from engine.work import LONDON
from workflows.calendar import Term
from workflows.council import ChildCalendar, Termly
from workflows.pep.plan import RecordVersion

HALF_TERM = timedelta(days=11)
"""From a Friday to the Monday after next: longer holidays part terms, shorter ones halve them."""


def term_plan_by(
    session: Session, case: Case, calendar: ChildCalendar, plan_due: date | None
) -> date | None:
    """The cut-off date that the plan of this case is for; None while the overlay is off.

    An initial plan (`plan_due` is its date) serves the term in which it is due. A later one serves
    the term after that which the child's last plan has served.
    """
    if not calendar.termly.on:
        return None
    last = _last_plan_before(session, case) if plan_due is None else None
    return term_served(calendar, plan_due, last, case.opened_at.astimezone(LONDON).date())


def term_served(
    calendar: ChildCalendar, plan_due: date | None, last_plan: date | None, opened_on: date
) -> date | None:
    """As `term_plan_by`, of a case of which is known when the plan before was prepared."""
    cut_offs = cut_off_dates(calendar.termly, calendar.terms)
    if plan_due is not None:
        return _first(cut_offs, plan_due)
    if last_plan is None:
        return _first(cut_offs, opened_on)
    served = _first(cut_offs, last_plan)
    return _first(cut_offs, served + timedelta(days=1)) if served else None


def cut_off_dates(termly: Termly, terms: Sequence[Term]) -> list[date]:
    """The council's own where it has set any, else the last day of each term; in order."""
    if termly.cut_offs:
        return sorted(termly.cut_offs)
    if not terms:
        return []
    following = [*terms[1:], None]
    return [
        term.ends_on
        for term, after in zip(terms, following, strict=True)
        if after is None or after.starts_on - term.ends_on > HALF_TERM
    ]


def _first(days: Sequence[date], on_or_after: date) -> date | None:
    return next((day for day in days if day >= on_or_after), None)


def _last_plan_before(session: Session, case: Case) -> date | None:
    """When the child's last plan was prepared, in a case before this one."""
    prepared_at = session.scalar(
        select(RecordVersion.prepared_at)
        .where(
            RecordVersion.child_id == case.child_id,
            RecordVersion.case_id != case.id,
            RecordVersion.prepared_at < case.opened_at,
        )
        .order_by(RecordVersion.prepared_at.desc())
        .limit(1)
    )
    return prepared_at.astimezone(LONDON).date() if prepared_at else None
