"""A release as the flow runs it: parsed and compiled once, shared by all its cases."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from engine.decisions.decision import Decision, compile_decision
from engine.decisions.table import Table, TableRefused, read_table
from engine.domain import ValueType, Vocabulary
from engine.errors import DiagramRefused, ExpressionRefused
from engine.forms.definition import Form
from engine.forms.reading import FormUnreadable, read_form
from engine.spiff.elements import Element, all_elements, local_name
from engine.spiff.expressions import Expression, compile_expression
from engine.spiff.parser import parse
from engine.spiff.runnable import refuse_what_cannot_run, refuse_what_does_not_fit
from engine.spiff.xml import Unreadable, read_xml

STARTED_ON = "started_on"
"""The day on which the step or timer at hand began; the engine gives it, so it is certain."""

CONDITION = frozenset({ValueType.BOOL})
MOMENT = frozenset({ValueType.DATE, ValueType.DURATION})
_TIMES = frozenset({ValueType.INT})
_TIMERS = {
    "timeDate": frozenset({ValueType.DATE}),
    "timeDuration": frozenset({ValueType.DURATION}),
}


@dataclass(frozen=True, slots=True)
class Procedure:
    key: str
    name: str
    elements: Mapping[str, Element]
    forms: Mapping[str, Form]
    decisions: Mapping[str, Decision]
    names: Mapping[str, ValueType]
    """Every name that an expression of this release may read."""
    outcome_names: frozenset[str]
    """Field keys that some expression asks for: of these answers the state keeps something."""
    read_names: frozenset[str]
    """Those of them whose value is read; of the others only `known("...")` is asked."""
    keys: Mapping[str, tuple[str, ...]]
    """Of each form the keys that are among `outcome_names`."""
    conditions: Mapping[str, Expression]
    """Of arrows, and how many times of steps that repeat, by element id."""
    moments: Mapping[str, Expression]
    """Timers and due dates, by element id."""
    dating_names: frozenset[str]
    """Every name that a timer or a due date asks for."""
    arrows: Mapping[tuple[str, str], str]
    """Id of the (first) arrow from one element to another."""
    spec: Any = field(repr=False)
    subprocess_specs: Mapping[str, Any] = field(repr=False)

    def outcomes_of(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """What the state keeps of these answers: nobody's words, where only `known` is asked."""
        return {
            name: value if name in self.read_names else True
            for name, value in answers.items()
            if name in self.outcome_names and value is not None
        }


def compile_procedure(
    files: Mapping[str, bytes], vocabulary: Vocabulary, key: str | None = None
) -> Procedure:
    """Parse the diagrams and forms of one folder and compile its expressions.

    `key` is the folder's name, which its main process has as id; where it is not given, the
    main process is one that bears the name of its file and is not called by another. Raises
    `DiagramRefused` for the first thing that cannot run; the checker, which says all that is
    wrong at once, comes before.
    """
    try:
        return _compile(files, vocabulary, key)
    except (Unreadable, FormUnreadable, TableRefused, ExpressionRefused) as problem:
        raise DiagramRefused(problem.message) from problem


def names_of(
    forms: Iterable[Form], tables: Iterable[Table], vocabulary: Vocabulary
) -> dict[str, ValueType]:
    """Names and types for expressions: the forms' fields, what decision tables give, the
    domain's facts, `started_on`."""
    names = {name: kind for table in tables for name, kind in table.types.items()}
    names |= {field.key: field.type for form in forms for field in form.inputs()}
    names |= {fact.name: fact.type for fact in vocabulary.facts.values()}
    names[STARTED_ON] = ValueType.DATE
    return names


def moment_types(element: Element) -> frozenset[ValueType]:
    """What the timer or due date of an element may give: a date, a duration, or either."""
    return _TIMERS.get(element.timer_kind or "", MOMENT)


def _compile(
    files: Mapping[str, bytes], vocabulary: Vocabulary, wanted: str | None
) -> Procedure:
    diagrams = {path: read_xml(data) for path, data in files.items() if path.endswith(".bpmn")}
    forms = {
        path.removesuffix(".form"): read_form(data, path.removesuffix(".form"))
        for path, data in files.items()
        if path.endswith(".form")
    }
    key, title = _main_process(diagrams, wanted)
    elements = _elements(diagrams.values())
    tables = {
        path.removesuffix(".dmn"): read_table(data)
        for path, data in files.items()
        if path.endswith(".dmn")
    }
    names = names_of(forms.values(), tables.values(), vocabulary)
    decisions = {name: compile_decision(table, names) for name, table in tables.items()}
    _refuse_unknown_decisions(elements, decisions)
    conditions, moments = _expressions(elements, names, vocabulary)
    spec, subprocess_specs = parse(elements, key)
    expressions: list[Expression | Decision] = [
        *conditions.values(), *moments.values(), *decisions.values()
    ]
    asked = {name for e in expressions for name in e.asks}
    read = {name for e in expressions for name in e.names}
    outcome_names = frozenset(asked - set(vocabulary.facts) - {STARTED_ON})
    return Procedure(
        key=key,
        name=title,
        elements=elements,
        forms=forms,
        decisions=decisions,
        names=names,
        outcome_names=outcome_names,
        read_names=frozenset(read),
        keys={
            name: tuple(each.key for each in form.inputs() if each.key in outcome_names)
            for name, form in forms.items()
        },
        conditions=conditions,
        moments=moments,
        dating_names=frozenset(name for e in moments.values() for name in e.asks),
        arrows=_arrows(elements),
        spec=spec,
        subprocess_specs=subprocess_specs,
    )


def _elements(roots: Iterable[etree._Element]) -> dict[str, Element]:
    elements: dict[str, Element] = {}
    for root in roots:
        refuse_what_cannot_run(root)
        for element in all_elements(root):
            if element.id in elements:
                msg = f"Two elements have the id “{element.id}”. Give each its own."
                raise DiagramRefused(msg)
            elements[element.id] = element
    refuse_what_does_not_fit(elements)
    return elements


def _refuse_unknown_decisions(
    elements: Mapping[str, Element], decisions: Mapping[str, Decision]
) -> None:
    for element in elements.values():
        if element.kind == "businessRuleTask" and element.decision not in decisions:
            msg = f"“{element.name}” asks a decision that is not in this folder."
            raise DiagramRefused(msg)


def _expressions(
    elements: Mapping[str, Element], names: Mapping[str, ValueType], vocabulary: Vocabulary
) -> tuple[dict[str, Expression], dict[str, Expression]]:
    conditions: dict[str, Expression] = {}
    moments: dict[str, Expression] = {}
    for element in elements.values():
        slots = (
            (element.condition, CONDITION, conditions),
            (element.repeat, _TIMES, conditions),
            (element.timer or element.due, moment_types(element), moments),
        )
        for text, wanted, into in slots:
            if text:
                into[element.id] = compile_expression(text, wanted, names, vocabulary.functions)
    return conditions, moments


def _arrows(elements: Mapping[str, Element]) -> dict[tuple[str, str], str]:
    arrows: dict[tuple[str, str], str] = {}
    for element in elements.values():
        if element.kind == "sequenceFlow":
            arrows.setdefault((element.from_ or "", element.to_ or ""), element.id)
    return arrows


def _main_process(
    diagrams: Mapping[str, etree._Element], wanted: str | None
) -> tuple[str, str]:
    called = {node.get("calledElement") for root in diagrams.values() for node in root.iter()}
    named = [
        (process, root)
        for path, root in diagrams.items()
        for process in root
        if local_name(process) == "process" and f"{process.get('id')}.bpmn" == path
    ]
    for process, root in named:
        key = process.get("id", "")
        if key == wanted or (wanted is None and key not in called):
            pool = next(
                (node.get("name") for node in root.iter() if local_name(node) == "participant"),
                None,
            )
            return key, process.get("name") or pool or key
    msg = "No diagram's process has the name of its file. Give the process the file's name as id."
    raise DiagramRefused(msg)
