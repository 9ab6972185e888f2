"""A decision table as a .dmn file says it: read into plain values, before anything is compiled."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from engine.decisions.tested import TableTest, read_tests
from engine.domain import ValueType
from engine.errors import Refused
from engine.feel import read_value, read_values
from engine.feel.syntax import Value, kind_of
from engine.forms.reading import CEL_WORDS, KEY
from engine.spiff.xml import Unreadable, read_xml

DMN = re.compile(r"https?://www\.omg\.org/spec/DMN/.+")
MOST_CELLS = 5_000
SINGLE = frozenset({"UNIQUE", "ANY", "FIRST", "PRIORITY"})
"""Hit policies that choose one rule; the others gather what several give."""
BY_OUTPUT = frozenset({"PRIORITY", "OUTPUT ORDER"})
POLICIES = SINGLE | {"RULE ORDER", "OUTPUT ORDER", "COLLECT"}
AGGREGATIONS = frozenset({"SUM", "MIN", "MAX", "COUNT"})

TYPE_REFS = {
    "string": frozenset({ValueType.STRING}),
    "boolean": frozenset({ValueType.BOOL}),
    "integer": frozenset({ValueType.INT}),
    "long": frozenset({ValueType.INT}),
    "double": frozenset({ValueType.DOUBLE}),
    "number": frozenset({ValueType.INT, ValueType.DOUBLE}),
    "date": frozenset({ValueType.DATE}),
}
"""What a DMN type may be here. A type that is not in it is some other tool's."""


class TableRefused(Refused):
    """This decision table cannot be used."""

    def __init__(self, message: str, element: str | None = None) -> None:
        super().__init__(message)
        self.element = element


@dataclass(frozen=True, slots=True)
class Input:
    id: str | None
    name: str
    """The name in expressions that the column is about."""
    label: str
    type_ref: str | None
    allowed: str
    """FEEL that every value must satisfy; "" for any."""


@dataclass(frozen=True, slots=True)
class Output:
    name: str
    label: str
    type: ValueType
    order: tuple[Value, ...]
    """The values that it may have, the most important first; none: any, and none counts more."""
    default: Value
    """What it is where no rule applies."""


@dataclass(frozen=True, slots=True)
class Rule:
    id: str | None
    number: int
    """Its row, from 1, as people see it."""
    cells: tuple[str, ...]
    gives: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Table:
    id: str | None
    title: str
    policy: str
    aggregation: str | None
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    tests: tuple[TableTest, ...] = ()

    @property
    def types(self) -> dict[str, ValueType]:
        """The names that the table gives a value, with their types."""
        return {output.name: self._given(output.type) for output in self.outputs}

    def _given(self, kind: ValueType) -> ValueType:
        if self.aggregation == "COUNT":
            return ValueType.INT
        return kind if self.policy in SINGLE or self.aggregation else ValueType.LIST


def read_table(content: bytes) -> Table:
    """The one decision of a .dmn file.

    Raises `Unreadable` where it is not DMN, and `TableRefused` for what Pepway does not run, with
    a sentence that names the place.
    """
    root = read_xml(content, "DMN")
    name = etree.QName(root)
    if name.localname != "definitions" or not DMN.fullmatch(name.namespace or ""):
        msg = "The file is XML but not DMN: its outermost element is not dmn:definitions."
        raise Unreadable(msg)
    return _Reader(name.namespace or "").table(root)


class _Reader:
    def __init__(self, namespace: str) -> None:
        self._namespace = namespace

    def table(self, root: etree._Element) -> Table:
        decision, drawn = self._decision(root)
        policy = drawn.get("hitPolicy", "UNIQUE")
        aggregation = drawn.get("aggregation")
        inputs = [self._input(each, n) for n, each in enumerate(self._all(drawn, "input"), 1)]
        columns = list(self._all(drawn, "output"))
        rows = list(self._all(drawn, "rule"))
        if (len(inputs) + len(columns)) * len(rows) > MOST_CELLS:
            raise TableRefused(f"The table has more than {MOST_CELLS} cells. Divide it into "
                               "several that follow each other.", decision.get("id"))
        rules = [self._rule(row, n, len(inputs), len(columns)) for n, row in enumerate(rows, 1)]
        outputs = [
            self._output(column, n, decision, [rule.gives[n] for rule in rules], len(columns))
            for n, column in enumerate(columns)
        ]
        table = Table(
            id=decision.get("id"),
            title=decision.get("name") or decision.get("id") or "The decision",
            policy=policy,
            aggregation=aggregation,
            inputs=tuple(inputs),
            outputs=tuple(outputs),
            rules=tuple(_typed(rule, outputs) for rule in rules),
            tests=read_tests(decision, self._namespace),
        )
        _refuse_what_does_not_fit(table)
        return table

    def _decision(self, root: etree._Element) -> tuple[etree._Element, etree._Element]:
        decisions = list(self._all(root, "decision"))
        if len(decisions) != 1:
            msg = (f"The file has {len(decisions) or 'no'} decisions. Keep one decision table in "
                   "each file: a step names it by the name of the file.")
            raise TableRefused(msg, decisions[1].get("id") if decisions else None)
        decision = decisions[0]
        for kind in ("businessKnowledgeModel", "decisionService"):
            for part in self._all(root, kind):
                raise TableRefused(f"The file has a {kind}, which Pepway does not run. Write it "
                                   "into the table.", part.get("id"))
        drawn = self._one(decision, "decisionTable")
        if drawn is None:
            raise TableRefused("The decision is not a decision table. Draw it as a table of rules.",
                               decision.get("id"))
        return decision, drawn

    def _input(self, column: etree._Element, number: int) -> Input:
        expression = self._one(column, "inputExpression")
        name = self._text(expression)
        where = column.get("id")
        label = column.get("label") or name or f"column {number}"
        if not KEY.fullmatch(name) or name in CEL_WORDS:
            raise TableRefused(f"The column “{label}” is about “{name}”. Write one name that "
                               "Pepway knows: an answer's key, a fact, or what another table "
                               "gives.", where)
        _refuse_other_languages(column, label)
        type_ref = expression.get("typeRef") if expression is not None else None
        allowed = self._text(self._one(column, "inputValues"))
        return Input(where, name, label, _plain_type(type_ref), allowed)

    def _output(
        self,
        column: etree._Element,
        number: int,
        decision: etree._Element,
        given: Sequence[Value],
        of: int,
    ) -> Output:
        variable = self._one(decision, "variable")
        name = column.get("name") or ""
        if not name and of == 1 and variable is not None:
            name = variable.get("name", "")
        label = column.get("label") or name or f"output {number + 1}"
        where = column.get("id")
        if not KEY.fullmatch(name) or name in CEL_WORDS:
            raise TableRefused(f"The output “{label}” needs a name for expressions: small letters, "
                               "digits and underscores, such as visit_weeks.", where)
        default = self._value(self._one(column, "defaultOutputEntry"), f"The default of “{label}”")
        order = self._text(self._one(column, "outputValues"))
        listed = self._values(order, f"The values of “{label}”", where)
        values = [*given, *listed, default]
        kind = _type_of(values, _plain_type(column.get("typeRef")), label, where)
        strange = [value for value in values if listed and value not in (*listed, None)]
        if strange:
            raise TableRefused(f"A rule gives “{label}” {_said(strange[0])}, which is not among "
                               "the values that the output may have.", where)
        return Output(
            name, label, kind, tuple(_as(kind, value) for value in listed), _as(kind, default)
        )

    def _rule(self, row: etree._Element, number: int, inputs: int, outputs: int) -> Rule:
        cells = [self._text(each) for each in self._all(row, "inputEntry")]
        given = list(self._all(row, "outputEntry"))
        if len(cells) != inputs or len(given) != outputs:
            raise TableRefused(f"Rule {number} has {len(cells)} + {len(given)} cells, but the "
                               f"table has {inputs} + {outputs} columns.", row.get("id"))
        for each in (*self._all(row, "inputEntry"), *given):
            _refuse_other_languages(each, f"rule {number}")
        values = tuple(self._value(each, f"Rule {number}") for each in given)
        return Rule(row.get("id"), number, tuple(cells), values)

    def _value(self, entry: etree._Element | None, said: str) -> Value:
        where = entry.get("id") if entry is not None else None
        try:
            return read_value(self._text(entry))
        except Refused as problem:
            raise TableRefused(f"{said}: {problem.message}", where) from problem

    def _values(self, text: str, said: str, where: str | None) -> tuple[Value, ...]:
        try:
            return read_values(text) if text else ()
        except Refused as problem:
            raise TableRefused(f"{said}: {problem.message}", where) from problem

    def _all(self, parent: etree._Element, name: str) -> Iterator[etree._Element]:
        return parent.iterchildren(f"{{{self._namespace}}}{name}")

    def _one(self, parent: etree._Element, name: str) -> etree._Element | None:
        return next(self._all(parent, name), None)

    def _text(self, parent: etree._Element | None) -> str:
        """What stands in the text element of an entry."""
        text = self._one(parent, "text") if parent is not None else None
        return (text.text or "").strip() if text is not None else ""


def _refuse_other_languages(element: etree._Element, label: str) -> None:
    for each in element.iter():
        language = each.get("expressionLanguage", "feel")
        if "feel" not in language.lower():
            raise TableRefused(f"“{label}” is written in {language}. Pepway reads FEEL.",
                               element.get("id"))


def _plain_type(type_ref: str | None) -> str | None:
    return type_ref.rpartition(":")[2] if type_ref else None


def _type_of(
    values: Sequence[Value], type_ref: str | None, label: str, where: str | None
) -> ValueType:
    """As the column says; a `number` is whole where all its values are."""
    found = {kind_of(value) for value in values if value is not None}
    if found == {ValueType.INT, ValueType.DOUBLE}:
        found = {ValueType.DOUBLE}
    if len(found) > 1:
        raise TableRefused(f"The output “{label}” is of several kinds. Give values of one.", where)
    kind = next(iter(found), ValueType.STRING)
    wanted = TYPE_REFS.get(type_ref or "")
    if wanted is None or kind in wanted or not found:
        return kind if found or not wanted else min(wanted)
    if wanted == {ValueType.DOUBLE} and kind is ValueType.INT:
        return ValueType.DOUBLE
    raise TableRefused(f"The output “{label}” should be a {type_ref}, but its values are not. "
                       "Text stands in quotes; a date is date(\"2026-03-25\").", where)


def _as(kind: ValueType, value: Value) -> Value:
    return float(value) if kind is ValueType.DOUBLE and isinstance(value, int) else value


def _typed(rule: Rule, outputs: Sequence[Output]) -> Rule:
    gives = tuple(_as(o.type, value) for o, value in zip(outputs, rule.gives, strict=True))
    return Rule(rule.id, rule.number, rule.cells, gives)


def _refuse_what_does_not_fit(table: Table) -> None:
    """Raises `TableRefused` where the hit policy cannot do what it says with these outputs."""
    names = [output.name for output in table.outputs]
    if not table.outputs or not table.rules:
        raise TableRefused("The table has no output or no rule. Add one.", table.id)
    if len(set(names)) < len(names):
        raise TableRefused("Two outputs have the same name. Give each its own.", table.id)
    if table.policy not in POLICIES or (table.aggregation or "SUM") not in AGGREGATIONS:
        raise TableRefused(f"“{table.policy} {table.aggregation or ''}” is no hit policy of DMN.",
                           table.id)
    if table.aggregation and (table.policy != "COLLECT" or len(names) > 1):
        raise TableRefused("Only a table that collects one output can add up, count, or take the "
                           "least or the most.", table.id)
    if table.policy in BY_OUTPUT and not any(output.order for output in table.outputs):
        raise TableRefused(f"{table.policy} goes by the order of an output's values. List them "
                           "in the output, the most important first.", table.id)
    for output in table.outputs:
        _refuse_output(table, output)


def _refuse_output(table: Table, output: Output) -> None:
    numbers = (ValueType.INT, ValueType.DOUBLE)
    if table.types[output.name] is ValueType.LIST and output.type is not ValueType.STRING:
        raise TableRefused(f"A list is of texts. Let “{output.label}” give text, or let one rule "
                           "decide.", table.id)
    if table.aggregation in ("SUM", "MIN", "MAX") and output.type not in numbers:
        raise TableRefused(f"{table.aggregation} needs numbers in “{output.label}”.", table.id)


def _said(value: Value) -> str:
    return f"“{value}”"
