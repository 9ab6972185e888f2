"""A date that was entered wrongly is put right, and all that counts from it follows."""

from collections.abc import Callable, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import select

from engine.errors import AnswersInvalid
from engine.store.models import Case
from engine.work import Work, verb
from workflows.children import CarePeriod, Child, Placement, first_placement
from workflows.days import day_if_any
from workflows.pep.changes.command import (
    AHEAD,
    Rule,
    let_dates_follow,
    needs_reason,
    note,
    put_on_record,
    refuse,
    running_case,
)
from workflows.pep.deadlines import first_review_with_plan
from workflows.pep.reviews import StatutoryReview, earliest_review, review_of, why_not_on

THE_SAME = "This is the date that stands there now. Enter the right one"


@verb
def correct_date(work: Work, case_id: UUID, *, which: str, correct: date, reason: str) -> UUID:
    """`which` is `looked_after`, `first_placement` or `planned_review`.

    Raises `AnswersInvalid` with a sentence for an order of dates that cannot be.
    """
    case = running_case(work, case_id)
    refuse([needs_reason(reason)])
    was = _DATES[which](work, case, correct)
    note(work, case, "date_corrected", "correct_date", which=which, was=was, now=correct,
         reason=reason)
    let_dates_follow(work, case.child_id, reason)
    return case.id


def _looked_after(work: Work, case: Case, correct: date) -> date:
    child = work.session.get_one(Child, case.child_id)
    was = child.looked_after_on
    placed = first_placement(work.session, child.id, was)
    first = earliest_review(work.session, child)
    known = first.known_before_on if first else None
    earlier = work.session.get(CarePeriod, (child.id, child.care_period - 1))
    refuse([
        (correct == was, "correct", THE_SAME),
        (correct < child.born_on, "correct",
         "The child became looked after before they were born. Check both dates"),
        (earlier is not None and correct <= earlier.ended_on, "correct",
         f"The time in care before ended on {day_if_any(earlier.ended_on if earlier else None)}. "
         "Enter a later day"),
        (placed is not None and correct > placed.starts_on, "correct",
         f"The first placement began on {day_if_any(placed.starts_on if placed else None)}. Enter "
         "that day or an earlier one, or correct the placement first"),
        (first is not None and first.held_on is not None and correct > first.held_on, "correct",
         f"The first review was held on {day_if_any(first.held_on if first else None)}. Enter that "
         "day or an earlier one"),
        (known is not None and correct > known, "correct",
         f"A review was held on {day_if_any(known)}. Enter that day or an earlier one"),
        _too_far(work, correct),
    ])
    child.looked_after_on = correct
    if first is not None:
        _count_anew(first, child)
    return was


def _count_anew(first: StatutoryReview, child: Child) -> None:
    """One that was held keeps its number: those after it count on from there. So does one that
    follows reviews from before Pepway knew the child."""
    if first.known_before_on is not None:
        return
    number, limit = first_review_with_plan(child.looked_after_on, child.born_on)
    if first.held_on is None or first.number == number:
        first.number, first.limit_on = number, limit


def _first_placement(work: Work, case: Case, correct: date) -> date:
    child = work.session.get_one(Child, case.child_id)
    placed = first_placement(work.session, child.id, child.looked_after_on)
    if placed is None:
        raise AnswersInvalid({"which": "There is no placement yet. Choose another date"})
    following = work.session.scalar(
        select(Placement.starts_on)
        .where(Placement.child_id == child.id, Placement.starts_on > placed.starts_on)
        .order_by(Placement.starts_on)
        .limit(1)
    )
    was = placed.starts_on
    refuse([
        (correct == was, "correct", THE_SAME),
        (correct < child.looked_after_on, "correct",
         f"The child became looked after on {day_if_any(child.looked_after_on)}. Enter that day or "
         "a later one, or correct that date first"),
        (following is not None and correct >= following, "correct",
         f"The next placement began on {day_if_any(following)}. Enter an earlier day"),
        _too_far(work, correct),
    ])
    placed.starts_on = correct
    return was


def _planned_review(work: Work, case: Case, correct: date) -> date:
    review = review_of(work.session, case.id)
    was = review.planned_on if review and review.held_on is None else None
    if review is None or was is None:
        raise AnswersInvalid(
            {"which": "No day is planned for a review that is to come. Choose another date"}
        )
    why_not = why_not_on(work.session, review, correct, work.today)
    refuse([(correct == was, "correct", THE_SAME), (bool(why_not), "correct", why_not)])
    review.planned_on = correct
    put_on_record(work, case, "review.planned_on", correct.isoformat())
    return was


_DATES: Mapping[str, Callable[[Work, Case, date], date]] = {
    "looked_after": _looked_after,
    "first_placement": _first_placement,
    "planned_review": _planned_review,
}


def _too_far(work: Work, day: date) -> Rule:
    return (day > work.today + AHEAD, "correct",
            f"This is more than {AHEAD.days} days ahead. Check the year")
