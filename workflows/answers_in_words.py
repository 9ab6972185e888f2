"""Answers as people read them: labels for options, words for dates, names for people."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

from engine.forms import Field
from workflows.days import long_date

DATE_PARTS = ("day", "month", "year")
NOT_ANSWERED = "Not answered"
NOBODY: Mapping[UUID, str] = {}

Rows: TypeAlias = list[list[tuple[str, str]]]


def in_words(
    field: Field, value: Any, people: Mapping[UUID, str] = NOBODY, *, gaps: bool = True
) -> str | Rows:
    """An answer; a list gives rows of (question, answer).

    `people` are those whose ids may be answers. `gaps`: whether a row tells what it leaves open.
    """
    if field.kind == "list":
        return [
            [(cell.label, str(in_words(cell, row.get(cell.key), people)))
             for cell in _told(field.fields, row, gaps)]
            for row in rows_of(value)
        ]
    if field.kind == "checkbox":
        return "Yes" if value in (True, "true", "on") else "No"
    if field.kind == "date":
        return date_in_words(value) or NOT_ANSWERED
    if value is None or value == "" or value == []:
        return NOT_ANSWERED
    labels = {option.value: option.label for option in field.options}
    if isinstance(value, list):
        return ", ".join(_text(each, labels, people) for each in value)
    space = " " if field.suffix[:1].isalpha() else ""
    return f"{field.prefix}{_text(value, labels, people)}{space}{field.suffix}"


def unasked_in_words(value: Any, people: Mapping[UUID, str] = NOBODY) -> str:
    """What stands in a place of the record that no form asks for."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    values = value if isinstance(value, list) else [value]
    return ", ".join(_text(each, {}, people) for each in values)


def number_text(value: Any) -> str:
    """As it was typed: 94 and not 94.0; nothing where there is no value."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def date_parts(value: Any) -> tuple[str, str, str]:
    """Day, month and year as they stand in the boxes, whatever was typed."""
    if isinstance(value, dict):
        day, month, year = (str(value.get(part) or "") for part in DATE_PARTS)
        return day, month, year
    parts = str(value or "").split("-")
    if len(parts) == 3:
        year, month, day = parts
        return day.lstrip("0"), month.lstrip("0"), year
    return "", "", ""


def date_in_words(value: Any) -> str:
    """What was typed into the three boxes where it is no day; nothing where there is nothing."""
    parts = date_parts(value)
    try:
        return long_date(date(int(parts[2]), int(parts[1]), int(parts[0])))
    except (ValueError, OverflowError):
        return " ".join(part for part in parts if part)


def rows_of(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _told(cells: Sequence[Field], row: Mapping[str, Any], gaps: bool) -> list[Field]:
    def is_told(cell: Field) -> bool:
        if gaps:
            return bool(row.get(cell.key)) or not (cell.hidden_when or cell.read_only)
        return row.get(cell.key) not in (None, "", [])

    return [cell for cell in cells if is_told(cell)]


def _text(value: Any, labels: Mapping[str, str], people: Mapping[UUID, str]) -> str:
    text = labels.get(str(value), number_text(value))
    try:
        return people.get(UUID(text), text) if people and len(text) == 36 else text
    except ValueError:
        return text
