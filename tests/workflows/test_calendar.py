"""Counting days: what the calendar says, and in which words it says why."""

from datetime import date

import pytest

from engine.errors import FlowFailed
from workflows.calendar import (
    Calendar,
    Term,
    age,
    council_days,
    explain_council_days,
    explain_school_days,
    explain_working_days,
    in_words,
    last_working_day_before,
    last_working_day_by,
    months,
    months_in_words,
    read_date,
    school_days,
    working_days,
    working_days_until,
)

CHRISTMAS_WEEK = frozenset(date(2025, 12, day) for day in (24, 29, 30, 31))
SPRING_AND_SUMMER = (
    Term(date(2026, 4, 20), date(2026, 5, 22)),
    Term(date(2026, 6, 1), date(2026, 7, 21)),
    Term(date(2026, 9, 2), date(2026, 10, 23)),
)
COUNCIL = Calendar(CHRISTMAS_WEEK, SPRING_AND_SUMMER, today=date(2026, 3, 25))


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2026-01-10", 1, "2026-01-12"),  # from a Saturday, day 1 is Monday
        ("2026-01-10", 0, "2026-01-10"),  # nothing counted, not moved either
        ("2026-01-12", -1, "2026-01-09"),
        ("2026-04-07", -1, "2026-04-02"),  # back over Easter
        ("2021-12-24", 1, "2021-12-29"),  # both Christmas days have substitutes
        ("2022-06-01", 1, "2022-06-06"),  # the Platinum Jubilee's two days
        ("2020-05-07", 1, "2020-05-11"),  # the May bank holiday that moved to VE Day
    ],
)
def test_working_days_leave_out_weekends_and_bank_holidays(start, count, end):
    assert working_days(None, date.fromisoformat(start), count) == date.fromisoformat(end)


def test_every_day_passed_says_why_it_was_counted_or_not():
    steps = explain_working_days(None, date(2025, 12, 24), 2)

    assert [(step.day.day, step.counted, step.why) for step in steps] == [
        (25, False, "Christmas Day"),
        (26, False, "Boxing Day"),
        (27, False, "Saturday"),
        (28, False, "Sunday"),
        (29, True, "working day 1"),
        (30, True, "working day 2"),
    ]


def test_a_substitute_day_is_called_so():
    [monday, *_] = explain_working_days(None, date(2022, 1, 2), 1)

    assert monday.why == "New Year's Day (substitute day)"


@pytest.mark.parametrize(
    ("start", "count", "sentence"),
    [
        ("2025-12-18", 10,
         "10 working days from Thu 18 Dec 2025, skipping 25 and 26 Dec, 1 Jan: Tue 6 Jan 2026"),
        ("2026-01-05", 10, "10 working days from Mon 5 Jan 2026: Mon 19 Jan 2026"),
        ("2026-01-05", 1, "1 working day from Mon 5 Jan 2026: Tue 6 Jan 2026"),
        ("2026-04-10", -5,
         "5 working days before Fri 10 Apr 2026, skipping 3 and 6 Apr: Wed 1 Apr 2026"),
        ("2026-01-05", 0, "0 working days from Mon 5 Jan 2026: Mon 5 Jan 2026"),
    ],
)
def test_the_arithmetic_stands_in_one_sentence(start, count, sentence):
    start = date.fromisoformat(start)
    end = working_days(None, start, count)

    assert in_words(start, count, end, explain_working_days(None, start, count)) == sentence


def test_the_councils_closures_move_council_days_only():
    start = date(2025, 12, 18)

    assert working_days(COUNCIL, start, 10) == date(2026, 1, 6)
    assert council_days(COUNCIL, start, 10) == date(2026, 1, 12)


def test_a_long_closure_is_told_by_its_two_ends():
    start = date(2025, 12, 18)
    steps = explain_council_days(COUNCIL, start, 10)

    assert in_words(start, 10, steps[-1].day, steps) == (
        "10 council days from Thu 18 Dec 2025, skipping 24 Dec to 1 Jan: Mon 12 Jan 2026"
    )


def test_school_days_pass_over_school_holidays():
    start = date(2026, 7, 20)
    steps = explain_school_days(COUNCIL, start, 3)

    assert school_days(COUNCIL, start, 3) == date(2026, 9, 3)
    assert in_words(start, 3, steps[-1].day, steps) == (
        "3 school days from Mon 20 Jul 2026, skipping 22 Jul to 1 Sep: Thu 3 Sep 2026"
    )


@pytest.mark.parametrize("calendar", [None, Calendar(), COUNCIL], ids=["none", "empty", "ends"])
def test_school_days_are_refused_where_no_term_dates_reach(calendar):
    with pytest.raises(FlowFailed, match=r"no term dates for .* Ask the administrator"):
        school_days(calendar, date(2026, 10, 20), 20)


def test_school_days_are_refused_before_the_first_known_term():
    with pytest.raises(FlowFailed, match="no term dates for Fri 17 Apr 2026"):
        school_days(COUNCIL, date(2026, 4, 21), -2)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2025-11-30", 3, "2026-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2026-08-31", 1, "2026-09-30"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-02-28", 1, "2026-03-28"),
    ],
)
def test_months_clamp_to_the_end_of_the_month(start, count, end):
    assert months(None, date.fromisoformat(start), count) == date.fromisoformat(end)


def test_a_limit_in_months_shows_the_last_working_day_beside_it():
    assert months_in_words(date(2026, 2, 2), 3) == (
        "3 months from Mon 2 Feb 2026: Sat 2 May 2026, last working day Fri 1 May 2026"
    )
    assert months_in_words(date(2026, 1, 20), 3) == (
        "3 months from Tue 20 Jan 2026: Mon 20 Apr 2026"
    )


def test_the_last_working_day_before_is_strictly_before_and_by_is_not():
    friday, saturday = date(2026, 5, 1), date(2026, 5, 2)

    assert last_working_day_by(None, friday) == friday
    assert last_working_day_by(None, saturday) == friday
    assert last_working_day_before(None, saturday) == friday
    assert last_working_day_before(None, friday) == date(2026, 4, 30)


def test_working_days_until_counts_the_last_day_and_goes_below_nothing():
    assert working_days_until(date(2026, 4, 2), date(2026, 4, 7)) == 1
    assert working_days_until(date(2026, 4, 7), date(2026, 4, 7)) == 0
    assert working_days_until(date(2026, 4, 7), date(2026, 4, 2)) == -1


@pytest.mark.parametrize(
    ("birth", "on", "years"),
    [("2012-03-25", "2026-03-24", 13), ("2012-03-25", "2026-03-25", 14),
     ("2012-02-29", "2026-02-28", 13), ("2012-02-29", "2026-03-01", 14)],
)
def test_age_in_whole_years(birth, on, years):
    assert age(None, date.fromisoformat(birth), date.fromisoformat(on)) == years


def test_age_without_a_day_is_age_today():
    assert age(COUNCIL, date(2012, 3, 25)) == 14
    with pytest.raises(FlowFailed, match="on which day"):
        age(None, date(2012, 3, 25))


@pytest.mark.parametrize("text", ["2026-02-30", "20260325", "2026-3-5", "2026-W13-3", "soon", ""])
def test_a_date_that_is_none_is_refused(text):
    with pytest.raises(FlowFailed, match="not a real date"):
        read_date(None, text)


def test_what_lies_beyond_all_sense_is_refused_in_a_sentence():
    with pytest.raises(FlowFailed, match="more than ten years from Mon 5 Jan 2026"):
        working_days(None, date(2026, 1, 5), 100_000)
    with pytest.raises(FlowFailed, match="its year is 206"):
        working_days(None, date(206, 3, 25), 10)
    with pytest.raises(FlowFailed, match="cannot be counted"):
        months(None, date(9990, 1, 1), 600)
    with pytest.raises(FlowFailed, match="cannot be counted"):
        months(None, date(2026, 1, 1), 10**12)
