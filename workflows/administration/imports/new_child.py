"""What a row comes to of a child whom Pepway does not know: which case begins, and by when."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from engine.work import Work
from workflows.administration.imports.child_columns import (
    COLUMN_OF,
    LAST_REVIEW,
    NEITHER,
    NEXT_REVIEW,
    NUMBER,
    REVIEWS_HELD,
)
from workflows.administration.imports.kinds import LEFT, NEW, Change
from workflows.administration.imports.placed import said_by_column
from workflows.administration.imports.reading import Row
from workflows.calendar import age, last_working_day_before, last_working_day_by
from workflows.days import short_day
from workflows.pep.deadlines import (
    first_review_with_plan,
    plan_counts_from,
    plan_due,
    third_birthday,
)
from workflows.pep.facts import SHORT_BREAKS
from workflows.pep.starting import ADULT, Reviewed, make_known

MOST_REVIEWS = 60
"""More than 18 years have room for."""


def beginning_of(today: date, row: Row, given: Mapping[str, Any]) -> Change:
    if age(None, given["born_on"], today) >= ADULT:
        return Change(LEFT, row=row, says=f"Left aside: {ADULT} or older, so no plan is made")
    reviewed = _reviewed(row, given, today)
    if given.get("legal_status") == SHORT_BREAKS or (
        reviewed and reviewed.held_on < third_birthday(given["born_on"])
    ):
        reviewed = None
    return Change(NEW, said_by_column(_beginning(given, reviewed), COLUMN_OF, NUMBER), row=row,
                  says=_opens(today, given, reviewed))


def _beginning(given: Mapping[str, Any], reviewed: Reviewed | None) -> Callable[[Work], Any]:
    return lambda work: make_known(work, given, reviewed)


def _reviewed(row: Row, given: Mapping[str, Any], today: date) -> Reviewed | None:
    """The last review, where one was held before Pepway knew of the child."""
    if row.cells[LAST_REVIEW].casefold() == NEITHER:
        return None
    held, number, planned = row.day(LAST_REVIEW), row.cells[REVIEWS_HELD], given["next_review"]
    if held is None:
        _, limit = first_review_with_plan(given["became_looked_after_on"], given["born_on"])
        if limit < today and given.get("legal_status") != SHORT_BREAKS:
            row.says(LAST_REVIEW, f"The first review with a plan was due by {short_day(limit)}. "
                                  "Write when the last review was held, or none if there was none")
        return None
    if held > today:
        row.says(LAST_REVIEW, "This day is in the future. Write when the last review was held")
    if held < given["became_looked_after_on"]:
        row.says(LAST_REVIEW, "This is before the child became looked after. Check both days")
    if not number.isdecimal() or not 1 <= int(number) <= MOST_REVIEWS:
        row.says(REVIEWS_HELD, "Write how many reviews were held, as a number: after the first the "
                               "next is due within 3 months, after others within 6")
        return None
    reviewed = Reviewed(int(number), held, planned)
    if planned is not None and not (held < planned and today <= planned <= reviewed.next_by):
        row.says(NEXT_REVIEW, "Write a day from today on, by "
                              f"{short_day(reviewed.next_by)}, or leave this empty")
    return reviewed


def _opens(today: date, given: Mapping[str, Any], reviewed: Reviewed | None) -> str:
    if given.get("legal_status") == SHORT_BREAKS:
        return "No plan: short breaks"
    if reviewed is not None:
        held_on = reviewed.next_planned_on or last_working_day_by(None, reviewed.next_by)
        return (f"3 or 6 monthly PEP for the review by {short_day(reviewed.next_by)}; "
                f"{_due(last_working_day_before(None, held_on), today)}")
    start = given["first_placement_on"]
    since = plan_counts_from(start, given["born_on"])
    if since > today and since != start:
        return f"Initial PEP, which begins on the third birthday, {short_day(since)}"
    due = plan_due(today, since, planned=given["entry"] == "planned" and since == start)
    return f"Initial PEP; {_due(due, today)}"


def _due(day: date, today: date) -> str:
    return f"the plan {'was' if day < today else 'is'} due by {short_day(day)}"
