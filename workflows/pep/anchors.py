"""Where each deadline counts from in one case, and what met it: the events, tasks and record.

`ANCHORS` and `MEETS` answer for every `Anchor` and `Met` of the table of deadlines. An anchor
without a day has no meaning in this case now.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from workflows.pep.case_dates import (
    CHILD_MET,
    COPIES,
    DISPUTE,
    EXCLUSIONS,
    INTERIM_FROM,
    MEETING,
    PLANNED_MEETING,
    QUALITY,
    RATING,
    RETURNED,
    SCHOOL,
    SOCIAL_WORK,
    STARTED_SCHOOL,
    CaseDates,
    day_of,
    day_or_none,
)
from workflows.pep.deadlines import Anchor, Met
from workflows.pep.plan import SIGNATURES
from workflows.pep.schooling import Gap, moved_on


def _of_first(read: Callable[[CaseDates], date | None]) -> Callable[[CaseDates], date | None]:
    """What only an initial plan counts from."""
    return lambda case: read(case) if case.makes_first_plan else None


def _planned_placement(case: CaseDates) -> date | None:
    placement = case.placement
    return placement.starts_on if placement and placement.planned else None


def _plan_from(case: CaseDates) -> date | None:
    """Of a child younger than three, the third birthday: from there on a plan is made."""
    return case.plan_from


def _first_review(case: CaseDates) -> date | None:
    return case.review.expected_on if case.review else None


def _held_before(case: CaseDates) -> date | None:
    """Where its day was never entered, the next case counts from the day on which it opened."""
    before = case.review_before
    return (before.held_on if before else None) or case.opened_on


def _review(case: CaseDates) -> date | None:
    return case.review.expected_on if case.review and not case.makes_first_plan else None


def _gap(case: CaseDates) -> Gap | None:
    """The time without a school place that this case has seen."""
    gap = case.gap
    return None if gap and gap.until and gap.until <= case.opened_on else gap


def _new_school(case: CaseDates) -> date | None:
    """A move while this case ran, or one before it that no plan has followed yet."""
    moved = moved_on(case.enrolments)
    if moved is None or moved <= case.in_care_since:
        return None
    return moved if moved > case.opened_on or (case.runs and not case.plan_since(moved)) else None


def _meeting(case: CaseDates) -> date | None:
    return case.day_at(MEETING) or case.day_at(PLANNED_MEETING)


def _returned(case: CaseDates) -> date | None:
    """When the plan was last rated, where that rating returned it."""
    row = case.values.get(RATING)
    rated = [task.ended_at for task in case.tasks if task.element == QUALITY and task.ended_at]
    return day_of(rated[-1]) if rated and row and row.value == RETURNED else None


def _signed_again(case: CaseDates) -> date | None:
    """A return takes both signatures back: what stands now was given after it."""
    signed = [row.at for path in SIGNATURES if (row := case.values.get(path)) and row.value is True]
    return day_of(max(signed)) if len(signed) == len(SIGNATURES) else None


def _exclusion(case: CaseDates) -> date | None:
    """While it lasts; a permanent one until the child goes to another school."""
    row = case.values.get(EXCLUSIONS)
    rows: list[Any] = row.value if case.runs and row and isinstance(row.value, list) else []
    moved = moved_on(case.enrolments)
    for each in reversed(rows):
        begins, ends = day_or_none(each.get("from")), day_or_none(each.get("to"))
        over = ends < case.on if ends else bool(begins and moved and moved > begins)
        if begins and not over:
            return begins
    return None


def _educated(case: CaseDates) -> date | None:
    begins, excluded = case.day_at(INTERIM_FROM), _exclusion(case)
    return begins if begins and excluded and begins >= excluded else None


def _place_found(case: CaseDates) -> date | None:
    """A place on the roll; before that is entered, the one that the virtual school has secured."""
    gap = _gap(case)
    if gap is None:
        return None
    secured = case.day_at(STARTED_SCHOOL)
    return gap.until or (secured if secured and secured > gap.since else None)


def _with_school(case: CaseDates) -> date | None:
    return next((day_of(t.opened_at) for t in case.tasks if t.element in SCHOOL), None)


def _dispute(case: CaseDates) -> date | None:
    return next((day_of(t.opened_at) for t in case.tasks if t.element == DISPUTE), None)


def _new_plan(case: CaseDates) -> date | None:
    moved = _new_school(case)
    return case.plan_since(moved) if moved else None


def _held(case: CaseDates) -> date | None:
    return case.review.held_on if case.review else None


def _prepared(case: CaseDates) -> date | None:
    return case.stamp("prepared_at")


ANCHORS: Mapping[Anchor, Callable[[CaseDates], date | None]] = {
    Anchor.PLANNED_PLACEMENT: _of_first(_planned_placement),
    Anchor.PLACEMENT: _of_first(_plan_from),
    Anchor.IN_CARE: lambda case: case.in_care_since if case.number == 1 else None,
    Anchor.FIRST_REVIEW: _of_first(_first_review),
    Anchor.FIRST_HELD: lambda case: _held_before(case) if case.number == 2 else None,
    Anchor.LAST_HELD: lambda case: _held_before(case) if case.number > 2 else None,
    Anchor.REVIEW: _review,
    Anchor.TERM_ENDS: lambda case: case.term_plan_by,
    Anchor.NEW_SCHOOL: _new_school,
    Anchor.NO_PLACE: lambda case: gap.since if (gap := _gap(case)) else None,
    Anchor.MEETING: _meeting,
    Anchor.SIGNED: _prepared,
    Anchor.RETURNED: _returned,
    Anchor.DISPUTE: _dispute,
    Anchor.EXCLUSION: _exclusion,
    Anchor.REVIEW_HELD: _held,
}

MEETS: Mapping[Met, Callable[[CaseDates], date | None]] = {
    Met.PREPARED: _prepared,
    Met.HELD: _held,
    Met.PASSED_ON: lambda case: case.stamp("passed_at"),
    Met.NEW_PLAN: _new_plan,
    Met.PLACE_FOUND: _place_found,
    Met.TOLD: lambda case: case.told_on,
    Met.SOCIAL_WORK_DONE: lambda case: case.done(*SOCIAL_WORK),
    Met.SCHOOL_DONE: lambda case: case.done(*SCHOOL),
    Met.QUALITY_ASSURED: lambda case: case.done(QUALITY),
    Met.SIGNED_AGAIN: _signed_again,
    Met.OFFICER_APPOINTED: lambda case: case.officer_since,
    Met.DISPUTE_SETTLED: lambda case: case.done(DISPUTE),
    Met.EDUCATED: _educated,
    Met.COPIES_OUT: lambda case: case.done(COPIES),
    Met.WITH_SCHOOL: _with_school,
    Met.CHILD_MET: lambda case: case.day_at(CHILD_MET),
}
