"""What other tools wrote into a diagram, told once for each tool: it is kept and never done."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from engine.checker.report import NOTE, Finding
from engine.spiff.elements import BPMN, PEPWAY, label, local_name, tag

TOOLS = {
    "http://camunda.org/schema/1.0/bpmn": "Camunda 7",
    "http://camunda.org/schema/zeebe/1.0": "Camunda 8",
    "http://camunda.org/schema/modeler/1.0": "the Camunda Modeler",
    "http://activiti.org/bpmn": "Activiti",
    "http://flowable.org/bpmn": "Flowable",
    "http://flowable.org/design": "Flowable Design",
    "http://www.signavio.com": "Signavio",
    "http://www.bizagi.com/bpmn20": "Bizagi",
    "http://www.jboss.org/drools": "jBPM",
    "http://www.boc-group.com": "ADONIS",
    "http://spiffworkflow.org/bpmn/schema/1.0/core": "SpiffWorkflow",
}
WHO = "Who does a task is said by the role of its lane."
FORM = "What a task asks is said by its form, in pepway:form."
DUE = "When a task is due is said in pepway:due."
CODE = "Nothing of another program is called: a service task names one of Pepway's actions."
DATA = "Answers go to the child's record by the forms."
TABLE = "What decides is a table, named in pepway:decision."
CALL = "A called process is named in calledElement."
SAID_BY = {
    WHO: ("assignee", "candidateUsers", "candidateGroups", "assignmentDefinition",
          "task-candidates-type", "potentialOwner", "humanPerformer", "performer", "resourceRole"),
    FORM: ("formKey", "formRef", "formData", "formProperty", "formDefinition", "userTaskForm",
           "rendering"),
    DUE: ("dueDate", "followUpDate", "taskSchedule"),
    CODE: ("class", "delegateExpression", "expression", "type", "topic", "connector", "field",
           "taskDefinition", "taskListener", "taskListeners", "executionListener",
           "executionListeners", "serviceTaskOperator", "preScript", "postScript"),
    DATA: ("inputOutput", "ioMapping", "resultVariable", "in", "out", "ioSpecification",
           "property", "dataInputAssociation", "dataOutputAssociation"),
    TABLE: ("calledDecision", "calledDecisionId", "decisionRef", "ruleFlowGroup"),
    CALL: ("calledElement",),
}
"""What says the same in Pepway, and the names under which tools (and BPMN itself) say it."""
_UNREAD = frozenset(map(tag, (
    "ioSpecification", "property", "dataInputAssociation", "dataOutputAssociation",
    "potentialOwner", "humanPerformer", "performer", "resourceRole", "rendering",
)))
"""Parts of a shape that are BPMN, and that nothing here asks for."""
_NAMED = 6
_NO_TOOL = frozenset({"http://www.w3.org/2001/XMLSchema-instance", BPMN, PEPWAY})


@dataclass(slots=True)
class _Settings:
    names: dict[str, None] = field(default_factory=dict)
    shapes: dict[str, str] = field(default_factory=dict)
    """What they are called, by id."""


def check_other_tools(nodes: list[etree._Element]) -> Iterator[Finding]:
    """`nodes` are all elements of the processes but for what lies in extension elements."""
    by_tool: dict[str, _Settings] = {}
    for node in nodes:
        shape = _with_id(node)
        for namespace, name in _settings(node):
            found = by_tool.setdefault(namespace, _Settings())
            found.names[name] = None
            found.shapes[shape.get("id", "")] = label(shape)
    for namespace, found in sorted(by_tool.items()):
        yield _told(namespace, found)


def _settings(node: etree._Element) -> Iterator[tuple[str, str]]:
    """Namespace and name of each attribute and part of other tools, and of what is not read."""
    for said in (node, *node.attrib):
        name = etree.QName(said)
        if name.namespace and name.namespace not in _NO_TOOL:
            yield name.namespace, name.localname
    for extensions in node.iterchildren(tag("extensionElements")):
        for part in extensions.iterchildren(etree.Element):
            name = etree.QName(part)
            if name.namespace not in (BPMN, PEPWAY):
                yield name.namespace or "no namespace", name.localname
    parent = node.getparent()
    if node.tag in _UNREAD and parent is not None and local_name(parent) != "process":
        yield BPMN, local_name(node)


def _with_id(node: etree._Element) -> etree._Element:
    """The shape that it belongs to: what another tool says of a loop, it says of the step."""
    parent = node.getparent()
    inner = node.tag in _UNREAD or local_name(node).endswith(
        ("EventDefinition", "LoopCharacteristics", "Expression")
    )
    if parent is not None and (inner or not node.get("id")):
        return _with_id(parent)
    return node


def _told(namespace: str, found: _Settings) -> Finding:
    first, *others = found.shapes.values()
    have = f"“{first}” and {len(others)} more have" if others else f"“{first}” has"
    names = list(found.names)
    some = ", ".join(names[:_NAMED]) + (" and others" if len(names) > _NAMED else "")
    instead = "".join(f" {said}" for said in _said_instead(found.names))
    element = next(iter(found.shapes)) or None
    if namespace == BPMN:
        return Finding("part-unread", NOTE, element, f"{have} parts that Pepway keeps and does "
                       f"not read ({some}).{instead}")
    tool = TOOLS.get(namespace, f"another tool, {namespace}")
    return Finding("vendor-attribute", NOTE, element, f"{have} settings of {tool} ({some}). "
                   f"Pepway keeps them and does not execute them.{instead}")


def _said_instead(names: Mapping[str, None]) -> Iterator[str]:
    return (said for said, ways in SAID_BY.items() if not names.keys().isdisjoint(ways))
