"""A form as one child's facts leave it: what does not apply is gone before anyone reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.domain import ValueType
from engine.forms.answers import types_of
from engine.forms.conditions import holds, names_in
from engine.forms.definition import Field, Form


def settled(form: Form, facts: Mapping[str, Any]) -> Form:
    """Without what facts alone hide. What is left of the conditions waits for an answer.

    What is checked is the form itself: this one is to be shown.
    """
    fields = list(form.inputs())
    types = types_of(fields, facts)
    asked = frozenset(each.key for each in fields)
    return replace(form, fields=_settled(form.fields, facts, types, asked))


def _settled(
    fields: Sequence[Field],
    facts: Mapping[str, Any],
    types: Mapping[str, ValueType],
    asked: frozenset[str],
) -> tuple[Field, ...]:
    left = []
    for each in fields:
        condition = each.hidden_when
        if condition and not names_in(condition) & asked:
            if holds(condition, facts, types):
                continue
            condition = None
        cells = asked | {cell.key for cell in each.fields} if each.kind == "list" else asked
        inner = _settled(each.fields, facts, types, cells)
        if inner or each.kind != "group":
            left.append(replace(each, hidden_when=condition, fields=inner))
    return tuple(left)
