"""The statutory limits, on the worked examples of the procedure's analysis."""

from dataclasses import dataclass
from datetime import date

import pytest

from workflows.calendar import last_working_day_by
from workflows.pep.deadlines import (
    DEADLINES,
    FUNCTIONS,
    Kind,
    first_review_by,
    later_review_by,
    limit_in_words,
    plan_prepared_by,
    second_review_by,
)


@dataclass(frozen=True)
class Worked:
    """A child placed and looked after from one day; reviews on the last working day in time."""

    start: str
    plan_by: str
    first: str
    second_limit: str
    second: str
    third_limit: str
    third: str


WORKED = [
    Worked("2026-01-05", "2026-01-19", "2026-02-02",
           "2026-05-02", "2026-05-01", "2026-11-01", "2026-10-30"),
    Worked("2025-12-18", "2026-01-06", "2026-01-20",
           "2026-04-20", "2026-04-20", "2026-10-20", "2026-10-20"),
    Worked("2026-03-25", "2026-04-10", "2026-04-24",
           "2026-07-24", "2026-07-24", "2027-01-24", "2027-01-22"),
    Worked("2026-07-20", "2026-08-03", "2026-08-17",
           "2026-11-17", "2026-11-17", "2027-05-17", "2027-05-17"),
    Worked("2026-01-10", "2026-01-23", "2026-02-06",
           "2026-05-06", "2026-05-06", "2026-11-06", "2026-11-06"),
]


@pytest.mark.parametrize("child", WORKED, ids=lambda child: child.start)
def test_the_limits_of_the_worked_examples(child):
    start = date.fromisoformat(child.start)
    first = first_review_by(None, start)
    second_limit = second_review_by(None, first)
    second = last_working_day_by(None, second_limit)
    third_limit = later_review_by(None, second)
    third = last_working_day_by(None, third_limit)

    found = [start, plan_prepared_by(None, start), first, second_limit, second, third_limit, third]
    assert Worked(*(day.isoformat() for day in found)) == child


def test_ten_working_days_over_christmas_in_words():
    assert limit_in_words("plan_prepared_by", date(2025, 12, 18)) == (
        "10 working days from Thu 18 Dec 2025, skipping 25 and 26 Dec, 1 Jan: Tue 6 Jan 2026"
    )


def test_a_limit_in_months_in_words():
    assert limit_in_words("second_review_by", date(2026, 2, 2)) == (
        "3 months from Mon 2 Feb 2026: Sat 2 May 2026, last working day Fri 1 May 2026"
    )


def test_a_statutory_limit_explains_every_day():
    [explain] = [each.explain for each in FUNCTIONS if each.name == "plan_prepared_by"]

    steps = explain(None, date(2026, 3, 25))

    assert steps[-1].day == date(2026, 4, 10)
    assert steps[-1].why == "working day 10"
    assert {step.why for step in steps if not step.counted} == {
        "Saturday", "Sunday", "Good Friday", "Easter Monday",
    }


def test_all_twenty_deadlines_are_declared_with_their_source():
    assert [deadline.id for deadline in DEADLINES] == [f"T{n}" for n in range(1, 21)]
    assert all(deadline.source and deadline.anchor and deadline.breach for deadline in DEADLINES)


def test_each_statutory_limit_names_a_function_that_diagrams_may_call():
    named = {deadline.limit for deadline in DEADLINES if deadline.limit}

    assert named == {function.name for function in FUNCTIONS}
    assert {d.id for d in DEADLINES if d.kind is Kind.STATUTORY and not d.limit} == {"T1"}
