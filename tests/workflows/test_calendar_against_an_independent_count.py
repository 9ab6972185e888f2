"""20,000 generated dates: the calendar agrees with a second, independent computation.

Nothing here uses the `holidays` library: Easter is Gauss's (in Meeus's form), bank holidays are
the Banking and Financial Dealings Act 1971's as practised, with their substitutes and the
single days that were proclaimed.
"""

import random
from datetime import date, timedelta
from functools import cache

from workflows.calendar import (
    last_working_day_before,
    last_working_day_by,
    months,
    working_days,
)

FIRST_YEAR, LAST_YEAR = 2010, 2060
DATES = 20_000

PROCLAIMED = {
    date(2011, 4, 29),  # a royal wedding
    date(2012, 6, 5),  # Diamond Jubilee
    date(2022, 6, 3),  # Platinum Jubilee
    date(2022, 9, 19),  # the Queen's funeral
    date(2023, 5, 8),  # the King's coronation
}
MOVED = {
    2012: ((5, 28), (6, 4)),  # spring bank holiday, for the Diamond Jubilee
    2020: ((5, 4), (5, 8)),  # early May bank holiday, to VE Day
    2022: ((5, 30), (6, 2)),  # spring bank holiday, for the Platinum Jubilee
}
DAYS_IN_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def easter(year):
    """Easter Sunday by the anonymous Gregorian algorithm."""
    golden, century, rest = year % 19, year // 100, year % 100
    moon = (
        19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15
    ) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def nth_monday(year, month, number):
    first = date(year, month, 1)
    monday = first + timedelta(days=(7 - first.weekday()) % 7)
    last = [monday + timedelta(days=7 * week) for week in range(5)]
    return [day for day in last if day.month == month][number]


def or_the_next_free(day, taken):
    """A bank holiday at a weekend gives its substitute: the next weekday that is none."""
    while day.weekday() >= 5 or day in taken:
        day += timedelta(days=1)
    return day


@cache
def bank_holidays(year):
    sunday = easter(year)
    days = {
        sunday - timedelta(days=2),
        sunday + timedelta(days=1),
        nth_monday(year, 5, 0),
        nth_monday(year, 5, -1),
        nth_monday(year, 8, -1),
        or_the_next_free(date(year, 1, 1), ()),
    }
    if year in MOVED:
        gone, come = MOVED[year]
        days = (days - {date(year, *gone)}) | {date(year, *come)}
    # Boxing Day keeps its own weekday; Christmas Day on a Sunday steps over it.
    boxing = or_the_next_free(date(year, 12, 26), ())
    christmas = or_the_next_free(date(year, 12, 25), {boxing})
    if date(year, 12, 25).weekday() == 5:
        christmas, boxing = date(year, 12, 27), date(year, 12, 28)
    return days | {christmas, boxing} | {day for day in PROCLAIMED if day.year == year}


def is_working(day):
    return day.weekday() < 5 and day not in bank_holidays(day.year)


def walk(day, count):
    step = timedelta(days=1 if count > 0 else -1)
    while count:
        day += step
        if is_working(day):
            count -= 1 if count > 0 else -1
    return day


def months_on(day, count):
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    leap = month == 1 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return date(year, month + 1, min(day.day, DAYS_IN_MONTH[month] + leap))


def generated():
    chance = random.Random(33)  # regulation 33
    span = (date(LAST_YEAR, 1, 1) - date(FIRST_YEAR, 3, 1)).days
    for _ in range(DATES):
        day = date(FIRST_YEAR, 3, 1) + timedelta(days=chance.randrange(span))
        yield day, chance.randint(-30, 45), chance.randint(-24, 24)


def test_20_000_generated_dates_agree():
    differing = [
        (day, count, span)
        for day, count, span in generated()
        if working_days(None, day, count) != walk(day, count)
        or months(None, day, span) != months_on(day, span)
        or last_working_day_before(None, day) != walk(day, -1)
        or last_working_day_by(None, day) != (day if is_working(day) else walk(day, -1))
    ]

    assert differing == []
