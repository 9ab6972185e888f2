"""Dates and durations in plain writing: told from CEL before CEL sees them.

`2026-01-05` is valid CEL and gives 2020.
"""

import re
from datetime import UTC, date, datetime, timedelta

from engine.errors import ExpressionRefused

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?", re.ASCII
)
_DURATION = re.compile(
    r"P(?=\d|T\d)(?:(?P<weeks>\d+)W|(?:(?P<days>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?)",
    re.ASCII,
)
_CALENDAR_DURATION = re.compile(r"-?P[\dYMWDTHS.]*", re.ASCII)


def read_literal(text: str) -> date | datetime | timedelta | None:
    """A date, a moment with zone or a positive duration; None for any other text.

    Raises `ExpressionRefused` for what looks like one and is none.
    """
    if _DATE.fullmatch(text):
        return _read_date(text)
    moment = _MOMENT.fullmatch(text)
    if moment:
        if moment.group(3) is None:
            msg = f"“{text}” has no time zone. Add one, for example {text}+00:00, or give a date."
            raise ExpressionRefused(msg, len(text))
        try:
            value = datetime.fromisoformat(text)
            value.astimezone(UTC)
        except (ValueError, OverflowError) as problem:
            msg = f"“{text}” is not a real date and time."
            raise ExpressionRefused(msg, 1) from problem
        return value
    if _CALENDAR_DURATION.fullmatch(text) and text.lstrip("-") != "P":
        return _read_duration(text)
    return None


def _read_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        msg = f"“{text}” is not a real date."
        raise ExpressionRefused(msg, 1) from problem


def _read_duration(text: str) -> timedelta:
    match = _DURATION.fullmatch(text)
    parts = {key: int(value) for key, value in match.groupdict().items() if value} if match else {}
    try:
        value = timedelta(**parts)
    except OverflowError:
        value = timedelta()
    if not parts or not timedelta() < value <= timedelta(days=3660):
        msg = (
            f"“{text}” is not a duration that Pepway can count. Write weeks, days, hours or "
            "minutes, such as P10D or PT4H; for months use months(a date, a number)."
        )
        raise ExpressionRefused(msg, 1)
    return value
