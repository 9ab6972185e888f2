"""Working days, council days, school days and months: the only place that counts days.

Working day: Care Planning, Placement and Case Review (England) Regulations 2010, regulation 2:
any day other than a Saturday, a Sunday, Christmas Day, Good Friday or a bank holiday in England.
School holidays count as working days; a council's own closures do too, in every statutory limit.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Protocol

import holidays
from dateutil.relativedelta import relativedelta

from engine.domain import Function, Overload, Step, ValueType
from engine.errors import FlowFailed
from workflows.days import short_day

FIRST_YEAR, LAST_YEAR = 1980, 2100
"""Years whose bank holidays are known; a date outside them is a slip of the keyboard."""
FARTHEST = 3660
"""Days that a count may pass; more is a mistake in the diagram."""
MOST_MONTHS = 1200

LAST_DAYS_LISTED = 3
"""A longer run of skipped days is told as "20 Jul to 31 Aug"."""

Excuse = Callable[[date], str | None]
"""Why a day is not counted, or None where it is."""


@dataclass(frozen=True, slots=True)
class Term:
    """One stretch of school days, both ends included; a half-term holiday parts two of them."""

    starts_on: date
    ends_on: date


class Days(Protocol):
    """What a count reads beyond working days. School terms are those of one area."""

    @property
    def closures(self) -> frozenset[date]: ...

    @property
    def terms(self) -> tuple[Term, ...]: ...

    @property
    def area(self) -> str: ...

    @property
    def today(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Calendar:
    """`Days` that are all there from the beginning; the council's own are read when asked for."""

    closures: frozenset[date] = frozenset()
    terms: tuple[Term, ...] = ()
    today: date | None = None
    area: str = ""


@lru_cache(maxsize=LAST_YEAR - FIRST_YEAR + 1)
def bank_holidays(year: int) -> Mapping[date, str]:
    """England's bank holidays, Christmas Day and Good Friday of one year, by date."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        msg = (
            f"Bank holidays are known for the years {FIRST_YEAR} to {LAST_YEAR}. "
            f"Check the date: its year is {year}."
        )
        raise FlowFailed(msg)
    found = holidays.country_holidays("GB", subdiv="ENG", years=year)
    return {day: name.replace("(observed)", "(substitute day)") for day, name in found.items()}


def not_working(day: date) -> str | None:
    """Why this is not a working day, or None where it is one."""
    if day.weekday() >= 5:
        return "Saturday" if day.weekday() == 5 else "Sunday"
    return bank_holidays(day.year).get(day)


def working_days(_calendar: Any, start: date, count: int) -> date:
    """The count-th working day after `start` (before, where negative); 0 is `start` itself."""
    return _working_day(start, count)


@lru_cache(maxsize=10_000)
def _working_day(start: date, count: int) -> date:
    """Every move of a case asks for a dozen of these; they never change."""
    return _end(start, explain_working_days(None, start, count))


def council_days(calendar: Days | None, start: date, count: int) -> date:
    """As `working_days`, without the days on which the council is closed."""
    return _end(start, explain_council_days(calendar, start, count))


def school_days(calendar: Days | None, start: date, count: int) -> date:
    """The count-th school day. Raises `FlowFailed` where the term dates do not reach that far."""
    terms, area = (calendar.terms, calendar.area) if calendar else ((), "")
    return _school_day(terms, area, start, count)


@lru_cache(maxsize=10_000)
def _school_day(terms: tuple[Term, ...], area: str, start: date, count: int) -> date:
    """Asked for as often as working days, and as unchanging for the same terms."""
    return _end(start, explain_school_days(Calendar(terms=terms, area=area), start, count))


def months(_calendar: Any, start: date, count: int) -> date:
    """The same day of the month, `count` calendar months on; clamped to the month's end."""
    try:
        if abs(count) <= MOST_MONTHS:
            return start + relativedelta(months=count)
    except (ValueError, OverflowError):
        pass
    msg = f"{count} months cannot be counted from {short_day(start)}."
    raise FlowFailed(msg)


def last_working_day_before(_calendar: Any, day: date) -> date:
    """Strictly before."""
    return working_days(None, day, -1)


def last_working_day_by(_calendar: Any, day: date) -> date:
    """On or before."""
    return day if not_working(day) is None else working_days(None, day, -1)


def later_of(_calendar: Any, one: date, other: date) -> date:
    """A due date that leaves whoever gets the task late at least some time."""
    return max(one, other)


def earlier_of(_calendar: Any, one: date, other: date) -> date:
    """A due date that leaves time before a day which does not wait."""
    return min(one, other)


def age(calendar: Days | None, birth: date, on: date | None = None) -> int:
    """Whole years on a day, or today. Born on 29 February: a year older on 1 March."""
    on = on or (calendar.today if calendar else None)
    if on is None:
        msg = "Say on which day the age is wanted: age(birth, day)."
        raise FlowFailed(msg)
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def read_date(_calendar: Any, text: str) -> date:
    """The date that `2026-03-25` stands for. Raises `FlowFailed` where it is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        msg = f"“{text}” is not a real date. Write it as 2026-03-25."
        raise FlowFailed(msg)
    return day


def working_days_until(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; negative where `end` is past."""
    if end < start:
        return -working_days_until(end, start)
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(1 for day in days if not_working(day) is None)


def explain_working_days(_calendar: Any, start: date, count: int) -> list[Step]:
    """Every calendar day passed, in order, and why it was counted or not."""
    return _count(start, count, not_working, "working day")


def explain_council_days(calendar: Days | None, start: date, count: int) -> list[Step]:
    """As `explain_working_days`."""
    return _count(start, count, lambda day: _not_council(calendar, day), "council day")


def explain_school_days(calendar: Days | None, start: date, count: int) -> list[Step]:
    """As `explain_working_days`. Raises `FlowFailed` where the term dates do not reach."""
    return _count(start, count, lambda day: _not_school(calendar, day), "school day")


def explain_days(_calendar: Any, start: date, count: int) -> list[Step]:
    """Every day counts, as in 48 hours."""
    return _count(start, count, lambda _day: None, "day")


def explain_last_working_day_before(_calendar: Any, day: date) -> list[Step]:
    return explain_working_days(None, day, -1)


def explain_last_working_day_by(_calendar: Any, day: date) -> list[Step]:
    return [] if not_working(day) is None else explain_working_days(None, day, -1)


def in_words(start: date, count: int, end: date, steps: Sequence[Step]) -> str:
    """"10 working days from Thu 18 Dec 2025, skipping 25 and 26 Dec, 1 Jan: Tue 6 Jan 2026"."""
    counted = next((step.why.rpartition(" ")[0] for step in steps if step.counted), "working day")
    noun = counted if abs(count) == 1 else f"{counted}s"
    text = f"{abs(count)} {noun} {'from' if count >= 0 else 'before'} {short_day(start)}"
    skipped = [s.day for s in steps if not s.counted and s.day.weekday() < 5]
    if skipped:
        text += f", skipping {_days_listed(skipped)}"
    return f"{text}: {short_day(end)}"


def months_in_words(start: date, count: int) -> str:
    """"3 months from Mon 2 Feb 2026: Sat 2 May 2026, last working day Fri 1 May 2026".

    A limit in months stays the calendar date ("not more than"); both days are shown.
    """
    limit = months(None, start, count)
    noun = "month" if abs(count) == 1 else "months"
    direction = "from" if count >= 0 else "before"
    text = f"{abs(count)} {noun} {direction} {short_day(start)}: {short_day(limit)}"
    by = last_working_day_by(None, limit)
    return text if by == limit else f"{text}, last working day {short_day(by)}"


def _count(start: date, count: int, excuse: Excuse, noun: str) -> list[Step]:
    steps: list[Step] = []
    counted = 0
    while counted < abs(count):
        day = _next(start, len(steps) + 1, backwards=count < 0)
        why = excuse(day)
        if why is None:
            counted += 1
        steps.append(Step(day, why is None, why or f"{noun} {counted}"))
    return steps


def _next(start: date, days: int, *, backwards: bool) -> date:
    try:
        if days <= FARTHEST:
            return start + timedelta(days=-days if backwards else days)
    except OverflowError:
        pass
    msg = f"This counts more than ten years from {short_day(start)}. Use a smaller number."
    raise FlowFailed(msg)


def _end(start: date, steps: Sequence[Step]) -> date:
    return steps[-1].day if steps else start


def _not_council(calendar: Days | None, day: date) -> str | None:
    closed = calendar is not None and day in calendar.closures
    return not_working(day) or ("council closed" if closed else None)


def _not_school(calendar: Days | None, day: date) -> str | None:
    if why := not_working(day):
        return why
    terms = calendar.terms if calendar else ()
    if any(term.starts_on <= day <= term.ends_on for term in terms):
        return None
    first = min((term.starts_on for term in terms), default=date.max)
    last = max((term.ends_on for term in terms), default=date.min)
    if not first <= day <= last:
        where = f" in the area of {calendar.area}" if calendar and calendar.area else ""
        msg = (f"There are no term dates for {short_day(day)}{where}. "
               "Ask the administrator to add them.")
        raise FlowFailed(msg)
    return "school holiday"


def _days_listed(days: Sequence[date]) -> str:
    """"25 and 26 Dec, 1 Jan": days of one month together, a long run by its two ends."""
    parts: list[str] = []
    singles: list[date] = []
    for run in _runs(sorted(days)):
        if len(run) <= LAST_DAYS_LISTED:
            singles += run
        else:
            parts += [*_by_month(singles), f"{_short(run[0])} to {_short(run[-1])}"]
            singles = []
    return ", ".join([*parts, *_by_month(singles)])


def _runs(days: Sequence[date]) -> list[list[date]]:
    """Weekdays that follow each other, over a weekend too."""
    runs: list[list[date]] = []
    for day in days:
        gap = 3 if day.weekday() == 0 else 1
        if runs and day - runs[-1][-1] == timedelta(days=gap):
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _by_month(days: Sequence[date]) -> list[str]:
    days_of: dict[tuple[int, str], list[str]] = {}
    for day in days:
        days_of.setdefault((day.year, f"{day:%b}"), []).append(str(day.day))
    return [f"{_and(numbers)} {month}" for (_, month), numbers in days_of.items()]


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


_D, _I, _S = ValueType.DATE, ValueType.INT, ValueType.STRING
_COUNTING = (Overload((_D, _I), _D),)
_DAY = (Overload((_D,), _D),)

FUNCTIONS = (
    Function("working_days", _COUNTING, working_days, explain_working_days, "working days"),
    Function("council_days", _COUNTING, council_days, explain_council_days, "council days"),
    Function("school_days", _COUNTING, school_days, explain_school_days, "school days"),
    Function("months", _COUNTING, months, None, "calendar months"),
    Function("last_working_day_before", _DAY, last_working_day_before,
             explain_last_working_day_before, "last working day before"),
    Function("last_working_day_by", _DAY, last_working_day_by,
             explain_last_working_day_by, "last working day on or before"),
    Function("later_of", (Overload((_D, _D), _D),), later_of, None, "the later of two dates"),
    Function("earlier_of", (Overload((_D, _D), _D),), earlier_of, None, "the earlier of two dates"),
    Function("age", (Overload((_D,), _I), Overload((_D, _D), _I)), age, None,
             "age in whole years, today or on a day"),
    Function("date", (Overload((_S,), _D),), read_date, None, "a date"),
)
