"""Answers to a form: what was typed, what it means, and a sentence for what is wrong."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import uuid4

from engine.domain import ValueType
from engine.errors import AnswersInvalid
from engine.forms.across import errors_across
from engine.forms.conditions import holds, names_in
from engine.forms.definition import Field, Form
from engine.forms.patterns import LONGEST_MATCHED, matches

LONGEST_TEXT = 20_000
MOST_ROWS = 100
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|[\ud800-\udfff]")
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,6})?", re.ASCII)

_MISSING = object()


@dataclass(frozen=True, slots=True)
class Answers:
    values: Mapping[str, Any]
    """By key, in Python's types; only of shown fields that were answered rightly."""
    errors: Mapping[str, str]
    """Sentence by key; a cell of a list is `targets[0].text`."""
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer on its way to the record, as JSON: a date is ISO text, a wrong one as typed."""

    key: str
    path: str
    label: str
    value: Any
    valid: bool
    seen: int | None
    """Version of the kept value that the form showed; 0: it showed none; None: nobody looked."""


@dataclass(slots=True)
class _Reading:
    known: Mapping[str, Any]
    """What conditions may read beside the answers: the facts; in a row, the answers above too."""
    types: Mapping[str, ValueType]
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def hides(self, *conditions: str | None) -> bool:
        """Whether any of them takes a question away."""
        asked = [each for each in conditions if each]
        values = {**self.known, **self.values} if asked else {}
        return any(holds(each, values, self.types) for each in asked)

    def row(self, cells: Sequence[Field]) -> "_Reading":
        types = {**self.types, **{cell.key: cell.type for cell in cells}}
        return _Reading({**self.known, **self.values}, types)


def read_answers(form: Form, raw: Mapping[str, Any], facts: Mapping[str, Any]) -> Answers:
    """Check what was typed. A field that its condition hides is not read, whatever was sent."""
    fields = list(form.inputs())
    reading, hidden = _Reading(facts, types_of(fields, facts)), set()
    for each, conditions in with_conditions(form.fields, ()):
        if reading.hides(*conditions):
            hidden.add(each.key)
        else:
            _read(each, raw.get(each.key, _MISSING), each.key, reading)
    for key, told in errors_across(form, reading.values):
        reading.errors.setdefault(key, told)
    reading.errors.update(not_asked(form, raw))
    return Answers(reading.values, reading.errors, frozenset(hidden))


def not_asked(form: Form, raw: Mapping[str, Any]) -> dict[str, str]:
    """A sentence for each name that the form has no field of; a long one is cut short."""
    names = (str(key)[:80] for key in raw.keys() - {each.key for each in form.inputs()})
    return {name: f"This form has no field called “{name}”" for name in names}


def valid_answers(form: Form, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Values by key, of a form that needs no facts. Raises `AnswersInvalid` with all that is
    wrong."""
    read = read_answers(form, raw, {})
    if read.errors:
        raise AnswersInvalid(read.errors)
    return dict(read.values)


def entries(
    form: Form, raw: Mapping[str, Any], answers: Answers, seen: Mapping[str, int]
) -> tuple[Entry, ...]:
    """What goes to the record: every shown field that was sent, wrong ones as they were typed."""
    return tuple(
        _entry(each, raw[each.key], answers, seen.get(each.key))
        for each in form.inputs()
        if each.key in raw and each.key not in answers.hidden and not each.read_only
    )


def _entry(each: Field, typed: Any, answers: Answers, seen: int | None) -> Entry:
    wrong = any(key == each.key or key.startswith(f"{each.key}[") for key in answers.errors)
    value = typed if wrong else _plain(answers.values.get(each.key))
    if each.kind == "list":
        value = _rows_with_ids(value if isinstance(value, list) else [])
    return Entry(each.key, each.path, each.label, value, not wrong, seen)


def names_asked(fields: Sequence[Field]) -> frozenset[str]:
    """What the conditions of these fields, and of those in them, read: answers and facts."""
    own = (names_in(each.hidden_when) for each in fields if each.hidden_when)
    inner = (names_asked(each.fields) for each in fields if each.fields)
    return frozenset().union(*own, *inner)


def with_conditions(
    fields: Sequence[Field], around: tuple[str, ...]
) -> Iterator[tuple[Field, tuple[str, ...]]]:
    """Every input with what hides it: its own condition, and those of the groups around it."""
    for each in fields:
        conditions = (*around, each.hidden_when) if each.hidden_when else around
        if each.kind == "group":
            yield from with_conditions(each.fields, conditions)
        elif each.is_input:
            yield each, conditions


def types_of(fields: Sequence[Field], facts: Mapping[str, Any]) -> dict[str, ValueType]:
    """Types of the names that a form's conditions may read."""
    types = {name: _type_of(value) for name, value in facts.items()}
    types.update({each.key: each.type for each in fields})
    return types


def _type_of(value: Any) -> ValueType:
    for python, ours in ((bool, ValueType.BOOL), (int, ValueType.INT), (float, ValueType.DOUBLE),
                         (date, ValueType.DATE), (list, ValueType.LIST)):
        if isinstance(value, python):
            return ours
    return ValueType.STRING


def _read(each: Field, typed: Any, place: str, reading: _Reading) -> None:
    if each.read_only:
        return
    if _is_empty(each, typed):
        if each.required:
            reading.errors[place] = _required(each)
        elif each.kind == "checkbox":
            reading.values[each.key] = False
        return
    value = _READERS[each.kind](each, typed, place, reading)
    if value is not _MISSING:
        reading.values[each.key] = value


def _is_empty(each: Field, typed: Any) -> bool:
    if typed is _MISSING or typed is None:
        return True
    if each.kind == "checkbox":
        return typed in (False, "", "false", "off")
    if isinstance(typed, str):
        return is_blank(typed)
    if isinstance(typed, (list, dict)):
        return not any(typed.values() if isinstance(typed, dict) else typed)
    return False


def is_blank(text: str) -> bool:
    """Nothing that can be seen, whatever was typed."""
    return _INVISIBLE.fullmatch(text) is not None


def _text(each: Field, typed: Any, place: str, reading: _Reading) -> Any:
    if not isinstance(typed, str):
        return _wrong(each, "type", "Enter text", place, reading)
    text = typed.replace("\r\n", "\n").strip()
    if _CONTROL.search(text):
        return _wrong(each, "type", "Remove the characters that cannot be shown", place, reading)
    longest = LONGEST_MATCHED if each.pattern else LONGEST_TEXT
    if len(text) > (most := min(each.max_length or longest, longest)):
        return _wrong(each, "maxLength", f"Use {most:,} characters or fewer", place, reading)
    if each.min_length and len(text) < each.min_length:
        return _wrong(each, "minLength", f"Use {each.min_length} characters or more", place,
                      reading)
    if each.pattern and not matches(each.pattern, text):
        return _wrong(each, "pattern", "Enter this in the form that the hint shows", place,
                      reading)
    return text


def _number(each: Field, typed: Any, place: str, reading: _Reading) -> Any:
    text = str(typed).strip().replace(",", "").removesuffix("%").removeprefix("£").strip()
    if isinstance(typed, bool) or not _NUMBER.fullmatch(text):
        return _wrong(each, "type", "Enter a number, such as 12", place, reading)
    number = float(text)
    if each.whole and (not number.is_integer() or not math.isfinite(number)):
        return _wrong(each, "type", "Enter a whole number, such as 12", place, reading)
    if each.minimum is not None and number < each.minimum:
        return _wrong(each, "min", f"Enter {each.minimum:g} or more", place, reading)
    if each.maximum is not None and number > each.maximum:
        return _wrong(each, "max", f"Enter {each.maximum:g} or less", place, reading)
    return int(number) if each.whole else number


def _date(each: Field, typed: Any, place: str, reading: _Reading) -> Any:
    parts = _date_parts(typed)
    missing = [name for name, value in zip(("day", "month", "year"), parts, strict=True)
               if not value]
    if missing:
        words = " and ".join(missing)
        return _wrong(each, "date", f"The date must include a {words}", place, reading)
    day, month, year = parts
    try:
        value = date(int(year), int(month), int(day))
    except (ValueError, OverflowError):
        return _wrong(each, "date", "Enter a real date, such as 27 3 2026", place, reading)
    if not 1900 <= value.year <= 2100:
        return _wrong(each, "date", "Enter a year between 1900 and 2100", place, reading)
    return value


def _date_parts(typed: Any) -> tuple[str, str, str]:
    if isinstance(typed, dict):
        day, month, year = (str(typed.get(name) or "").strip() for name in
                            ("day", "month", "year"))
        return day, month, year
    match = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", str(typed).strip(), re.ASCII)
    return (match.group(3), match.group(2), match.group(1)) if match else ("x", "x", "x")


def _choice(each: Field, typed: Any, place: str, reading: _Reading) -> Any:
    if typed not in [option.value for option in each.options]:
        said = "Choose one of the options" if each.options_from is None else (
            "This cannot be chosen here now. Choose another one")
        return _wrong(each, "option", said, place, reading)
    return typed


def _choices(each: Field, typed: Any, place: str, reading: _Reading) -> Any:
    chosen = [typed] if isinstance(typed, str) else typed
    allowed = [option.value for option in each.options]
    if not isinstance(chosen, list) or any(value not in allowed for value in chosen):
        return _wrong(each, "option", "Choose from the options", place, reading)
    return [value for value in allowed if value in chosen]


def _tick(each: Field, typed: Any, place: str, reading: _Reading) -> Any:
    if typed not in (True, "true", "on", "yes"):
        return _wrong(each, "type", "Tick the box or leave it empty", place, reading)
    return True


def _list(each: Field, typed: Any, place: str, reading: _Reading) -> Any:
    if not isinstance(typed, list) or not all(isinstance(row, dict) for row in typed):
        return _wrong(each, "type", "Enter each one in a row of its own", place, reading)
    if len(typed) > MOST_ROWS:
        return _wrong(each, "max", f"Enter {MOST_ROWS} or fewer", place, reading)
    rows = [_row(each, row, f"{place}[{number}]", reading) for number, row in enumerate(typed)]
    for cell in each.fields:
        chosen = {row.get(cell.key) for row in rows}
        if cell.each_option and rows and {option.value for option in cell.options} - chosen:
            _wrong(each, "each_option", f"One row each for: {_listed(cell)}", place, reading)
    return rows


def _row(each: Field, typed: Mapping[str, Any], place: str, reading: _Reading) -> dict[str, Any]:
    inner = reading.row(each.fields)
    for cell in each.fields:
        if not inner.hides(cell.hidden_when) and not _is_outdated(cell, typed.get(cell.key)):
            _read(_carried(cell), typed.get(cell.key, _MISSING), f"{place}.{cell.key}", inner)
    for key in set(typed) - {cell.key for cell in each.fields} - {"id"}:
        inner.errors[f"{place}.{key}"] = f"There is no field called “{key}” here"
    reading.errors.update(inner.errors)
    kept_id = {"id": str(typed["id"])[:36]} if typed.get("id") else {}
    return {**kept_id, **inner.values}


def _carried(cell: Field) -> Field:
    """In a row that comes back whole, what another form asks is carried along, not demanded."""
    return replace(cell, read_only=False, required=False) if cell.read_only else cell


def _is_outdated(cell: Field, typed: Any) -> bool:
    """A choice of another form that is offered no longer; nobody could put it right here."""
    offered = [option.value for option in cell.options]
    return cell.read_only and cell.kind in ("radio", "select") and typed not in offered


def _listed(cell: Field) -> str:
    return ", ".join(option.label.lower() for option in cell.options)


_READERS = {
    "text": _text,
    "textarea": _text,
    "number": _number,
    "date": _date,
    "radio": _choice,
    "select": _choice,
    "checkboxes": _choices,
    "checkbox": _tick,
    "list": _list,
}


def _wrong(each: Field, rule: str, said: str, place: str, reading: _Reading) -> Any:
    reading.errors[place] = each.error_messages.get(rule) or f"{each.label}: {_lower(said)}"
    return _MISSING


def _lower(sentence: str) -> str:
    """Our own sentences after a colon; a label is never touched."""
    return sentence[0].lower() + sentence[1:]


def _required(each: Field) -> str:
    own = each.error_messages.get("required")
    if own:
        return own
    verbs = {"radio": "Choose an answer to", "select": "Choose an answer to",
             "checkboxes": "Choose at least one answer to", "list": "Add at least one to",
             "checkbox": "Tick the box"}
    return f"{verbs.get(each.kind, 'Answer')}: {each.label}"


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _rows_with_ids(rows: list[Any]) -> list[Any]:
    """Each row of a list has an id that it keeps, so that it can be followed between versions."""
    return [{**row, "id": row.get("id") or str(uuid4())} for row in rows if isinstance(row, dict)]
