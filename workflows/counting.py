"""How a deadline is counted, as data: so many days of a kind, or months, from or before a day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from engine.domain import Step
from engine.errors import FlowFailed
from workflows.calendar import (
    Days,
    council_days,
    explain_council_days,
    explain_days,
    explain_school_days,
    explain_working_days,
    in_words,
    months,
    months_in_words,
    school_days,
    working_days,
)
from workflows.days import short_day


class Unit(StrEnum):
    """The value is the word for one of it."""

    WORKING_DAYS = "working day"
    COUNCIL_DAYS = "council day"
    SCHOOL_DAYS = "school day"
    DAYS = "day"
    MONTHS = "month"


_STEPS: dict[Unit, Callable[[Any, date, int], list[Step]]] = {
    Unit.WORKING_DAYS: explain_working_days,
    Unit.COUNCIL_DAYS: explain_council_days,
    Unit.SCHOOL_DAYS: explain_school_days,
    Unit.DAYS: explain_days,
}


_ENDS: dict[Unit, Callable[[Any, date, int], date]] = {
    Unit.WORKING_DAYS: working_days,
    Unit.COUNCIL_DAYS: council_days,
    Unit.SCHOOL_DAYS: school_days,
    Unit.DAYS: lambda days, start, count: start + timedelta(days=count),
    Unit.MONTHS: months,
}


@dataclass(frozen=True, slots=True)
class Count:
    """`number` counts back where it is negative, and is the day itself where it is 0."""

    number: int
    unit: Unit = Unit.WORKING_DAYS

    def end(self, days: Days | None, start: date) -> date:
        """Raises `FlowFailed` where the term dates do not reach that far."""
        return _ENDS[self.unit](days, start, self.number)

    def steps(self, days: Days | None, start: date) -> Sequence[Step]:
        """Every calendar day passed; none of a count in months. Raises as `end`."""
        return _STEPS[self.unit](days, start, self.number) if self.unit in _STEPS else ()

    def arithmetic(self, days: Days | None, start: date) -> str:
        """"10 working days from Thu 18 Dec 2025, skipping 25 and 26 Dec, 1 Jan: Tue 6 Jan 2026"."""
        if self.unit is Unit.MONTHS:
            return months_in_words(start, self.number)
        steps = self.steps(days, start)
        if not steps:
            return f"{short_day(start)} itself"
        return in_words(start, self.number, steps[-1].day, steps)

    def day_of(self, days: Days | None, start: date, on: date) -> int | None:
        """The how manieth of its days `on` is; None before it began, after it ended, in months."""
        steps = self.steps(days, start)
        if not steps or self.number < 0 or not start <= on <= steps[-1].day:
            return None
        return sum(1 for step in steps if step.counted and step.day <= on)

    def that_reaches(self, days: Days | None, start: date) -> "Count":
        """This count, or the same number of working days where the term dates do not reach.

        That is the earlier and so the safer day.
        """
        try:
            self.end(days, start)
        except FlowFailed:
            return Count(self.number, Unit.WORKING_DAYS)
        return self

    def __str__(self) -> str:
        """"10 working days from", "3 working days before", "on the day of"."""
        if self.number == 0:
            return "on the day of"
        plural = "" if abs(self.number) == 1 else "s"
        return (f"{abs(self.number)} {self.unit}{plural} "
                f"{'from' if self.number > 0 else 'before'}")
