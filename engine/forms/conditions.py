"""Conditions of forms: whether one holds for the answers and facts at hand."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from engine import feel
from engine.domain import ValueType
from engine.spiff.expressions import Expression, compile_expression


@lru_cache(maxsize=4096)
def names_in(condition: str) -> frozenset[str]:
    """The names that a condition reads; of none at all, none. Raises `FeelRefused`."""
    return feel.names_in(feel.read_condition(condition)) if condition else frozenset()


def to_cel(
    condition: str, types: Mapping[str, ValueType], missing: frozenset[str] = frozenset()
) -> str:
    """CEL that means the same where the names in `missing` are null. Raises `FeelRefused`."""
    return feel.to_cel(feel.read_condition(condition), types, missing)


def holds(condition: str, values: Mapping[str, Any], types: Mapping[str, ValueType]) -> bool:
    """Whether the condition is surely true; a name without a value is FEEL's null.

    An unanswered question equals nothing and differs from everything, and is neither smaller nor
    greater than a number: so a fact that is not known hides no question by its size.
    """
    names = names_in(condition)
    missing = frozenset(name for name in names if values.get(name) is None)
    own = tuple((name, types[name]) for name in sorted(names) if name in types)
    return bool(_compiled(condition, own, missing).evaluate(values, None))


@lru_cache(maxsize=4096)
def _compiled(
    condition: str, types: tuple[tuple[str, ValueType], ...], missing: frozenset[str]
) -> Expression:
    cel = to_cel(condition, dict(types), missing)
    read = {name: kind for name, kind in types if name not in missing}
    return compile_expression(cel, frozenset({ValueType.BOOL}), read, ())
