"""What was posted, as raw answers: just as it was typed, right or wrong.

A question's name on the page is its key; of a date `key-day`, `key-month`, `key-year`; of a
cell in a list `list-0-cell`. What a browser leaves out when nothing is ticked is told by a
hidden `key-shown`, and how many rows a list had by `list-rows`.
"""

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from engine.domain import Kept
from engine.forms import Field, Form
from workflows.answers_in_words import DATE_PARTS, rows_of

MOST_ROWS = 200
Posted = MultiDict[str, str]


def raw_from_post(form: Form, posted: Posted, *, empty_rows: bool = False) -> dict[str, Any]:
    """Raw answers by key; a field that was not on the page is left out.

    `empty_rows` keeps rows of lists in which nothing was typed: they are on the page still.
    """
    raw = {
        field.key: value
        for field in form.inputs()
        if not field.read_only and (value := _typed(field, field.key, posted)) is not None
    }
    return raw if empty_rows else without_empty_rows(form, raw)


def without_empty_rows(form: Form, raw: Mapping[str, Any]) -> dict[str, Any]:
    lists = {field.key for field in form.inputs() if field.kind == "list"}
    return {
        key: [row for row in value if _has_content(row)] if key in lists else value
        for key, value in raw.items()
    }


def seen_from_post(posted: Posted) -> dict[str, int]:
    """The version of each value that the page showed."""
    return {
        name.removeprefix("seen-"): int(value)
        for name, value in posted.items()
        if name.startswith("seen-") and value.isdecimal() and len(value) < 10
    }


def choices_from_post(posted: Posted) -> dict[str, str]:
    """Which value is to stand where two people changed the same answer: `mine` or `theirs`."""
    return {
        name.removeprefix("choose-"): value
        for name, value in posted.items()
        if name.startswith("choose-")
    }


def raw_from_kept(kept: Mapping[str, Kept]) -> dict[str, Any]:
    """What the record holds, by key, in the shape that the page shows."""
    return {key: value.value for key, value in kept.items()}


def with_rows(raw: Mapping[str, Any], key: str, number: int) -> dict[str, Any]:
    """The answers with a list of so many rows at least: what is missing is there, and empty."""
    rows = rows_of(raw.get(key))
    empty: list[dict[str, Any]] = [{} for _ in range(min(number, MOST_ROWS) - len(rows))]
    return {**raw, key: [*rows, *empty]}


def with_row_removed(raw: Mapping[str, Any], key: str, number: int) -> dict[str, Any]:
    return {**raw, key: [row for at, row in enumerate(rows_of(raw.get(key))) if at != number]}


def _typed(field: Field, name: str, posted: Posted) -> Any:
    shown = name in posted or f"{name}-shown" in posted
    if field.kind == "list":
        return _typed_rows(field, posted)
    if field.kind == "date":
        parts = {part: posted.get(f"{name}-{part}", "").strip() for part in DATE_PARTS}
        return parts if any(f"{name}-{part}" in posted for part in DATE_PARTS) else None
    if field.kind == "checkboxes":
        return posted.getlist(name) if shown else None
    if field.kind == "checkbox":
        return (posted.get(name) == "true") if shown else None
    if field.kind == "radio":
        return posted.get(name, "") if shown else None
    return posted.get(name)


def _typed_rows(field: Field, posted: Posted) -> list[dict[str, Any]] | None:
    count = posted.get(f"{field.key}-rows", "")
    said = int(count) if count.isdecimal() and len(count) <= 4 else None
    typed = _rows_typed_in(field.key, posted)
    if said is None and not typed:
        return None
    number = min(max(said or 0, typed), MOST_ROWS)
    return [_typed_row(field, row, posted) for row in range(number)]


def _rows_typed_in(key: str, posted: Posted) -> int:
    """Up to the last row of which anything came, whatever the hidden count says of it."""
    numbers = [name.removeprefix(f"{key}-").partition("-")[0]
               for name in posted if name.startswith(f"{key}-")]
    return max((int(each) + 1 for each in numbers if each.isdecimal() and len(each) <= 4),
               default=0)


def _typed_row(field: Field, number: int, posted: Posted) -> dict[str, Any]:
    row = {
        cell.key: value
        for cell in field.fields
        if (value := _typed(cell, f"{field.key}-{number}-{cell.key}", posted)) is not None
    }
    kept_id = posted.get(f"{field.key}-{number}-id")
    return {**row, "id": kept_id} if kept_id else row


def _has_content(row: Mapping[str, Any]) -> bool:
    return any(
        any(value.values()) if isinstance(value, dict) else value
        for key, value in row.items()
        if key != "id"
    )
