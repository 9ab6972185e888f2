"""Decision tables as a process owner reads them in the studio."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from engine.decisions.table import Input, Output, Table, TableRefused, read_table
from engine.feel.syntax import Value
from engine.spiff.xml import Unreadable
from workflows.days import long_date

_WHICH_APPLIES = {
    "UNIQUE": "Never more than one rule applies.",
    "ANY": "Where several rules apply, they all give the same.",
    "FIRST": "The first rule that applies counts, from the top.",
    "PRIORITY": "Of all rules that apply, the one that gives the most important value counts.",
    "RULE ORDER": "All rules that apply count, from the top.",
    "OUTPUT ORDER": "All rules that apply count, the most important value first.",
    "COLLECT": "All rules that apply count, in no order.",
    "SUM": "What all rules that apply give is added up.",
    "COUNT": "The rules that apply are counted.",
    "MIN": "The least that a rule gives which applies counts.",
    "MAX": "The most that a rule gives which applies counts.",
}


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    name: str
    """In expressions of the diagram."""
    values: str
    """Those that it may have, as the file says them; "" for any."""


@dataclass(frozen=True, slots=True)
class DecisionTable:
    name: str
    title: str
    which_applies: str
    asks: Sequence[Column]
    gives: Sequence[Column]
    rules: Sequence[tuple[Sequence[str], Sequence[str]]]
    """Of each, from the top: what it asks for, and what it gives."""
    otherwise: Sequence[str]
    """What each column gives where no rule applies; empty where none says so."""
    unreadable: str = ""
    """Why there is nothing to show but the file."""


def decision_tables(files: Mapping[str, bytes]) -> Iterator[DecisionTable]:
    """Those of a procedure's folder, also what cannot be read as one."""
    for path, content in sorted(files.items()):
        if path.endswith(".dmn"):
            yield _table(path.removesuffix(".dmn"), content)


def _table(name: str, content: bytes) -> DecisionTable:
    try:
        table = read_table(content)
    except (Unreadable, TableRefused) as problem:
        return DecisionTable(name, name, "", (), (), (), (), problem.message)
    return DecisionTable(
        name=name,
        title=table.title or name,
        which_applies=_WHICH_APPLIES[table.aggregation or table.policy],
        asks=[_asks(column) for column in table.inputs],
        gives=[_gives(column) for column in table.outputs],
        rules=list(_rules(table)),
        otherwise=_otherwise(table),
    )


def _otherwise(table: Table) -> list[str]:
    defaults = [output.default for output in table.outputs]
    return [_said(each) for each in defaults if any(value is not None for value in defaults)]


def _rules(table: Table) -> Iterator[tuple[list[str], list[str]]]:
    for rule in table.rules:
        asks = ["any" if cell in ("", "-") else cell for cell in rule.cells]
        yield asks, [_said(value) for value in rule.gives]


def _asks(column: Input) -> Column:
    return Column(column.label or column.name, column.name, column.allowed)


def _gives(column: Output) -> Column:
    values = ", ".join(_said(value) for value in column.order)
    return Column(column.label or column.name, column.name, values)


def _said(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return long_date(value)
    return "nothing" if value is None else str(value)
