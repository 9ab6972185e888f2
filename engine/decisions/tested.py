"""Tests of a decision table: rows of values and what the table must then give.

They stand in the .dmn file itself, as an extension of its decision, so that they are part of the
release. Values are FEEL, as in the table's own cells.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from lxml import etree

from engine import feel
from engine.domain import ValueType
from engine.errors import FlowFailed, Refused

if TYPE_CHECKING:
    from engine.decisions.decision import Decision

PEPWAY_DMN = "urn:pepway:dmn:1"
MOST_TESTS = 200


@dataclass(frozen=True, slots=True)
class TableTest:
    """One row: a name for people, FEEL by the names of the columns."""

    name: str
    given: Mapping[str, str]
    expected: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Tried:
    """How a test went."""

    test: TableTest
    wrong: str = ""
    """What is wrong, as the rest of a sentence; empty where it passed."""


def read_tests(decision: etree._Element, namespace: str) -> tuple[TableTest, ...]:
    """Those that stand with a decision; more than `MOST_TESTS` are not read."""
    rows = decision.iterfind(
        f"{{{namespace}}}extensionElements/{{{PEPWAY_DMN}}}tests/{{{PEPWAY_DMN}}}test"
    )
    return tuple(
        TableTest((row.get("name") or "").strip() or f"Test {number}",
                  dict(_values(row, "given")), dict(_values(row, "expect")))
        for number, row in enumerate(rows, 1)
        if number <= MOST_TESTS
    )


def _values(row: etree._Element, kind: str) -> Iterator[tuple[str, str]]:
    for each in row.iterchildren(f"{{{PEPWAY_DMN}}}{kind}"):
        yield each.get("name") or "", (each.text or "").strip()


def try_tests(decision: "Decision", types: Mapping[str, ValueType]) -> list[Tried]:
    """Each test of the table, run. `types` are those of the columns' names."""
    return [Tried(test, _wrong(test, decision, types)) for test in decision.table.tests]


def _wrong(test: TableTest, decision: "Decision", types: Mapping[str, ValueType]) -> str:
    outputs = decision.table.types
    strange = next((name for name in (*test.given, *test.expected)
                    if name not in types and name not in outputs), None)
    if strange is not None:
        return f"there is no column {strange} in the table"
    if not test.expected:
        return "it expects nothing, so it could not fail"
    unsaid = [column.label for column in decision.table.inputs
              if column.name not in test.given and column.name not in decision.tested]
    if unsaid:
        return f"it says nothing of “{unsaid[0]}”, which the table looks at"
    try:
        given = {name: _value(text, types[name]) for name, text in test.given.items()
                 if name in types}
        expected = {name: _value(text, outputs[name]) for name, text in test.expected.items()
                    if name in outputs}
        gave = decision.decide(given)
    except (FlowFailed, Refused) as problem:
        return problem.message.removesuffix(".")
    unlike = [f"{name} is {in_feel(gave.get(name))}, and {in_feel(value)} was expected"
              for name, value in expected.items() if gave.get(name) != value]
    return "; ".join(unlike)


def _value(text: str, kind: ValueType) -> Any:
    """A value of a type; a whole number where others are asked for is one of them."""
    if kind is ValueType.LIST:
        return list(feel.read_values(text)) if text else None
    value = feel.read_value(text)
    return float(value) if kind is ValueType.DOUBLE and isinstance(value, int) else value


def in_feel(value: Any) -> str:
    """A value as a cell says it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return f'date("{value.isoformat()}")'
    if isinstance(value, list):
        return ", ".join(in_feel(each) for each in value) or "nothing"
    return f'"{value}"' if isinstance(value, str) else f"{value:g}" if isinstance(
        value, float) else str(value)
