"""What a decision table gets wrong: its cells, rules that contradict each other, and gaps."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from engine import feel
from engine.checker.boxes import (
    Limits,
    Patience,
    Space,
    TooMany,
    in_words,
    meeting,
    space_of,
    uncovered,
)
from engine.checker.report import ERROR, WARNING, Finding
from engine.decisions.decision import Decision, compile_decision, input_type
from engine.decisions.table import TYPE_REFS, Rule, Table, TableRefused
from engine.decisions.tested import try_tests
from engine.domain import ValueType
from engine.feel.syntax import ANYTHING, Literal, kind_of
from engine.forms.definition import Form

MOST_SAID = 3
"""Gaps or overlaps that are told of one table; who mends these finds the next."""


@dataclass(frozen=True, slots=True)
class CheckedTable:
    """One table, what is wrong with it, and the names that it surely gives a value."""

    table: Table
    findings: tuple[Finding, ...]
    decision: Decision | None = None
    """None where it cannot be worked out."""
    certain: frozenset[str] = frozenset()


def check_table(
    table: Table,
    names: Mapping[str, ValueType],
    forms: Mapping[str, Form],
    *,
    alone: bool,
) -> CheckedTable:
    """`alone`: a table without its folder, whose names are then known by its columns only."""
    known = {**_names_by_columns(table), **names} if alone else names
    try:
        decision = compile_decision(table, known)
    except TableRefused as refused:
        return CheckedTable(table, tuple(_what_is_refused(table, known, refused)))
    types = {each.name: input_type(each, known) for each in table.inputs}
    findings, without_gap = _look_through(decision, types, limits_of(forms.values()))
    findings = (*_failing(decision, types), *findings)
    return CheckedTable(table, findings, decision, _certain(table, without_gap=without_gap))


def _failing(decision: Decision, types: Mapping[str, ValueType]) -> Iterator[Finding]:
    for tried in try_tests(decision, types):
        if tried.wrong:
            yield Finding("decision-test", ERROR, decision.table.id, f"The test "
                          f"“{tried.test.name}” fails: {tried.wrong}. Correct the rules or the "
                          "test.")


def _look_through(
    decision: Decision, types: Mapping[str, ValueType], limits: Mapping[str, Limits]
) -> tuple[tuple[Finding, ...], bool]:
    """What the rules leave out or say twice, and whether they surely leave nothing out."""
    table, patience = decision.table, Patience()
    findings: list[Finding] = []
    without_gap = False
    try:
        space = space_of(decision, types, limits, patience)
        findings += _gaps(table, space, patience)
        without_gap = not findings
        findings += _overlaps(table, space, patience)
        findings += _never(table, space, patience)
    except TooMany:
        findings.append(Finding(
            "decision-too-large", WARNING, table.id, "The rules are too many and too entangled to "
            "be looked through for gaps and overlaps. Divide the table into several."
        ))
    return tuple(findings), without_gap


def limits_of(forms: Iterable[Form]) -> dict[str, Limits]:
    """What the forms let people answer, by key; where two forms ask the same, what either lets."""
    limits: dict[str, Limits] = {}
    for field in (field for form in forms for field in form.inputs()):
        options = tuple(option.value for option in field.options)
        chosen = options if field.kind in ("radio", "select") and not field.options_from else None
        own = Limits(chosen, _counted(field.minimum), _counted(field.maximum))
        limits[field.key] = _either(limits[field.key], own) if field.key in limits else own
    return limits


def _counted(limit: float | None) -> float | None:
    """A limit that no one reaches is none."""
    return None if limit is None or abs(limit) > feel.LARGEST else limit


def _either(one: Limits, other: Limits) -> Limits:
    neither = one.options is None or other.options is None
    return Limits(
        None if neither else tuple(dict.fromkeys((*(one.options or ()), *(other.options or ())))),
        None if one.minimum is None or other.minimum is None else min(one.minimum, other.minimum),
        None if one.maximum is None or other.maximum is None else max(one.maximum, other.maximum),
    )


def _names_by_columns(table: Table) -> dict[str, ValueType]:
    """What the columns say of their names' types, or else their cells."""
    return {
        column.name: min(TYPE_REFS.get(column.type_ref or "") or _kinds(table, place))
        for place, column in enumerate(table.inputs)
    }


def _kinds(table: Table, place: int) -> set[ValueType]:
    kinds = set()
    for rule in table.rules:
        try:
            syntax = feel.read_cell(rule.cells[place], table.inputs[place].name)
        except feel.FeelRefused:
            continue
        kinds |= {kind_of(each.value) for each in feel.operands_in(syntax)
                  if isinstance(each, Literal) and each.value is not None and syntax != ANYTHING}
    return kinds or {ValueType.STRING}


def _what_is_refused(
    table: Table, names: Mapping[str, ValueType], first: TableRefused
) -> Iterator[Finding]:
    """All that is wrong, a column or a rule at a time."""
    found = {first.message: first}
    for part in _parts(table):
        try:
            compile_decision(part, names)
        except TableRefused as refused:
            found[refused.message] = refused
    for each in found.values():
        yield Finding("decision-cell", ERROR, each.element, each.message)


def _parts(table: Table) -> Iterator[Table]:
    """The table with only one rule at a time."""
    for rule in table.rules:
        yield Table(table.id, table.title, table.policy, table.aggregation, table.inputs,
                    table.outputs, (rule,))


def _never(table: Table, space: Space, patience: Patience) -> Iterator[Finding]:
    """Rules that no values reach. Raises `TooMany`, as what follows."""
    for n, (rule, box) in enumerate(zip(table.rules, space.boxes, strict=True)):
        if not all(box):
            yield Finding("decision-rule-unused", WARNING, rule.id, f"Rule {rule.number} can never "
                          "apply: its cells ask for what cannot be. Correct or remove it.")
        elif table.policy == "FIRST" and not any(uncovered(box, space.boxes[:n], patience)):
            yield Finding("decision-rule-unused", WARNING, rule.id, f"Rule {rule.number} is never "
                          "reached: the rules before it answer whatever it is for. Move it up or "
                          "remove it.")


def _overlaps(table: Table, space: Space, patience: Patience) -> Iterator[Finding]:
    """Two rules that apply at once where only one may, or where all have to agree."""
    if table.policy in ("UNIQUE", "ANY"):
        yield from islice(_each_overlap(table, space, patience), MOST_SAID)


def _each_overlap(table: Table, space: Space, patience: Patience) -> Iterator[Finding]:
    rules = list(zip(table.rules, space.boxes, strict=True))
    for place, (one, box) in enumerate(rules):
        patience.spend(1 + place // 10)
        for other, other_box in rules[:place]:
            both = meeting(box, other_box)
            if both is not None and (table.policy == "UNIQUE" or one.gives != other.gives):
                said = _contradiction(table, other, one, in_words(space, both))
                yield Finding("decision-overlap", ERROR, one.id, said)


def _contradiction(table: Table, one: Rule, other: Rule, when: str) -> str:
    why = ("but only one rule may apply (UNIQUE)" if table.policy == "UNIQUE"
           else "and give different answers (ANY)")
    return (f"Rules {one.number} and {other.number} both apply{_when(when)}, {why}. A child's "
            "case would stop here. Narrow one of them, or let the first decide (FIRST).")


def _gaps(table: Table, space: Space, patience: Patience) -> Iterator[Finding]:
    if table.aggregation == "COUNT" or all(each.default is not None for each in table.outputs):
        return
    names = ", ".join(output.name for output in table.outputs)
    for gap in islice(uncovered(space.whole, space.boxes, patience), MOST_SAID):
        yield Finding("decision-gap", WARNING, table.id, f"No rule applies"
                      f"{_when(in_words(space, gap))}: then {names} would have no value. Add a "
                      "rule, or a default.")


def _when(words: str) -> str:
    return f" when {words}" if words else ", whatever is asked"


def _certain(table: Table, *, without_gap: bool) -> frozenset[str]:
    """Outputs that have a value whatever is asked."""
    return frozenset(
        output.name
        for place, output in enumerate(table.outputs)
        if table.aggregation == "COUNT" or (
            (without_gap or output.default is not None)
            and (table.types[output.name] is ValueType.LIST
                 or all(rule.gives[place] is not None for rule in table.rules))
        )
    )

