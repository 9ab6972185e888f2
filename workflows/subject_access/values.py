"""Every value that a version of a plan holds, and each in words: none is left out."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.forms import Field
from workflows.answers_in_words import date_in_words, in_words, rows_of, unasked_in_words
from workflows.pep.plan import RecordValue, RecordVersion, VersionState
from workflows.pep.record import PLACES

EMPTY: tuple[Any, ...] = (None, "", [])
FIRST = "views"
"""The section whose answers come first: the child's own words."""


def values_of(session: Session, version: RecordVersion) -> dict[str, Any]:
    """As signed; of a version that is being worked on, as typed. What is empty says nothing."""
    if version.state != VersionState.OPEN:
        held: Mapping[str, Any] = version.document or {}
    else:
        held = {row.path: row.value for row in session.execute(
            select(RecordValue.path, RecordValue.value)
            .where(RecordValue.version_id == version.id)
        )}
    return {path: value for path, value in sorted(held.items()) if value not in EMPTY}


def who_wrote(session: Session, version: RecordVersion) -> dict[str, tuple[UUID | None, datetime]]:
    return {row.path: (row.by, row.at) for row in session.execute(
        select(RecordValue.path, RecordValue.by, RecordValue.at)
        .where(RecordValue.version_id == version.id)
    )}


def section_of(path: str) -> str:
    place = PLACES.get(path)
    if place is not None:
        return place.section
    return FIRST if path.startswith(f"{FIRST}.") else "review"


def label_of(path: str, field: Field | None = None) -> str:
    place = PLACES.get(path)
    if place is not None:
        return place.label
    return field.label if field else path.replace("_", " ").replace(".", ": ").capitalize()


def value_in_words(
    path: str, value: Any, field: Field | None, people: Mapping[UUID, str]
) -> str:
    """A list has a paragraph for each row."""
    rows = rows_of(value)
    if rows and len(rows) == len(value):
        asked = {cell.key: cell for cell in field.fields} if field else {}
        return "\n".join(
            "; ".join(f"{_cell_label(path, key, asked)}: {_plain(cell, asked.get(key), people)}"
                      for key, cell in row.items() if key != "id" and cell not in EMPTY)
            for row in rows
        )
    return _plain(value, field, people)


def texts_in(value: Any) -> Iterable[str]:
    """Each text that somewhere in a value stands."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            if key != "id":
                yield from texts_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts_in(each)


def _plain(value: Any, field: Field | None, people: Mapping[UUID, str]) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{key.replace('_', ' ')}: {_plain(each, None, people)}"
                         for key, each in value.items() if each not in EMPTY)
    if field is not None and _is_as_asked(field, value):
        return str(in_words(field, value, people))
    if isinstance(value, str) and len(value) == 10 and value[4:5] == "-":
        return date_in_words(value) or value
    return unasked_in_words(value, people)


def _is_as_asked(field: Field, value: Any) -> bool:
    """Words of a date that is none, or of a box that was asked otherwise before, are told too."""
    if field.kind == "date":
        return bool(date_in_words(value))
    return field.kind != "list" and (field.kind != "checkbox" or isinstance(value, bool))


def _cell_label(path: str, key: str, asked: Mapping[str, Field]) -> str:
    place = PLACES.get(f"{path}.{key}")
    if key in asked:
        return asked[key].label
    return place.label if place else key.replace("_", " ").capitalize()
