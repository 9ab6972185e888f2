"""What the shapes mean: roles, forms, dates, actions, and every expression."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from engine.checker.choices import Values, read_choice
from engine.checker.decisions import CheckedTable
from engine.checker.graph import Graph
from engine.checker.report import ERROR, NOTE, WARNING, Finding
from engine.domain import ValueType, Vocabulary
from engine.errors import ExpressionRefused
from engine.forms.definition import Form
from engine.spiff.elements import TIMES, Element, local_name, pepway, tag
from engine.spiff.expressions import Expression, compile_expression
from engine.spiff.procedure import CONDITION, STARTED_ON, moment_types

_PROCESS_ID = re.compile(r"[^\s${}#=()]+")
_NAME = re.compile(r"\w+")
_FOREIGN = re.compile(r"[$#]\{|(?<![=!<>])=(?!=)|\breturn\b")
"""What is in expressions for Camunda 7, Activiti and Flowable; for Camunda 8; for jBPM."""
_ANOTHER_TOOLS = (
    " It is written in the language of another tool. Write it as here, for example "
    'quality_rating == "red", or working_days(placement_start, 10) for a date.'
)


@dataclass(frozen=True, slots=True)
class Folder:
    """What stands beside a diagram."""

    forms: Mapping[str, Form]
    unreadable_forms: frozenset[str]
    tables: Mapping[str, CheckedTable]
    unreadable_tables: frozenset[str]
    processes: frozenset[str]
    names: Mapping[str, ValueType]
    certain_at: Mapping[str, frozenset[str]]
    vocabulary: Vocabulary
    alone: bool
    values: Values
    """What names can be, where that is a short list."""


def check_lanes(root: etree._Element, folder: Folder) -> Iterator[Finding]:
    for lane in root.iter(tag("lane")):
        role = pepway(lane, "role")
        said = f"The lane “{lane.get('name') or lane.get('id')}”"
        if role is not None and role not in folder.vocabulary.roles:
            known = ", ".join(sorted(folder.vocabulary.roles))
            yield Finding("role-unknown", ERROR, lane.get("id"), f"{said} has the role “{role}”, "
                          f"which nobody can hold: its tasks would reach no one. Choose {known}.")
        if lane.find(f"{tag('childLaneSet')}/{tag('lane')}") is not None:
            yield Finding("lane-nested", ERROR, lane.get("id"), f"{said} has lanes inside it. "
                          "Draw one lane for each role, side by side.")


def check_meaning(graph: Graph, folder: Folder) -> Iterator[Finding]:
    """Findings on each shape and arrow of one process."""
    for node in graph.nodes.values():
        yield from _step(node, folder)
        yield from _moment(node, folder)
    for node in graph.of_kind("exclusiveGateway"):
        yield from _way_on(node, [flow for flow in graph.flows if flow.from_ == node.id],
                           folder.values)
    for flow in graph.flows:
        yield from _condition(graph, flow, folder)


def _step(node: Element, folder: Folder) -> Iterator[Finding]:
    if node.kind == "userTask":
        yield from _user_task(node, folder)
    elif node.kind in ("serviceTask", "sendTask"):
        yield from _action(node, folder)
    elif node.kind == "businessRuleTask":
        yield from _decision(node, folder)
    elif node.kind == "callActivity":
        yield from _call(node, folder)
    elif node.kind in ("intermediateCatchEvent", "boundaryEvent") and not node.timer:
        yield Finding("timer", ERROR, node.id, f"“{node.name}” waits for nothing. Give it a "
                      "date (timeDate) or a duration (timeDuration).")


def check_timers(root: etree._Element) -> Iterator[Finding]:
    for definition in root.iter(tag("timerEventDefinition")):
        event = definition.getparent()
        identity = event.get("id") if event is not None else None
        within = definition if event is None else event
        kinds = [local_name(each) for each in within.iterdescendants(*TIMES)]
        if "timeCycle" in kinds:
            yield Finding("timer", ERROR, identity, "A repeating timer is not possible: its later "
                          "rounds could be missed. Use a date or a duration, and an arrow back.")
        elif len(kinds) > 1:
            yield Finding("timer", ERROR, identity, "The timer has several dates or durations. "
                          "Keep one of them.")


def _user_task(node: Element, folder: Folder) -> Iterator[Finding]:
    if node.role is None:
        yield Finding("role-missing", ERROR, node.id, f"“{node.name}” stands in no lane with a "
                      "role, so the task would reach no one. Put it into a lane with pepway:role.")
    if not node.form:
        yield Finding("form-missing", ERROR, node.id, f"“{node.name}” has no form, so nobody "
                      "could record anything. Choose its form.")
    elif node.form not in folder.forms and node.form not in folder.unreadable_forms:
        severity = NOTE if folder.alone else ERROR
        yield Finding("form-not-found", severity, node.id, f"“{node.name}” uses the form "
                      f"“{node.form}”, but there is no {node.form}.form beside the diagram.")
    if not node.due:
        yield Finding("due-missing", WARNING, node.id, f"“{node.name}” never becomes late, so "
                      "nobody would notice that it waits. Say when it is due.")


def _action(node: Element, folder: Folder) -> Iterator[Finding]:
    known = folder.vocabulary.actions
    if not node.action or node.action not in known:
        yield Finding("action-unknown", ERROR, node.id, f"“{node.name}” does nothing that Pepway "
                      f"knows: a child's case would stop here. Choose {', '.join(sorted(known))}.")
    if node.to and node.to not in folder.vocabulary.roles:
        yield Finding("role-unknown", ERROR, node.id, f"“{node.name}” tells “{node.to}”, a role "
                      "that nobody can hold.")


def _decision(node: Element, folder: Folder) -> Iterator[Finding]:
    if not node.decision:
        yield Finding("decision-missing", ERROR, node.id, f"“{node.name}” decides nothing: a "
                      "child's case would stop here. Choose its table.")
    elif node.decision in folder.tables:
        yield from _asked_by(node, folder.tables[node.decision], folder)
    elif node.decision not in folder.unreadable_tables:
        severity = NOTE if folder.alone else ERROR
        yield Finding("decision-missing", severity, node.id, f"“{node.name}” asks the decision "
                      f"“{node.decision}”, but there is no {node.decision}.dmn beside the diagram.")


def _asked_by(node: Element, checked: CheckedTable, folder: Folder) -> Iterator[Finding]:
    """A table stops the case where a name of its columns has no value, unless a cell says null."""
    decision = checked.decision
    for name in sorted(decision.names - decision.tested) if decision else ():
        if name not in _certain_at(node.id, folder):
            yield Finding("name-uncertain", ERROR, node.id, f"“{node.name}”: the table "
                          f"“{checked.table.title}” needs {name}, but on some path to it nobody "
                          "has answered that. The case would stop here. Ask for it before "
                          "(required), or give its column a rule for null.")


def _call(node: Element, folder: Folder) -> Iterator[Finding]:
    if not node.calls or not _PROCESS_ID.fullmatch(node.calls):
        said = f" (“{node.calls}” is none)" if node.calls else ""
        yield Finding("call", ERROR, node.id, f"“{node.name}” does not say which process it "
                      f"calls{said}: a child's case would stop here. Write the process's id in "
                      "calledElement.")
    elif node.calls == node.process:
        yield Finding("call", ERROR, node.id, f"“{node.name}” calls its own process, which would "
                      "never end.")
    elif node.calls not in folder.processes:
        severity = NOTE if folder.alone else ERROR
        yield Finding("call", severity, node.id, f"“{node.name}” calls the process "
                      f"“{node.calls}”, which is not in this folder.")


def _moment(node: Element, folder: Folder) -> Iterator[Finding]:
    text = node.timer or node.due
    if text:
        said = f"“{node.name}”, {'its time' if node.timer else 'its due date'}"
        yield from _expression(node, text, moment_types(node), folder, node.id, said)


def _condition(graph: Graph, flow: Element, folder: Folder) -> Iterator[Finding]:
    source = graph.nodes.get(flow.from_ or "")
    if source is None:
        return
    target = graph.nodes.get(flow.to_ or "")
    is_choice = source.kind == "exclusiveGateway" and len(graph.out.get(source.id, [])) > 1
    if flow.condition and source.kind != "exclusiveGateway":
        yield Finding("condition-not-allowed", ERROR, flow.id, f"The arrow out of “{source.name}” "
                      "has a condition, which would be ignored. Put an exclusive gateway there.")
    elif flow.condition:
        said = f"The arrow from “{source.name}” to “{target.name if target else flow.to_}”"
        yield from _expression(flow, flow.condition, CONDITION, folder, source.id, said)
    elif is_choice and source.default != flow.id:
        yield Finding("condition-missing", ERROR, flow.id, f"The arrow from “{source.name}” to "
                      f"“{target.name if target else flow.to_}” has no condition. Give it one, or "
                      "make it the default.")


def _way_on(choice: Element, ways: Sequence[Element], values: Values) -> Iterator[Finding]:
    conditions = [way.condition for way in ways if way.condition]
    if conditions and len(conditions) == len(ways) and not choice.default and not any(
        _opposite(one, other) for one in conditions for other in conditions
    ) and not _one_holds_for_each(conditions, values):
        yield Finding("default-missing", WARNING, choice.id, f"“{choice.name}” has no default "
                      "arrow. Should none of its conditions hold, a child's case would stop here: "
                      "make one of its arrows the default.")


def _one_holds_for_each(conditions: Sequence[str], values: Values) -> bool:
    """Whether they share out all that one name can be."""
    read = [read_choice(each, values) for each in conditions]
    asked = {(each.name, each.of) for each in read if each}
    held = frozenset[object]().union(*(each.holds_for for each in read if each))
    return all(read) and len(asked) == 1 and held == asked.pop()[1]


def _opposite(one: str, other: str) -> bool:
    """Whether one of two conditions surely holds, as far as their texts show."""
    if _NAME.fullmatch(one) and other == f"!{one}":
        return True
    is_single = one.count("==") == 1 and "&&" not in one and "||" not in one
    return other == f"!({one})" or (is_single and other == one.replace("==", "!="))


def _expression(
    element: Element,
    text: str,
    wanted: frozenset[ValueType],
    folder: Folder,
    place: str,
    place_said: str,
) -> Iterator[Finding]:
    """`place` is the shape where the expression is worked out, `place_said` names it in words."""
    try:
        expression = compile_expression(text, wanted, folder.names, folder.vocabulary.functions)
    except ExpressionRefused as refused:
        if not (folder.alone and "there is nothing called" in refused.message):
            hint = _ANOTHER_TOOLS if _FOREIGN.search(text) else ""
            yield Finding("expression", ERROR, element.id, f"{place_said}: {refused.message}{hint}")
        return
    yield from _certain(element, expression, folder, place, place_said)


def _certain(
    element: Element, expression: Expression, folder: Folder, place: str, place_said: str
) -> Iterator[Finding]:
    for name in sorted(expression.names - expression.tested - _certain_at(place, folder)):
        yield Finding("name-uncertain", ERROR, element.id, f"{place_said}: “{expression.text}” "
                      f"needs {name}, but on some path to it nobody has answered that. The case "
                      "would stop here. Ask for it before (required), or test "
                      f'known("{name}") first.')


def _certain_at(place: str, folder: Folder) -> frozenset[str]:
    facts = {fact.name for fact in folder.vocabulary.facts.values() if fact.certain}
    return frozenset(facts | {STARTED_ON}) | folder.certain_at.get(place, frozenset())
