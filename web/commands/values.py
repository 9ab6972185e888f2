"""What an expression gave: as JSON has it, and in words."""

import math
from datetime import UTC, date, datetime, timedelta
from typing import Any

from engine.errors import FlowFailed
from workflows.days import full_day

PARTS = {"day": 86400, "hour": 3600, "minute": 60, "second": 1}


def plain(text: str, value: Any) -> Any:
    """A day as `YYYY-MM-DD`, a duration in ISO 8601 seconds, all else as it is.

    Raises `FlowFailed` for what JSON has no form for.
    """
    if isinstance(value, date):
        return _day(value).isoformat()
    if isinstance(value, timedelta):
        sign = "-" if value < timedelta() else ""
        return f"{sign}PT{_number(abs(value).total_seconds())}S"
    if isinstance(value, list):
        return [plain(text, each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        msg = f"“{text}” gives no number: it divides by zero, or what it gives is too large."
        raise FlowFailed(msg)
    if isinstance(value, bool | int | float | str):
        return value
    raise FlowFailed(f"“{text}” gives a list of what Pepway cannot use.")


def in_words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return full_day(_day(value))
    if isinstance(value, timedelta):
        return _duration(value)
    if isinstance(value, list):
        return ", ".join(in_words(each) for each in value) or "nothing"
    return str(value)


def _day(value: date) -> date:
    """Of a moment that CEL gave, its day in UTC, in which days cross into CEL and back."""
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).date()
    return value


def _duration(value: timedelta) -> str:
    left = abs(value).total_seconds()
    words = []
    for name, seconds in PARTS.items():
        count, left = divmod(left, seconds) if seconds > 1 else (left, 0)
        if count:
            words.append(f"{_number(count)} {name}{'' if count == 1 else 's'}")
    return ("minus " if value < timedelta() else "") + (" ".join(words) or "no time")


def _number(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")
