"""Forms in the browser: what was posted, as raw answers, and back again."""

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from engine.domain import Kept
from engine.forms import Field, Form

DATE_PARTS = ("day", "month", "year")


def raw_from_post(form: Form, posted: "MultiDict[str, str]") -> dict[str, Any]:
    """Raw answers by key, just as typed; a field that was not on the page is left out."""
    return {
        field.key: value
        for field in form.inputs()
        if not field.read_only and (value := _typed(field, field.key, posted)) is not None
    }


def seen_from_post(posted: "MultiDict[str, str]") -> dict[str, int]:
    """The version of each value that the page showed."""
    return {
        name.removeprefix("seen-"): int(value)
        for name, value in posted.items()
        if name.startswith("seen-") and value.isdecimal()
    }


def raw_from_kept(form: Form, kept: Mapping[str, Kept]) -> dict[str, Any]:
    """What the record holds, in the shape that the page shows."""
    return {key: value.value for key, value in kept.items()}


def with_row_added(form: Form, raw: dict[str, Any], key: str) -> dict[str, Any]:
    """The answers with one more empty row in a list."""
    form.input(key)
    return {**raw, key: [*rows_of(raw.get(key)), {}]}


def with_row_removed(raw: dict[str, Any], key: str, number: int) -> dict[str, Any]:
    rows = [row for at, row in enumerate(rows_of(raw.get(key))) if at != number]
    return {**raw, key: rows}


def hidden_pairs(form: Form, raw: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The answers as names and values of hidden inputs: what `raw_from_post` reads back."""
    pairs: list[tuple[str, str]] = []
    for field in form.inputs():
        if field.key in raw:
            pairs += _pairs(field, field.key, raw[field.key])
    return pairs


def in_words(field: Field, value: Any) -> str | list[list[tuple[str, str]]]:
    """An answer as a person reads it; a list gives rows of (question, answer)."""
    if field.kind == "list":
        return [
            [(cell.label, str(in_words(cell, row.get(cell.key)))) for cell in field.fields]
            for row in rows_of(value)
        ]
    if value in (None, "", []):
        return "Not answered"
    labels = {option.value: option.label for option in field.options}
    if field.kind == "checkbox":
        return "Yes" if value in (True, "true", "on") else "No"
    if field.kind == "checkboxes":
        return ", ".join(labels.get(each, each) for each in value)
    if field.kind == "date":
        return " ".join(date_parts(value)).strip()
    text = labels.get(str(value), str(value))
    return f"{field.prefix}{text}{field.suffix}"


def _typed(field: Field, name: str, posted: "MultiDict[str, str]") -> Any:
    if field.kind == "list":
        return _typed_rows(field, posted)
    if field.kind == "date":
        parts = {part: posted.get(f"{name}-{part}", "").strip() for part in DATE_PARTS}
        return parts if f"{name}-day" in posted else None
    if field.kind == "checkboxes":
        return posted.getlist(name) if name in posted or f"{name}-shown" in posted else None
    if field.kind == "checkbox":
        shown = name in posted or f"{name}-shown" in posted
        return (posted.get(name) == "true") if shown else None
    if field.kind == "radio":
        return posted.get(name, "") if name in posted or f"{name}-shown" in posted else None
    return posted.get(name)


def _typed_rows(field: Field, posted: "MultiDict[str, str]") -> list[dict[str, Any]] | None:
    count = posted.get(f"{field.key}-rows", "")
    if not count.isdecimal():
        return None
    rows = []
    for number in range(min(int(count), 200)):
        row = {
            cell.key: value
            for cell in field.fields
            if (value := _typed(cell, f"{field.key}-{number}-{cell.key}", posted)) is not None
        }
        kept_id = posted.get(f"{field.key}-{number}-id")
        if any(row.values()) or kept_id:
            rows.append({**row, **({"id": kept_id} if kept_id else {})})
    return [row for row in rows if _has_content(row)]


def _has_content(row: Mapping[str, Any]) -> bool:
    return any(
        any(value.values()) if isinstance(value, dict) else value
        for key, value in row.items()
        if key != "id"
    )


def _pairs(field: Field, name: str, value: Any) -> list[tuple[str, str]]:
    if field.kind == "list":
        pairs = [(f"{name}-rows", str(len(rows_of(value))))]
        for number, row in enumerate(rows_of(value)):
            if row.get("id"):
                pairs.append((f"{name}-{number}-id", str(row["id"])))
            for cell in field.fields:
                if cell.key in row:
                    pairs += _pairs(cell, f"{name}-{number}-{cell.key}", row[cell.key])
        return pairs
    if field.kind == "date":
        parts = zip(DATE_PARTS, date_parts(value), strict=True)
        return [(f"{name}-{part}", text) for part, text in parts]
    if field.kind == "checkboxes":
        return [(f"{name}-shown", "1"), *((name, each) for each in value or [])]
    if field.kind == "checkbox":
        ticked = [(name, "true")] if value in (True, "true") else []
        return [(f"{name}-shown", "1"), *ticked]
    return [(name, "" if value is None else str(value))]


def date_parts(value: Any) -> tuple[str, str, str]:
    """Day, month and year as they stand in the boxes."""
    if isinstance(value, dict):
        return tuple(str(value.get(part) or "") for part in DATE_PARTS)  # type: ignore[return-value]
    parts = str(value or "").split("-")
    if len(parts) == 3:
        year, month, day = parts
        return day.lstrip("0"), month.lstrip("0"), year
    return "", "", ""


def rows_of(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []




