"""The reviewing officer asks for the statutory review before its limit."""

from datetime import date
from uuid import UUID

from engine.errors import Refused
from engine.store.models import Case
from engine.work import Work, verb
from workflows.calendar import last_working_day_by
from workflows.days import day_if_any
from workflows.pep.changes.command import (
    let_dates_follow,
    needs_reason,
    note,
    put_on_record,
    refuse,
    running_case,
)
from workflows.pep.reviews import StatutoryReview, last_review_before, review_of


@verb
def bring_review_forward(work: Work, case_id: UUID, *, on: date, reason: str) -> UUID:
    """Hold the review by an earlier day: the authority must, where the reviewing officer asks
    (regulation 33(3)(a)). From then on that day is the limit that everything counts from, and they
    alone put it right.

    Raises `AnswersInvalid`, and `Refused` where the case prepares no review that is to come.
    """
    case = running_case(work, case_id)
    review = _review_to_come(work, case)
    before = last_review_before(work.session, review)
    held = before.held_on if before else None
    was, asked = review.expected_on, review.asked_for_by
    expected = last_working_day_by(None, review.limit_on) if asked else was
    refuse([
        needs_reason(reason),
        (on < work.today, "on", "The day of the review is in the past. Enter today or a later day"),
        (held is not None and on <= held, "on",
         f"The review before was held on {day_if_any(held)}. Enter a later day"),
        (on == asked, "on", "You have asked for this day already. Enter another one"),
        (on >= expected, "on",
         f"The review is expected on {day_if_any(expected)} "
         f"{'without your request' if asked else 'already'}. Enter an earlier day"),
    ])
    review.asked_for_by = review.planned_on = on
    put_on_record(work, case, "review.planned_on", on.isoformat())
    note(work, case, "review_brought_forward", "bring_review_forward", was=was, on=on,
         reason=reason)
    let_dates_follow(work, case.child_id, reason)
    return case.id


def _review_to_come(work: Work, case: Case) -> StatutoryReview:
    """Raises `Refused` where there is none, or where it has been held."""
    review = review_of(work.session, case.id)
    if review is None:
        msg = "This case prepares no statutory review."
        raise Refused(msg)
    if review.held_on is not None:
        msg = (f"This review was held on {day_if_any(review.held_on)}. The next one has its own "
               "case.")
        raise Refused(msg)
    return review
