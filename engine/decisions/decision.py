"""A decision table as the flow asks it: compiled once, and decided by its hit policy."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine import feel
from engine.decisions.table import TYPE_REFS, Input, Rule, Table, TableRefused
from engine.domain import ValueType
from engine.errors import FlowFailed, Refused
from engine.feel.syntax import ANYTHING, Literal, Syntax, Value
from engine.spiff.expressions import TYPE_WORDS, Expression, compile_expression


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell asks of the name of its column."""

    name: str
    syntax: Syntax
    asks: Expression | None = field(repr=False)
    """None: of any value it is true."""
    of_nothing: bool
    """Whether it is true where the name has no value."""

    def holds(self, value: Any) -> bool:
        """Raises `FlowFailed` for a value of another type than the column's."""
        if value is None:
            return self.of_nothing
        return self.asks is None or bool(self.asks.evaluate({self.name: value}, None))


@dataclass(frozen=True, slots=True)
class Decision:
    """One table, compiled for the names of its folder."""

    table: Table
    names: frozenset[str]
    """Every name that its columns are about."""
    tested: frozenset[str]
    """Those of them that may have no value: a cell of their column says null."""
    cells: tuple[Cell, ...]
    """Each different one once."""
    rules: tuple[tuple[Rule, tuple[int, ...]], ...]
    """Each with its cells, by their place in `cells`."""
    allowed: tuple[int, ...]
    """The cells that say which values a column allows."""

    @property
    def asks(self) -> frozenset[str]:
        """Every name whose value it wants to be given, where there is one."""
        return self.names

    def decide(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The outputs that have a value.

        Raises `FlowFailed` where a name has no value or one that its column does not allow, or
        where rules contradict each other.
        """
        self._refuse_what_is_missing(values)
        holding = [cell.holds(values.get(cell.name)) for cell in self.cells]
        hits = [rule for rule, cells in self.rules if all(holding[each] for each in cells)]
        given = _POLICIES[self.table.policy](self.table, hits)
        return {name: value for name, value in given.items() if value is not None}

    def _refuse_what_is_missing(self, values: Mapping[str, Any]) -> None:
        given = {name for name, value in values.items() if value is not None}
        missing = sorted(self.names - self.tested - given)
        if missing:
            raise FlowFailed(f"The decision “{self.table.title}” needs {', '.join(missing)}, "
                             "which has no value yet.")
        for cell in (self.cells[each] for each in self.allowed):
            if cell.name in given and not cell.holds(values[cell.name]):
                raise FlowFailed(f"The decision “{self.table.title}” does not allow for the value "
                                 f"that {cell.name} has.")


def compile_decision(table: Table, names: Mapping[str, ValueType]) -> Decision:
    """Compile for a folder's names. Raises `TableRefused` for the first cell that is wrong."""
    types = {each.name: input_type(each, names) for each in table.inputs}
    cells: list[Cell] = []
    places: dict[tuple[str, str], int] = {}

    def cell(column: Input, text: str, said: str, where: str | None) -> int:
        if (column.name, text) not in places:
            places[column.name, text] = len(cells)
            cells.append(compile_cell(column, text, types[column.name], said, where))
        return places[column.name, text]

    rules = tuple(
        (rule, tuple(
            cell(column, text, f"Rule {rule.number}", rule.id)
            for column, text in zip(table.inputs, rule.cells, strict=True)
        ))
        for rule in table.rules
    )
    allowed = tuple(
        cell(column, column.allowed, "The values allowed", column.id)
        for column in table.inputs
        if column.allowed
    )
    tested = {each.name for each in cells if _says_null(each.syntax)}
    return Decision(table, frozenset(types), frozenset(tested), tuple(cells), rules, allowed)


def input_type(column: Input, names: Mapping[str, ValueType]) -> ValueType:
    """The type of a column's name. Raises `TableRefused` where there is none or it differs."""
    kind = names.get(column.name)
    if kind is None:
        raise TableRefused(f"The column “{column.label}”: there is nothing called {column.name} "
                           "here.", column.id)
    if kind in (ValueType.LIST, ValueType.DURATION):
        raise TableRefused(f"The column “{column.label}” is about {TYPE_WORDS[kind]}, which no "
                           "cell can be compared with.", column.id)
    if kind not in TYPE_REFS.get(column.type_ref or "", {kind}):
        raise TableRefused(f"The column “{column.label}” says {column.type_ref}, but "
                           f"{column.name} is {TYPE_WORDS[kind]}.", column.id)
    return kind


def compile_cell(
    column: Input, text: str, kind: ValueType, said: str, where: str | None
) -> Cell:
    """Raises `TableRefused` with `said` before it."""
    types, nothing = {column.name: kind}, frozenset({column.name})
    try:
        syntax = feel.read_cell(text, column.name)
        if syntax == ANYTHING:
            return Cell(column.name, syntax, None, of_nothing=True)
        _refuse_order_of_texts(syntax, kind)
        asks = _compiled(feel.to_cel(syntax, types), types)
        of_nothing = _compiled(feel.to_cel(syntax, types, nothing), {}).evaluate({}, None)
    except Refused as problem:
        raise TableRefused(f"{said}, “{column.label}”: {problem.message}", where) from problem
    return Cell(column.name, syntax, asks, bool(of_nothing))


def _compiled(cel: str, types: Mapping[str, ValueType]) -> Expression:
    return compile_expression(cel, frozenset({ValueType.BOOL}), types, ())


def _refuse_order_of_texts(syntax: Syntax, kind: ValueType) -> None:
    """Which of two words comes first is no rule about a child, and mostly a number in quotes."""
    signs = {part.sign for part in feel.comparisons(syntax)}
    if kind is ValueType.STRING and signs & {"<", "<=", ">", ">="}:
        raise TableRefused("text is not more or less than another text. List the texts.")


def _says_null(syntax: Syntax) -> bool:
    return any(each == Literal(None) for each in feel.operands_in(syntax))


def _given_by(table: Table, rule: Rule) -> dict[str, Value]:
    return dict(zip((output.name for output in table.outputs), rule.gives, strict=True))


def _without_a_hit(table: Table) -> dict[str, Any]:
    if table.aggregation == "COUNT":
        return {table.outputs[0].name: 0}
    return {
        output.name: [output.default] if table.types[output.name] is ValueType.LIST
        and output.default is not None else output.default
        for output in table.outputs
    }


def _unique(table: Table, hits: Sequence[Rule]) -> dict[str, Any]:
    if len(hits) > 1:
        raise FlowFailed(f"{_rules(hits)} of the decision “{table.title}” both apply, but only "
                         "one may.")
    return _first(table, hits)


def _any(table: Table, hits: Sequence[Rule]) -> dict[str, Any]:
    if len({rule.gives for rule in hits}) > 1:
        raise FlowFailed(f"{_rules(hits)} of the decision “{table.title}” apply, and give "
                         "different answers.")
    return _first(table, hits)


def _first(table: Table, hits: Sequence[Rule]) -> dict[str, Any]:
    return _given_by(table, hits[0]) if hits else _without_a_hit(table)


def _priority(table: Table, hits: Sequence[Rule]) -> dict[str, Any]:
    return _first(table, _by_output(table, hits))


def _gathered(table: Table, hits: Sequence[Rule]) -> dict[str, Any]:
    if not hits:
        return _without_a_hit(table)
    columns = zip(*(rule.gives for rule in hits), strict=True)
    gathered = [[value for value in column if value is not None] for column in columns]
    if table.aggregation:
        return {table.outputs[0].name: _AGGREGATIONS[table.aggregation](gathered[0])}
    return dict(zip((output.name for output in table.outputs), gathered, strict=True))


def _in_output_order(table: Table, hits: Sequence[Rule]) -> dict[str, Any]:
    return _gathered(table, _by_output(table, hits))


def _by_output(table: Table, hits: Sequence[Rule]) -> list[Rule]:
    """The most important first; among equals the order of the rules."""
    def rank(rule: Rule) -> list[int]:
        return [
            output.order.index(value) if value is not None else len(output.order)
            for output, value in zip(table.outputs, rule.gives, strict=True)
            if output.order
        ]

    return sorted(hits, key=rank)


def _rules(hits: Sequence[Rule]) -> str:
    numbers = [str(rule.number) for rule in hits]
    return f"Rules {', '.join(numbers[:-1])} and {numbers[-1]}"


_POLICIES: dict[str, Callable[[Table, Sequence[Rule]], dict[str, Any]]] = {
    "UNIQUE": _unique,
    "ANY": _any,
    "FIRST": _first,
    "PRIORITY": _priority,
    "RULE ORDER": _gathered,
    "OUTPUT ORDER": _in_output_order,
    "COLLECT": _gathered,
}
_AGGREGATIONS: dict[str, Callable[[list[Any]], Any]] = {
    "SUM": lambda values: sum(values) if values else None,
    "MIN": lambda values: min(values, default=None),
    "MAX": lambda values: max(values, default=None),
    "COUNT": len,
}
