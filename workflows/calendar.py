"""Working days, council days, school days and months: the only place that counts days.

Working day: Care Planning, Placement and Case Review (England) Regulations 2010, regulation 2:
any day other than a Saturday, a Sunday, Christmas Day, Good Friday or a bank holiday in England.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import holidays
from dateutil.relativedelta import relativedelta

from engine.domain import Function, Overload, Step, ValueType
from engine.errors import FlowFailed

FARTHEST = 3660
"""Days that a count may reach; more is a mistake in the diagram."""


@dataclass(frozen=True, slots=True)
class Term:
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Calendar:
    """What is the council's own: days on which it is closed, and school terms of its area."""

    closures: frozenset[date] = frozenset()
    terms: tuple[Term, ...] = ()
    today: date | None = None


@lru_cache(maxsize=64)
def bank_holidays(year: int) -> dict[date, str]:
    """England's bank holidays, Christmas Day and Good Friday of one year, by date."""
    found = holidays.country_holidays("GB", subdiv="ENG", years=year)
    return {day: str(name) for day, name in found.items()}


def not_working(day: date) -> str | None:
    """Why this is not a working day, or None where it is one."""
    if day.weekday() >= 5:
        return "Saturday" if day.weekday() == 5 else "Sunday"
    return bank_holidays(day.year).get(day)


def working_days(_calendar: Any, start: date, count: int) -> date:
    """The count-th working day after `start` (before, where negative); 0 is `start` itself."""
    return _count(start, count, not_working)[0]


def council_days(calendar: Calendar | None, start: date, count: int) -> date:
    """As `working_days`, without the days on which the council is closed."""
    return _count(start, count, lambda day: _not_council(calendar, day))[0]


def school_days(calendar: Calendar | None, start: date, count: int) -> date:
    """The count-th school day. Raises `FlowFailed` where no term dates reach that far."""
    return _count(start, count, lambda day: _not_school(calendar, day))[0]


def months(_calendar: Any, start: date, count: int) -> date:
    """The same day of the month, `count` calendar months on; clamped to the month's end."""
    _within_reach(count * 31)
    return start + relativedelta(months=count)


def last_working_day_before(_calendar: Any, day: date) -> date:
    """Strictly before."""
    return _count(day, -1, not_working)[0]


def last_working_day_by(_calendar: Any, day: date) -> date:
    """On or before."""
    return day if not_working(day) is None else _count(day, -1, not_working)[0]


def age(calendar: Calendar | None, birth: date, on: date | None = None) -> int:
    """Whole years on a day, or today. Born on 29 February: a year older on 1 March."""
    on = on or (calendar.today if calendar else None)
    if on is None:
        msg = "Say on which day the age is wanted: age(birth, day)."
        raise FlowFailed(msg)
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def read_date(_calendar: Any, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        msg = f"“{text}” is not a real date."
        raise FlowFailed(msg) from problem


def count_steps(
    calendar: Calendar | None, start: date, count: int, kind: str = "working"
) -> list[Step]:
    """Every calendar day passed, in order, and whether it was counted."""
    excuses: dict[str, Callable[[date], str | None]] = {
        "working": not_working,
        "council": lambda day: _not_council(calendar, day),
        "school": lambda day: _not_school(calendar, day),
    }
    return _count(start, count, excuses[kind])[1]


def in_words(start: date, count: int, end: date, steps: Sequence[Step]) -> str:
    """"10 working days from Thu 18 Dec 2025, skipping 25 and 26 Dec, 1 Jan: Tue 6 Jan 2026"."""
    skipped = [s.day for s in steps if not s.counted and s.day.weekday() < 5]
    noun = "working day" if abs(count) == 1 else "working days"
    direction = "from" if count >= 0 else "before"
    text = f"{abs(count)} {noun} {direction} {_day(start)}"
    if skipped:
        text += f", skipping {_days_listed(skipped)}"
    return f"{text}: {_day(end)}"


def _count(
    start: date, count: int, excuse: Callable[[date], str | None]
) -> tuple[date, list[Step]]:
    _within_reach(count * 3)
    day, left, steps = start, abs(count), list[Step]()
    direction = timedelta(days=1 if count > 0 else -1)
    while left:
        day += direction
        if abs((day - start).days) > FARTHEST:
            msg = "These days cannot be counted so far ahead."
            raise FlowFailed(msg)
        why = excuse(day)
        if why is None:
            left -= 1
            why = f"day {abs(count) - left}"
            steps.append(Step(day, True, why))
        else:
            steps.append(Step(day, False, why))
    return day, steps


def _within_reach(days: int) -> None:
    if abs(days) > FARTHEST * 3:
        msg = "This counts more than ten years. Use a smaller number."
        raise FlowFailed(msg)


def _not_council(calendar: Calendar | None, day: date) -> str | None:
    closed = calendar is not None and day in calendar.closures
    return not_working(day) or ("council closed" if closed else None)


def _not_school(calendar: Calendar | None, day: date) -> str | None:
    terms = calendar.terms if calendar else ()
    if not terms or day > max(term.ends_on for term in terms):
        msg = "There are no term dates for this count. Ask the administrator to enter them."
        raise FlowFailed(msg)
    in_term = any(term.starts_on <= day <= term.ends_on for term in terms)
    return not_working(day) or (None if in_term else "school holiday")


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"


def _days_listed(days: Sequence[date]) -> str:
    """"25 and 26 Dec, 1 Jan": days of one month together."""
    by_month: dict[str, list[str]] = {}
    for day in sorted(days):
        by_month.setdefault(f"{day:%b}", []).append(str(day.day))
    parts = []
    for month, numbers in by_month.items():
        listed = numbers[0] if len(numbers) == 1 else (
            ", ".join(numbers[:-1]) + " and " + numbers[-1]
        )
        parts.append(f"{listed} {month}")
    return ", ".join(parts)


def _explained(kind: str) -> Callable[..., Sequence[Step]]:
    def explain(calendar: Calendar | None, start: date, count: int) -> Sequence[Step]:
        return count_steps(calendar, start, count, kind)

    return explain


def _explain_before(_calendar: Any, day: date) -> Sequence[Step]:
    return count_steps(None, day, -1)


def _explain_by(_calendar: Any, day: date) -> Sequence[Step]:
    return [] if not_working(day) is None else count_steps(None, day, -1)


_D, _I, _S = ValueType.DATE, ValueType.INT, ValueType.STRING
_COUNTING = (Overload((_D, _I), _D),)

FUNCTIONS = (
    Function("working_days", _COUNTING, working_days, _explained("working"), "working days"),
    Function("council_days", _COUNTING, council_days, _explained("council"), "council days"),
    Function("school_days", _COUNTING, school_days, _explained("school"), "school days"),
    Function("months", _COUNTING, months, None, "calendar months"),
    Function("last_working_day_before", (Overload((_D,), _D),), last_working_day_before,
             _explain_before, "last working day before"),
    Function("last_working_day_by", (Overload((_D,), _D),), last_working_day_by,
             _explain_by, "last working day on or before"),
    Function("age", (Overload((_D,), _I), Overload((_D, _D), _I)), age, None, "age in whole years on a day"),
    Function("date", (Overload((_S,), _D),), read_date, None, "a date"),
)
