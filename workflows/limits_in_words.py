"""A due date's or timer's expression as a reader of the diagram says it."""

import re
from collections.abc import Callable

from workflows.calendar import FUNCTIONS as COUNTING
from workflows.counted_dates import read_counted
from workflows.pep.deadlines import FUNCTIONS as STATUTORY
from workflows.pep.facts import FACTS


def limit_in_words(expression: str | None) -> str:
    """"5 working days after placement start"; what has no plain form, as it is written."""
    if not expression:
        return ""
    said = (form(expression) for form in _FORMS)
    return next((words for words in said if words), expression)


def _later_of(expression: str) -> str:
    inner = expression.removeprefix("later_of(")
    if inner == expression:
        return ""
    usual, _, earliest = inner.removesuffix(")").rpartition("), ")
    return f"{limit_in_words(f'{usual})')}, at the earliest {limit_in_words(earliest)}"


def _earlier_of(expression: str) -> str:
    inner = expression.removeprefix("earlier_of(")
    if inner == expression:
        return ""
    usual, _, latest = inner.removesuffix(")").partition("), ")
    return f"{limit_in_words(f'{usual})')}, at the latest {limit_in_words(latest)}"


def _choice(expression: str) -> str:
    condition, chosen, ways = expression.partition(" ? ")
    when = _condition(condition) if chosen else ""
    if not when:
        return ""
    then, _, otherwise = ways.partition(" : ")
    return f"if {when}: {limit_in_words(then)}; otherwise {limit_in_words(otherwise)}"


def _days_counted(expression: str) -> str:
    counted = _COUNTED.fullmatch(expression)
    if counted is None:
        return ""
    count = int(counted.group("count"))
    days = f"{abs(count)} {_NOUNS[counted.group('kind')]}{'' if abs(count) == 1 else 's'}"
    return f"{days} {'after' if count > 0 else 'before'} {_fact(counted.group('fact'))}"


def _function_of_one_date(expression: str) -> str:
    one = _OF_ONE_DATE.fullmatch(expression)
    if one is None:
        return ""
    name = one.group("name")
    if name in _LIMITS:
        return _LIMITS[name]
    return f"the {_inside(_TITLES[name])} {_fact(one.group('fact'))}" if name in _TITLES else ""


def _calendar_days(expression: str) -> str:
    counted = read_counted(expression)
    if counted is None or counted.unit != "days" or counted.at_least or counted.day_after:
        return ""
    days = f"{abs(counted.count)} day{'' if abs(counted.count) == 1 else 's'}"
    return f"{days} {'after' if counted.count > 0 else 'before'} {_fact(counted.date)}"


def _months(expression: str) -> str:
    counted = _MONTHS.fullmatch(expression)
    if counted is None:
        return ""
    count = int(counted.group("count"))
    months = f"{abs(count)} month{'' if abs(count) == 1 else 's'}"
    return f"{months} {'after' if count > 0 else 'before'} {_fact(counted.group('fact'))}"


def _a_name(expression: str) -> str:
    if expression in FACTS:
        return _fact(expression)
    answer = _ANSWERED_DAY.fullmatch(expression)
    return f"the day answered as “{answer.group('what').replace('_', ' ')}”" if answer else ""


def _day_after(expression: str) -> str:
    day = expression.removesuffix(' + duration("24h")')
    return f"the day after {limit_in_words(day)}" if day != expression and "?" not in day else ""


_FORMS: tuple[Callable[[str], str], ...] = (
    _day_after, _later_of, _earlier_of, _choice, _days_counted, _calendar_days, _months,
    _function_of_one_date, _a_name,
)


def _condition(condition: str) -> str:
    """"the plan before was an interim one"; empty where it has no plain form.

    That a fact has a value at all (`known`) goes without saying; of an answer it is the question.
    """
    told = [_part(part) for part in condition.split(" && ")]
    return " and ".join(part for part in told if part) if None not in told else ""


def _part(part: str) -> str | None:
    """Empty where nothing need be said, None where it cannot be said."""
    known = _KNOWN.fullmatch(part)
    if known:
        name = known.group("name")
        return "" if name in FACTS else f"“{name.replace('_', ' ')}” has been answered"
    compared = _BEFORE.fullmatch(part)
    if compared:
        earlier, later = (_fact(compared.group(name)) for name in ("earlier", "later"))
        return f"{earlier} is before {later}"
    return _inside(FACTS[part].title) if part in FACTS else None


def _fact(name: str) -> str:
    if name == "started_on":
        return "the step began"
    title = _inside(FACTS[name].title.split(":")[0] if name in FACTS else name.replace("_", " "))
    return title if title.startswith("becoming") else f"the {title}"


def _inside(title: str) -> str:
    return title[0].lower() + title[1:]


_COUNTED = re.compile(r"(?P<kind>working|council|school)_days\((?P<fact>\w+), (?P<count>-?\d+)\)")
_MONTHS = re.compile(r"months\((?P<fact>\w+), (?P<count>-?\d+)\)")
_ANSWERED_DAY = re.compile(r"(?P<what>[a-z]\w*)_on")
_KNOWN = re.compile(r'known\("(?P<name>\w+)"\)')
_BEFORE = re.compile(r"(?P<earlier>\w+) < (?P<later>\w+)")
_OF_ONE_DATE = re.compile(r"(?P<name>\w+)\((?P<fact>\w+)\)")
_NOUNS = {"working": "working day", "council": "council day", "school": "school day"}
_TITLES = {
    function.name: function.title for function in COUNTING
    if function.name.startswith("last_working_day")
}
_LIMITS = {function.name: function.title for function in STATUTORY}
"""Their titles name the day that they count from."""
