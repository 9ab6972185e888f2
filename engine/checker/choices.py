"""Choices whose answers are few: what a condition asks is followed by value.

The answers of a choice in a form, of a tick box, and what a decision table may give are all that
a name can be. Of a condition over one such name it is known for which of its values it holds.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.decisions.table import Table
from engine.domain import ValueType
from engine.editing.conditions import AND, Asked, Condition, read_condition
from engine.forms.definition import Form

Values = Mapping[str, frozenset[object]]
"""By name, all that it can be."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A condition that holds for these values of one name, and for no other of its values."""

    name: str
    holds_for: frozenset[object]
    of: frozenset[object]
    """All that the name can be."""


def values_of(forms: Iterable[Form], tables: Iterable[Table]) -> Values:
    """Names that forms and tables give, where what they can be is a list that is known."""
    found: dict[str, set[object]] = {}
    endless: set[str] = set()
    for name, values in [*_of_forms(forms), *_of_tables(tables)]:
        if values is None:
            endless.add(name)
        else:
            found.setdefault(name, set()).update(values)
    return {name: frozenset(values) for name, values in found.items() if name not in endless}


def read_choice(condition: str, values: Values) -> Choice | None:
    """None for a condition over several names, or over one that can be anything."""
    read = read_condition(condition)
    if read is None:
        return None
    names = {part.name for part in read.parts}
    if len(names) != 1 or not names <= values.keys():
        return None
    [name] = names
    if any(part.asking not in _HOLDS for part in read.parts):
        return None
    holds_for = frozenset(value for value in values[name] if _holds(read, value))
    return Choice(name, holds_for, values[name])


def _holds(condition: Condition, value: object) -> bool:
    said = (_HOLDS[part.asking](part, value) for part in condition.parts)
    return all(said) if condition.joined_by == AND else any(said)


_HOLDS: Mapping[str, Callable[[Asked, object], bool]] = {
    "is": lambda part, value: value == part.value,
    "is_not": lambda part, value: value != part.value,
    "holds": lambda _part, value: value is True,
    "holds_not": lambda _part, value: value is False,
}


def _of_forms(forms: Iterable[Form]) -> Iterator[tuple[str, Iterable[object] | None]]:
    for form in forms:
        for field in form.inputs():
            if field.kind == "checkbox":
                yield field.key, (True, False)
            elif field.kind in ("radio", "select") and field.options and not field.options_from:
                yield field.key, [option.value for option in field.options]
            else:
                yield field.key, None


def _of_tables(tables: Iterable[Table]) -> Iterator[tuple[str, Iterable[object] | None]]:
    for table in tables:
        for at, output in enumerate(table.outputs):
            if table.types[output.name] is not ValueType.STRING:
                yield output.name, None
                continue
            given = {rule.gives[at] for rule in table.rules} | {output.default}
            yield output.name, given - {None}
