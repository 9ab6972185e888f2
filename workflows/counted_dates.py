"""A date that is counted from another: as fields of a form, and as the expression that a diagram
holds. What has another form is changed as the expression that it is.

The forms are data (`UNITS` and `written_forms`), so that the editor in the browser reads and
writes the same ones.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

ON_THE_DAY = "on"
STEP_BEGINS = "started_on"
MOST = 999


@dataclass(frozen=True, slots=True)
class Unit:
    key: str
    one: str
    many: str
    expression: str
    """With `{date}` and, where it is counted, `{count}`: whole, less than 0 for before."""

    @property
    def is_counted(self) -> bool:
        return "{count}" in self.expression or "{hours}" in self.expression


UNITS = {
    unit.key: unit
    for unit in (
        Unit("working_days", "working day", "working days", "working_days({date}, {count})"),
        Unit("council_days", "council day", "council days", "council_days({date}, {count})"),
        Unit("school_days", "school day", "school days", "school_days({date}, {count})"),
        Unit("days", "calendar day", "calendar days", '{date} {sign} duration("{hours}h")'),
        Unit("months", "month", "months", "months({date}, {count})"),
        Unit(ON_THE_DAY, "that day itself", "that day itself", "{date}"),
        Unit("last_working_day_by", "the last working day on or before it",
             "the last working day on or before it", "last_working_day_by({date})"),
        Unit("last_working_day_before", "the last working day before it",
             "the last working day before it", "last_working_day_before({date})"),
    )
}


@dataclass(frozen=True, slots=True)
class CountedDate:
    date: str
    """The name of a date: a fact, an answer, or the day on which the step begins."""
    count: int = 0
    """Less than 0: before that date."""
    unit: str = ON_THE_DAY
    at_least: int = 0
    """Working days from the step's beginning that there are in any case; 0: none."""
    day_after: bool = False
    """The day after all that, when it has been missed."""


def read_counted(expression: str | None) -> CountedDate | None:
    """None for what is not written in one of these forms."""
    text = _evenly_spaced(expression or "")
    if plain := _plain(text):
        return plain
    before, after = text.removesuffix(_DAY_AFTER), text.endswith(_DAY_AFTER)
    if after and (plain := _plain(before)):
        return replace(plain, day_after=True)
    in_any_case = _AT_LEAST.fullmatch(before)
    plain = _plain(in_any_case[1]) if in_any_case else None
    if in_any_case is None or plain is None:
        return None
    return replace(plain, at_least=int(in_any_case[2]), day_after=after)


def write_counted(counted: CountedDate) -> str:
    """The expression. `read_counted` gives the same date for it again."""
    text = UNITS[counted.unit].expression.format(
        date=counted.date,
        count=counted.count,
        hours=abs(counted.count) * 24,
        sign="-" if counted.count < 0 else "+",
    )
    if counted.at_least:
        text = f"later_of({text}, working_days({STEP_BEGINS}, {counted.at_least}))"
    return text + _DAY_AFTER if counted.day_after else text


def written_forms() -> Mapping[str, Any]:
    """All that reads and writes these dates, as JSON: the patterns are JavaScript's as well."""
    return {
        "units": [asdict(unit) | {"counted": unit.is_counted, "pattern": _PATTERNS[key].pattern}
                  for key, unit in UNITS.items()],
        "at_least": _AT_LEAST.pattern,
        "day_after": _DAY_AFTER,
        "step_begins": STEP_BEGINS,
        "lasting": _LASTING.pattern,
    }


def _plain(text: str) -> CountedDate | None:
    if lasting := _LASTING.fullmatch(text):
        days = int(lasting[1]) * (7 if lasting[2] == "W" else 1)
        return CountedDate(STEP_BEGINS, days, "days") if 0 < days <= MOST else None
    for key, pattern in _PATTERNS.items():
        found = pattern.fullmatch(text)
        if found is not None:
            return _counted(key, found)
    return None


def _counted(key: str, found: re.Match[str]) -> CountedDate | None:
    if not UNITS[key].is_counted:
        return CountedDate(found[1], 0, key)
    if key != "days":
        count, whole = int(found[2]), True
    else:
        count, whole = int(found[3]) // 24, int(found[3]) % 24 == 0
        count = -count if found[2] == "-" else count
    return CountedDate(found[1], count, key) if whole and 0 < abs(count) <= MOST else None


def _evenly_spaced(text: str) -> str:
    """As it is written here: one space behind a comma and round a sign, none in brackets."""
    text = re.sub(r"\s*,\s*", ", ", " ".join(text.split()))
    text = re.sub(r"\s*([+])\s*", r" \1 ", text)
    return re.sub(r"(?<=\() | (?=\))", "", text)


_NAME = r"([a-z][a-z0-9_]*)"
_DAY_AFTER = ' + duration("24h")'
_AT_LEAST = re.compile(r"later_of\((.+), working_days\(started_on, ([0-9]{1,3})\)\)")
_LASTING = re.compile(r"P([0-9]{1,3})([DW])")
"""A duration counts from the step's beginning."""


def _pattern(unit: Unit) -> re.Pattern[str]:
    text = re.escape(unit.expression).replace(r"\ ", " ").replace(r'\"', '"')
    for part, pattern in (("date", _NAME), ("count", "(-?[0-9]{1,3})"), ("sign", "([+-])"),
                          ("hours", "([0-9]{1,5})")):
        text = text.replace(rf"\{{{part}\}}", pattern)
    return re.compile(text)


_PATTERNS = {key: _pattern(unit) for key, unit in UNITS.items()}
