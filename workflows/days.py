"""Days and moments as people read them, everywhere; without a day, nothing."""

from datetime import date, datetime
from functools import lru_cache

from engine.work import LONDON


def full_day(day: date | None) -> str:
    """Tuesday 6 January 2026."""
    return f"{day:%A} {long_date(day)}" if day else ""


@lru_cache(maxsize=4_000)
def short_day(day: date | None) -> str:
    """Tue 6 Jan 2026. Long lists have the same few days again and again."""
    return f"{day:%a} {day.day} {day:%b} {day.year}" if day else ""


def day_if_any(day: date | None) -> str:
    return short_day(day) or "no date"


def long_date(day: date | None) -> str:
    """6 January 2026."""
    return f"{day.day} {day:%B} {day.year}" if day else ""


def moment_in_words(moment: datetime | None) -> str:
    """6 January 2026 at 9:05am, London time."""
    if moment is None:
        return ""
    day, time = long_date(moment.astimezone(LONDON)), time_in_words(moment)
    return f"{day} at {time}" if time else day


def time_in_words(moment: datetime) -> str:
    """9:05am, London time. Nothing for the first minute of a day, in which Pepway does what the
    date brings: that belongs to the whole day."""
    there = moment.astimezone(LONDON)
    if (there.hour, there.minute) == (0, 0):
        return ""
    return f"{there.hour % 12 or 12}:{there:%M}{'am' if there.hour < 12 else 'pm'}"
