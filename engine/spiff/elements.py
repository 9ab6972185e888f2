"""What the shapes of a diagram say: read from the XML into plain values, before any engine."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
PEPWAY = "urn:pepway:bpmn:1"

TASKS = ("userTask", "serviceTask", "sendTask", "businessRuleTask", "callActivity", "subProcess")
EVENTS = ("startEvent", "endEvent", "intermediateCatchEvent", "boundaryEvent")
GATEWAYS = ("exclusiveGateway", "parallelGateway")
NODES = (*TASKS, *EVENTS, *GATEWAYS)
NOT_RUN = (
    "task", "manualTask", "scriptTask", "receiveTask", "transaction", "adHocSubProcess",
    "intermediateThrowEvent", "inclusiveGateway", "complexGateway", "eventBasedGateway",
)
"""The other flow nodes of BPMN: never run, but arrows lead to them."""
DRAWN = (*NODES, *NOT_RUN)
_WORDS = re.compile(r"[a-z0-9_]+")


@dataclass(frozen=True, slots=True)
class Element:
    """One flow node, or one sequence flow (`kind` sequenceFlow), of a diagram."""

    id: str
    kind: str
    name: str
    process: str
    """The process or embedded subprocess that it lies in."""
    role: str | None = None
    form: str | None = None
    due: str | None = None
    voice: str | None = None
    guidance: str | None = None
    source: str | None = None
    documentation: str = ""
    action: str | None = None
    to: str | None = None
    message: str | None = None
    decision: str | None = None
    """Of a business rule task: the table that decides, by the name of its file."""
    timer: str | None = None
    """The text of timeDate or timeDuration."""
    timer_kind: str | None = None
    """Which of the two."""
    repeat: str | None = None
    """How many times (loopCardinality), where the step repeats by itself."""
    one_by_one: bool = False
    """Of a step that repeats: one time after the other, not all at once."""
    calls: str | None = None
    attached_to: str | None = None
    interrupting: bool = True
    terminates: bool = False
    default: str | None = None
    """The default flow of an exclusive gateway."""
    from_: str | None = None
    """Of a sequence flow: where it leaves."""
    to_: str | None = None
    """Of a sequence flow: where it arrives."""
    condition: str | None = None


def tag(name: str) -> str:
    return f"{{{BPMN}}}{name}"


TIMES = (tag("timeDate"), tag("timeDuration"), tag("timeCycle"))
"""What a timer may wait for."""


def local_name(node: etree._Element) -> str:
    return etree.QName(node).localname


def pepway(node: etree._Element, name: str) -> str | None:
    return node.get(f"{{{PEPWAY}}}{name}")


def label(node: etree._Element) -> str:
    """What a person calls it: its name in one line, else the words of its id."""
    named = " ".join((node.get("name") or "").split())
    identity = node.get("id", "")
    if named or not _WORDS.fullmatch(identity):
        return named or identity
    return identity.replace("_", " ").capitalize()


def read_elements(
    root: etree._Element, kinds: Collection[str] = NODES
) -> dict[str, Element]:
    """Every flow node and sequence flow of the definitions, by id, in the order of the file."""
    return {element.id: element for element in all_elements(root, kinds)}


def all_elements(root: etree._Element, kinds: Collection[str] = NODES) -> Iterator[Element]:
    """As `read_elements`, but elements with the same id are all there."""
    for process in root.iterchildren(tag("process")):
        yield from _in_scope(process, process.get("id", ""), _roles(process), None, kinds)


def _roles(process: etree._Element) -> dict[str, str]:
    """Role by node id, from the lanes."""
    return {
        (reference.text or "").strip(): role
        for lane in process.iter(tag("lane"))
        if (role := pepway(lane, "role"))
        for reference in lane.iterchildren(tag("flowNodeRef"))
    }


def _in_scope(
    scope: etree._Element,
    process: str,
    roles: dict[str, str],
    parent_role: str | None,
    kinds: Collection[str],
) -> Iterator[Element]:
    for node in scope.iterchildren():
        kind = local_name(node)
        if kind == "sequenceFlow":
            yield _flow(node, process)
        elif kind in kinds:
            role = roles.get(node.get("id", ""), parent_role)
            yield _node(node, kind, process, role)
            if kind == "subProcess":
                yield from _in_scope(node, node.get("id", ""), roles, role, kinds)


def _flow(node: etree._Element, process: str) -> Element:
    return Element(
        id=node.get("id", ""),
        kind="sequenceFlow",
        name=node.get("name", ""),
        process=process,
        from_=node.get("sourceRef"),
        to_=node.get("targetRef"),
        condition=_text(node, "conditionExpression"),
    )


def _node(node: etree._Element, kind: str, process: str, role: str | None) -> Element:
    timer, timer_kind = _timer(node)
    repeats = node.find(tag("multiInstanceLoopCharacteristics"))
    return Element(
        id=node.get("id", ""),
        kind=kind,
        name=label(node),
        process=process,
        role=role,
        form=pepway(node, "form"),
        due=pepway(node, "due"),
        voice=pepway(node, "voice"),
        guidance=pepway(node, "guidance"),
        source=pepway(node, "source"),
        documentation=_text(node, "documentation") or "",
        action=pepway(node, "action"),
        to=pepway(node, "to"),
        message=pepway(node, "message"),
        decision=pepway(node, "decision"),
        timer=timer,
        timer_kind=timer_kind,
        repeat=None if repeats is None else _text(repeats, "loopCardinality"),
        one_by_one=repeats is not None and repeats.get("isSequential") in ("true", "1"),
        calls=node.get("calledElement"),
        attached_to=node.get("attachedToRef") if kind == "boundaryEvent" else None,
        interrupting=node.get("cancelActivity", "true") not in ("false", "0"),
        terminates=node.find(tag("terminateEventDefinition")) is not None,
        default=node.get("default"),
    )


def _timer(node: etree._Element) -> tuple[str | None, str | None]:
    definition = node.find(tag("timerEventDefinition"))
    if definition is None:
        return None, None
    for kind in ("timeDate", "timeDuration"):
        text = _text(definition, kind)
        if text:
            return text, kind
    return None, None


def _text(node: etree._Element, child: str) -> str | None:
    found = node.find(tag(child))
    return found.text.strip() if found is not None and found.text else None
