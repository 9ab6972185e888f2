"""Rules between questions of one form: what an answer asks of the rows of a list.

A form declares them. `pepway.covers` on a choice in a list, `targets.target_area`: whatever is
chosen there in a row of the other list is chosen here in some row. `pepway.needs_row` on a
question, `yes: actions.action_kind = homework`: this answer needs a row with that choice.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from engine.forms.definition import Cell, Field, Form, NeededRow

_NAMED = re.compile(r"\{(\w+)\}")
LONGEST_NAME = 80
"""Characters of a row's own words that a sentence quotes."""


def errors_across(form: Form, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Key and sentence of each rule that these answers break; a question without one breaks
    none."""
    for each in form.inputs():
        for cell in each.fields:
            if cell.covers and each.key in values:
                yield from _uncovered(form, each, cell, cell.covers, values)
        needed = each.needs_row
        if needed and values.get(each.key) == needed.answer and not _stands(needed, values):
            told = each.error_messages.get("needs_row")
            yield each.key, told or f"{each.label}: add a row for this to {needed.cell.list}"


def unknown_across(form: Form) -> Iterator[tuple[Field, str]]:
    """The question and what is wrong with its rule, where that is about something not asked."""
    for each in form.inputs():
        for cell in each.fields:
            if cell.covers and _cell(form, cell.covers) is None:
                yield cell, f"it is about {cell.covers}, which the form does not ask"
        needed = each.needs_row
        if needed:
            asked = _cell(form, needed.cell)
            if asked is None:
                yield each, f"it is about {needed.cell}, which the form does not ask"
            elif needed.value not in _values(asked) or needed.answer not in _values(each):
                yield each, "it is about a choice that is not offered"


def _uncovered(
    form: Form, each: Field, cell: Field, other: Cell, values: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    covered = [row.get(cell.key) for row in values[each.key]]
    left = [row for row in values.get(other.list, ())
            if row.get(other.key) and row[other.key] not in covered]
    if left:
        named = form.input(other.list)
        told = each.error_messages.get("covers", f"{each.label}: add one for {{{other.key}}}")
        yield each.key, ". ".join(_naming(told, named, row) for row in left)


def _naming(told: str, rows: Field, row: Mapping[str, Any]) -> str:
    """A sentence with the words that stand in a row's cells in the place of their keys."""
    cells = {cell.key: cell for cell in rows.fields}

    def words(found: re.Match[str]) -> str:
        cell = cells.get(found.group(1))
        text = str(row.get(found.group(1)) or "…")
        labels = {option.value: option.label for option in cell.options} if cell else {}
        text = labels.get(text, text)
        return text if len(text) <= LONGEST_NAME else f"{text[:LONGEST_NAME]}…"

    return _NAMED.sub(words, told)


def _stands(needed: NeededRow, values: Mapping[str, Any]) -> bool:
    rows = values.get(needed.cell.list, ())
    return any(row.get(needed.cell.key) == needed.value for row in rows)


def _values(field: Field) -> set[str]:
    return {option.value for option in field.options}


def _cell(form: Form, named: Cell) -> Field | None:
    return next((cell for each in form.inputs() for cell in each.fields
                 if (each.key, cell.key) == (named.list, named.key)), None)
