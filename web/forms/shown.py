"""Answers as a page shows them: in boxes and in hidden inputs; in which case they are asked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.forms import Field, Form
from workflows.answers_in_words import DATE_PARTS, date_parts, in_words, number_text, rows_of

_SAID = re.compile(r'\(?\s*([a-z][a-z0-9_]*)\s*(=|!=)\s*(?:"([^"]*)"|(true|false))\s*\)?')
_TICKED = re.compile(r'(not\()?\s*"([^"]*)" in ([a-z][a-z0-9_]*)\s*\)?')


def hidden_pairs(form: Form, raw: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The answers as names and values of hidden inputs: what `raw_from_post` reads back."""
    pairs: list[tuple[str, str]] = []
    for field in form.inputs():
        if field.key in raw:
            pairs += pairs_of(field, field.key, raw[field.key])
    return pairs


def error_targets(form: Form, errors: Mapping[str, str]) -> dict[str, str]:
    """Errors in the order of the page, by the id of the box in which to put it right."""
    boxes: dict[str, str] = {}
    for field in form.inputs():
        for place in sorted(errors, key=_row_number):
            if place == field.key:
                boxes[place] = _box(field, field.key)
            elif place.startswith(f"{field.key}["):
                boxes[place] = _cell_box(field, place)
    boxes.update({place: place for place in errors if place not in boxes})
    return {box: errors[place] for place, box in boxes.items()}


def only_when(fields: Sequence[Field], field: Field) -> str:
    """In which case a question is to be answered; empty where its condition is not so simple.

    `fields` are the questions around it, whose answers the condition reads.
    """
    told = _told(field.hidden_when or "")
    asked = next((each for each in fields if told and each.key == told.key), None)
    if told is None or asked is None:
        return ""
    if asked.kind == "checkbox":
        ticked = (told.values == ("true",)) != told.unless
        return f"Answer this only if you {'ticked' if ticked else 'did not tick'}: {asked.label}"
    chosen = " or ".join(f"“{in_words(asked, value)}”" for value in told.values)
    return f"Answer this {'unless' if told.unless else 'only if'} you chose {chosen} above"


@dataclass(frozen=True, slots=True)
class _Told:
    """What a simple condition asks of one question: to be shown only, or unless, so answered."""

    key: str
    values: tuple[str, ...]
    unless: bool


def _told(condition: str) -> _Told | None:
    """Hidden unless one of several was chosen, or hidden when one of them was."""
    for word, unless in ((" and ", False), (" or ", True)):
        parts = [_part(each) for each in condition.split(word)]
        found = [each for each in parts if each is not None]
        same = {(each.key, each.unless) for each in found}
        if len(found) == len(parts) and len(same) == 1 and (
            len(parts) == 1 or found[0].unless == unless
        ):
            return _Told(found[0].key, tuple(v for each in found for v in each.values),
                         found[0].unless)
    return None


def _part(comparison: str) -> _Told | None:
    said, ticked = _SAID.fullmatch(comparison.strip()), _TICKED.fullmatch(comparison.strip())
    if said:
        return _Told(said.group(1), (said.group(3) or said.group(4) or "",), said.group(2) == "=")
    return _Told(ticked.group(3), (ticked.group(2),), not ticked.group(1)) if ticked else None


def pairs_of(field: Field, name: str, value: Any) -> list[tuple[str, str]]:
    """One answer as names and values of hidden inputs."""
    if field.kind == "list":
        return _row_pairs(field, rows_of(value))
    if field.kind == "date":
        parts = zip(DATE_PARTS, date_parts(value), strict=True)
        return [(f"{name}-{part}", text) for part, text in parts]
    if field.kind == "checkboxes":
        chosen = value if isinstance(value, list) else []
        return [(f"{name}-shown", "1"), *((name, str(each)) for each in chosen)]
    if field.kind == "checkbox":
        ticked = [(name, "true")] if value in (True, "true") else []
        return [(f"{name}-shown", "1"), *ticked]
    return [(name, number_text(value))]


def _row_pairs(field: Field, rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    pairs = [(f"{field.key}-rows", str(len(rows)))]
    for number, row in enumerate(rows):
        if row.get("id"):
            pairs.append((f"{field.key}-{number}-id", str(row["id"])))
        for cell in field.fields:
            if cell.key in row:
                pairs += pairs_of(cell, f"{field.key}-{number}-{cell.key}", row[cell.key])
    return pairs


def _box(field: Field, name: str) -> str:
    return f"{name}-day" if field.kind == "date" else name


def _cell_box(field: Field, place: str) -> str:
    """`targets[0].due` as the id of that row's box."""
    name = place.replace("[", "-").replace("].", "-").rstrip("]")
    cell = next((cell for cell in field.fields if place.endswith(f"].{cell.key}")), field)
    return _box(cell, name) if cell is not field else name


def _row_number(place: str) -> tuple[int, str]:
    found = re.search(r"\[(\d+)\]", place)
    return (int(found.group(1)) if found else -1, place)
