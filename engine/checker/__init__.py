"""The check that every diagram passes before it goes live; the only gate (design decision 14)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from engine.checker.certainty import Giving, certain_names
from engine.checker.choices import values_of
from engine.checker.decisions import CheckedTable, check_table
from engine.checker.graph import Graph, check_calls, check_structure, graphs_of
from engine.checker.loops import check_loops, passed_at_once
from engine.checker.meaning import Folder, check_lanes, check_meaning, check_timers
from engine.checker.protected import check_protected
from engine.checker.report import (
    ERROR,
    NOTE,
    RULES,
    WARNING,
    FileReport,
    Finding,
    alike_once,
    report,
)
from engine.checker.shapes import MOST_ELEMENTS, check_shapes
from engine.checker.soundness import check_soundness
from engine.checker.unattended import Unattended
from engine.decisions.table import Table, TableRefused, read_table
from engine.domain import ValueType, Vocabulary
from engine.errors import ExpressionRefused
from engine.feel import FeelRefused
from engine.forms.across import unknown_across
from engine.forms.conditions import names_in, to_cel
from engine.forms.definition import Field, Form
from engine.forms.reading import FormUnreadable, read_form
from engine.spiff.elements import DRAWN, NOT_RUN, Element, label, local_name, read_elements, tag
from engine.spiff.expressions import compile_expression
from engine.spiff.procedure import STARTED_ON, names_of
from engine.spiff.xml import Unreadable, read_xml

__all__ = ["RULES", "FileReport", "Finding", "check_files", "names_certain_at"]

CANNOT_STAY = frozenset({"element-not-allowed", "not-yet", "start-one", "timer"})
AND_NO_MORE = frozenset({"arrows", "unreachable", "timer"})
"""What is not said of such a shape besides: it goes when the shape is replaced."""


@dataclass(frozen=True, slots=True)
class _Read:
    """Everything in the folder that could be read, and why the rest could not."""

    diagrams: Mapping[str, etree._Element]
    shapes: Mapping[str, Mapping[str, Element]]
    """Of each diagram, by id; those that are refused by name, too: arrows join them as well."""
    forms: Mapping[str, Form]
    tables: Mapping[str, Table]
    problems: Mapping[str, Finding]


def check_files(
    files: Mapping[str, bytes],
    vocabulary: Vocabulary,
    *,
    procedure: str | None = None,
    alone: bool = False,
) -> list[FileReport]:
    """One report for each .bpmn, .form and .dmn of a folder, by file name.

    `procedure` is the folder's name; where it is None, a diagram's is its process id. `alone`
    is a diagram without its folder: forms and names that it lacks are then no errors.
    """
    read = _read(files)
    elements = _elements(read)
    graphs = graphs_of(elements)
    folder = _folder(read, graphs, vocabulary, alone=alone)
    return [
        _report(path, read, folder, procedure, elements, graphs) for path in sorted(files)
    ]


def names_certain_at(
    files: Mapping[str, bytes], vocabulary: Vocabulary
) -> Mapping[str, frozenset[str]]:
    """By shape: the answers and outputs that surely have a value when a case arrives there; facts
    that are always there are not told."""
    read = _read(files)
    return _folder(read, graphs_of(_elements(read)), vocabulary, alone=False).certain_at


def _folder(
    read: _Read, graphs: Mapping[str, Graph], vocabulary: Vocabulary, *, alone: bool
) -> Folder:
    forms = {path.removesuffix(".form"): form for path, form in read.forms.items()}
    names = names_of(forms.values(), read.tables.values(), vocabulary)
    tables = {
        path.removesuffix(".dmn"): check_table(table, names, forms, alone=alone)
        for path, table in read.tables.items()
    }
    giving = {name: _giving(checked) for name, checked in tables.items()}
    return Folder(
        forms=forms,
        unreadable_forms=_unreadable(read, ".form"),
        tables=tables,
        unreadable_tables=_unreadable(read, ".dmn"),
        processes=frozenset(
            process.get("id", "")
            for root in read.diagrams.values()
            for process in root.iterchildren(tag("process"))
        ),
        names=names,
        certain_at=certain_names(_small_enough(graphs), forms, giving, names),
        vocabulary=vocabulary,
        alone=alone,
        values=values_of(forms.values(), read.tables.values()),
    )


def _report(
    path: str,
    read: _Read,
    folder: Folder,
    procedure: str | None,
    elements: Mapping[str, Element],
    graphs: Mapping[str, Graph],
) -> FileReport:
    if path in read.problems:
        finding = read.problems[path]
        return report(path, procedure, [finding], readable=finding.rule != "unreadable")
    if path in read.diagrams:
        return _diagram(path, read, folder, procedure, elements, graphs)
    if path in read.forms:
        return report(path, procedure, list(_form(read.forms[path], folder, elements)))
    return report(path, procedure, list(_decision(path.removesuffix(".dmn"), folder, elements)))


def _unreadable(read: _Read, ending: str) -> frozenset[str]:
    """Names of files with this ending that are there and say nothing."""
    return frozenset(
        path.removesuffix(ending) for path in read.problems if path.endswith(ending)
    )


def _small_enough(graphs: Mapping[str, Graph]) -> dict[str, Graph]:
    """Without what is refused as too large before anything else is asked of it."""
    return {name: graph for name, graph in graphs.items() if len(graph.nodes) <= MOST_ELEMENTS}


def _giving(checked: CheckedTable) -> Giving:
    return Giving(checked.certain, frozenset(checked.table.types) - checked.certain)


def _read(files: Mapping[str, bytes]) -> _Read:
    diagrams: dict[str, etree._Element] = {}
    forms: dict[str, Form] = {}
    tables: dict[str, Table] = {}
    problems: dict[str, Finding] = {}
    for path, content in sorted(files.items()):
        try:
            if path.endswith(".form"):
                forms[path] = read_form(content, path.removesuffix(".form"))
            elif path.endswith(".bpmn"):
                diagrams[path] = _bpmn(content)
            else:
                tables[path] = read_table(content)
        except (Unreadable, FormUnreadable) as problem:
            problems[path] = Finding(problem.rule, ERROR, None, problem.message)
        except TableRefused as refused:
            problems[path] = Finding("decision-table", ERROR, refused.element, refused.message)
    shapes = {path: read_elements(root, DRAWN) for path, root in diagrams.items()}
    return _Read(diagrams, shapes, forms, tables, problems)


def _bpmn(content: bytes) -> etree._Element:
    root = read_xml(content)
    if root.tag != tag("definitions"):
        msg = "The file is XML but not BPMN 2.0: its outermost element is not bpmn:definitions."
        raise Unreadable(msg)
    if root.find(tag("process")) is None:
        msg = "The file has no process in it. Draw one, or choose another file."
        raise Unreadable(msg)
    return root


def _elements(read: _Read) -> dict[str, Element]:
    return {k: v for shapes in read.shapes.values() for k, v in shapes.items()}


def _diagram(
    path: str,
    read: _Read,
    folder: Folder,
    procedure: str | None,
    elements: Mapping[str, Element],
    graphs: Mapping[str, Graph],
) -> FileReport:
    root = read.diagrams[path]
    processes = list(root.iterchildren(tag("process")))
    name = procedure or processes[0].get("id")
    findings = list(check_shapes(root))
    if not any(finding.rule == "too-large" for finding in findings):
        findings += _process_findings(path, processes, procedure)
        findings += _twins(path, read)
        if path == f"{procedure}.bpmn" and not folder.alone:
            findings += check_protected(folder.vocabulary.protected, procedure, elements,
                                        folder.forms)
        findings += check_lanes(root, folder)
        findings += check_timers(root)
        findings += _as_drawn(read.shapes[path], folder, graphs, _refused(findings))
    return report(path, name, alike_once(_in_order(findings)))


def _twins(path: str, read: _Read) -> Iterator[Finding]:
    """Shapes whose id another diagram of the folder has, too."""
    here = read.shapes[path]
    for other in sorted(read.shapes.keys() - {path}):
        for identity in sorted((here.keys() & read.shapes[other].keys()) - {""}):
            yield Finding("id-duplicate", ERROR, identity, f"“{here[identity].name or identity}” "
                          f"has the id “{identity}”, and so has a shape of {other}. A case could "
                          "not tell them apart: give each its own.")


def _refused(findings: Iterable[Finding]) -> frozenset[str | None]:
    """The shapes that cannot stay as they are, whatever else is said of them."""
    return frozenset(each.element for each in findings if each.rule in CANNOT_STAY)


def _as_drawn(
    elements: Mapping[str, Element],
    folder: Folder,
    graphs: Mapping[str, Graph],
    refused: Collection[str | None],
) -> list[Finding]:
    """What the shapes make together; how it would go is asked once each of them can be run."""
    runnable = {name: graph for name, graph in graphs.items() if not graph.of_kind(*NOT_RUN)}
    at_once = passed_at_once(runnable)
    unattended = Unattended(_small_enough(runnable), at_once)
    can_go = not any(each.kind in NOT_RUN for each in elements.values())
    found: list[Finding] = []
    for graph in graphs_of(elements).values():
        built = list(check_structure(graph))
        if can_go:
            built += check_loops(graph, at_once)
            built = built or list(check_soundness(graph, elements, folder.values))
            built += unattended.check(graph)
        found += built
        found += check_calls(graph, graphs)
        found += check_meaning(graph, folder)
    return [each for each in found
            if each.element not in refused or each.rule not in AND_NO_MORE]


def _process_findings(
    path: str, processes: list[etree._Element], procedure: str | None
) -> Iterator[Finding]:
    for process in processes:
        identity = process.get("id")
        if process.get("isExecutable") != "true":
            yield Finding("process-not-executable", ERROR, identity, "The process is not marked "
                          'as executable, so no case could run on it. Set isExecutable="true".')
        if not any(local_name(node) in DRAWN for node in process):
            yield Finding("start-one", ERROR, identity, f"The process “{label(process)}” is "
                          "empty. Remove it, or draw its steps.")
        elif not any(local_name(node) == "startEvent" for node in process):
            yield Finding("start-one", ERROR, identity, "The process has no start event: a case "
                          "could not begin. Add one.")
    main = procedure is not None and path == f"{procedure}.bpmn"
    if main and procedure not in [process.get("id") for process in processes]:
        yield Finding("process-missing", ERROR, processes[0].get("id"), "No process here has the "
                      f"id “{procedure}”, the folder's name. Give the main process that id.")


def _decision(
    name: str, folder: Folder, elements: Mapping[str, Element]
) -> Iterator[Finding]:
    checked = folder.tables[name]
    yield from checked.findings
    if elements and not any(element.decision == name for element in elements.values()):
        yield Finding("decision-unused", NOTE, None, f"No step asks the decision “{name}”.")
    for output in checked.table.types:
        giver = _other_giver(output, name, folder)
        if giver:
            yield Finding("name-clash", ERROR, checked.table.id, f"The table gives {output}, but "
                          f"so does {giver}. Give the output another name.")


def _other_giver(output: str, decision: str, folder: Folder) -> str | None:
    """What else gives a name a value, so that one would take the other's place."""
    if output in folder.vocabulary.facts or output == STARTED_ON:
        return "Pepway itself"
    for name, form in folder.forms.items():
        if any(field.key == output for field in form.inputs()):
            return f"the form “{name}”"
    return next(
        (f"the decision “{name}”" for name, checked in folder.tables.items()
         if name != decision and output in checked.table.types),
        None,
    )


def _form(form: Form, folder: Folder, elements: Mapping[str, Element]) -> Iterator[Finding]:
    if elements and not any(element.form == form.name for element in elements.values()):
        yield Finding("form-unused", NOTE, None, f"No task uses the form “{form.name}”.")
    for each in form.inputs():
        yield from _field(each, form, folder)
    for each, wrong in unknown_across(form):
        yield Finding("rule-in-form", ERROR, each.key, f"The rule on “{each.label}” could never be "
                      f"met: {wrong}.")
    for each, names in _with_names(form.fields, folder.names):
        if each.hidden_when:
            yield from _hidden(each, names)


def _with_names(
    fields: tuple[Field, ...], names: Mapping[str, ValueType]
) -> Iterator[tuple[Field, Mapping[str, ValueType]]]:
    """Every field with what its condition may read: in a row of a list, that row's cells too."""
    for each in fields:
        yield each, names
        cells = {cell.key: cell.type for cell in each.fields} if each.kind == "list" else {}
        yield from _with_names(each.fields, {**names, **cells})


def _field(each: Field, form: Form, folder: Folder) -> Iterator[Finding]:
    if each.key in folder.vocabulary.facts:
        yield Finding("name-clash", ERROR, each.key, f"The field “{each.label}” has the key "
                      f"{each.key}, which is the name of a fact. Give it another key.")
    for name, other in folder.forms.items():
        twin = next((f for f in other.inputs() if f.key == each.key), None)
        if name < form.name and twin is not None and twin.type is not each.type:
            yield Finding("name-clash", ERROR, each.key, f"The key {each.key} is {each.type} here "
                          f"and {twin.type} in the form “{name}”. One key has one meaning.")
    if each.required and "required" not in each.error_messages:
        yield Finding("form-words", WARNING, each.key, f"The required field “{each.label}” does "
                      "not say what to do when it is empty. Add govuk.error.required.")


def _hidden(each: Field, names: Mapping[str, ValueType]) -> Iterator[Finding]:
    condition = each.hidden_when or ""
    try:
        compile_expression(to_cel(condition, names), frozenset({ValueType.BOOL}), names, ())
    except (FeelRefused, ExpressionRefused) as problem:
        yield Finding("condition-in-form", ERROR, each.key, f"The condition of “{each.label}” "
                      f"cannot be worked out. {problem.message}")
    else:
        for name in sorted(names_in(condition) - set(names)):
            yield Finding("condition-in-form", ERROR, each.key, f"The condition of "
                          f"“{each.label}” reads {name}, which nobody answers.")


def _in_order(findings: list[Finding]) -> list[Finding]:
    """Errors first, each once."""
    rank = {ERROR: 0, WARNING: 1, NOTE: 2}
    return sorted(dict.fromkeys(findings), key=lambda finding: rank[finding.severity])
