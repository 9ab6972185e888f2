"""A release as the flow runs it: parsed and compiled once, shared by all its cases."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from engine.domain import ValueType, Vocabulary
from engine.errors import DiagramRefused
from engine.forms.definition import Form, read_form
from engine.spiff.elements import Element, local_name, read_elements
from engine.spiff.expressions import Expression, compile_expression
from engine.spiff.parser import WallParser
from engine.spiff.xml import read_xml

STARTED_ON = "started_on"
"""The day on which the step or timer at hand began; the engine gives it, so it is certain."""

CONDITION = frozenset({ValueType.BOOL})
MOMENT = frozenset({ValueType.DATE, ValueType.DURATION})


@dataclass(frozen=True, slots=True)
class Procedure:
    key: str
    name: str
    elements: Mapping[str, Element]
    forms: Mapping[str, Form]
    names: Mapping[str, ValueType]
    """Every name that an expression of this release may read."""
    outcome_names: frozenset[str]
    """Field keys that some expression reads: these answers are kept in the state."""
    conditions: Mapping[str, Expression]
    """By text, which is what SpiffWorkflow hands over at a gateway."""
    moments: Mapping[str, Expression]
    """Timers and due dates, by element id."""
    spec: Any = field(repr=False)
    subprocess_specs: Mapping[str, Any] = field(repr=False)


def compile_procedure(files: Mapping[str, bytes], vocabulary: Vocabulary) -> Procedure:
    """Parse the diagrams and forms of one folder and compile its expressions.

    The main process is the one whose id is the name of its file without ending. Raises
    `DiagramRefused`, `FormUnreadable` or `ExpressionRefused` where that cannot be done; the
    checker, which says all that is wrong at once, comes before.
    """
    diagrams = {path: read_xml(data) for path, data in files.items() if path.endswith(".bpmn")}
    forms = {
        path.removesuffix(".form"): read_form(data, path.removesuffix(".form"))
        for path, data in files.items()
        if path.endswith(".form")
    }
    elements = {k: v for root in diagrams.values() for k, v in read_elements(root).items()}
    names = names_of(forms.values(), vocabulary)
    conditions = {
        element.condition: compile_expression(
            element.condition, CONDITION, names, vocabulary.functions
        )
        for element in elements.values()
        if element.condition
    }
    moments = {
        element.id: compile_expression(text, MOMENT, names, vocabulary.functions)
        for element in elements.values()
        if (text := element.timer or element.due)
    }
    key, title = _main_process(diagrams)
    spec, subprocess_specs = _parse(diagrams.values(), key)
    used = {name for e in (*conditions.values(), *moments.values()) for name in e.names}
    return Procedure(
        key=key,
        name=title,
        elements=elements,
        forms=forms,
        names=names,
        outcome_names=frozenset(used - set(vocabulary.facts) - {STARTED_ON}),
        conditions=conditions,
        moments=moments,
        spec=spec,
        subprocess_specs=subprocess_specs,
    )


def names_of(forms: Iterable[Form], vocabulary: Vocabulary) -> dict[str, ValueType]:
    """Names and types for expressions: the forms' fields, the domain's facts, `started_on`."""
    names = {field.key: field.type for form in forms for field in form.inputs()}
    names |= {fact.name: fact.type for fact in vocabulary.facts.values()}
    names[STARTED_ON] = ValueType.DATE
    return names


def _main_process(diagrams: Mapping[str, Any]) -> tuple[str, str]:
    for path, root in diagrams.items():
        for process in root:
            if local_name(process) == "process" and f"{process.get('id')}.bpmn" == path:
                pool = next(
                    (node.get("name") for node in root.iter() if local_name(node) == "participant"),
                    None,
                )
                return process.get("id"), process.get("name") or pool or process.get("id")
    msg = "No diagram's process has the name of its file. Give the process the file's name as id."
    raise DiagramRefused(msg)


def _parse(roots: Iterable[Any], key: str) -> tuple[Any, Mapping[str, Any]]:
    parser = WallParser()
    try:
        for root in roots:
            parser.add_bpmn_xml(root)
        return parser.get_spec(key), parser.get_subprocess_specs(key)
    except (ValidationException, NotImplementedError, RecursionError, KeyError) as problem:
        where = getattr(problem, "id", None)
        msg = f"The diagram cannot be run{f' because of {where}' if where else ''}."
        raise DiagramRefused(msg) from problem
