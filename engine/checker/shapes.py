"""Which elements and attributes a diagram may use: a closed list, everything else by name."""

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from engine.checker.other_tools import check_other_tools
from engine.checker.report import ERROR, Finding
from engine.spiff.elements import BPMN, EVENTS, GATEWAYS, PEPWAY, label, local_name, pepway, tag

MOST_ELEMENTS = 2000

FLOW = frozenset(
    {"userTask", "serviceTask", "sendTask", "businessRuleTask", "subProcess", "callActivity",
     "sequenceFlow", *EVENTS, *GATEWAYS}
)
AROUND = frozenset(
    {"laneSet", "textAnnotation", "association", "group", "documentation",
     "extensionElements", "incoming", "outgoing", "category"}
)
NOT_YET = {
    "messageEventDefinition": (
        "waits for a message",
        "Use a user task in which someone records what came in."),
    "multiInstanceLoopCharacteristics": (
        "is repeated for each of several",
        "Leave that out until a later version."),
}
INSTEAD = {
    "task": "Make it a user task, with a form, in the lane of who does it.",
    "manualTask": "Make it a user task, with a form, in the lane of who does it.",
    "scriptTask": "No code runs in diagrams. Use a service task with one of Pepway's actions.",
    "inclusiveGateway": "Use an exclusive gateway (one way) or a parallel one (all ways).",
    "complexGateway": "Use an exclusive gateway (one way) or a parallel one (all ways).",
    "eventBasedGateway": "Put a boundary timer on the step that waits.",
    "receiveTask": "Use a user task in which someone records what came in.",
    "intermediateThrowEvent": "Use a send task.",
    "linkEventDefinition": "Draw the arrow.",
    "signalEventDefinition": "Use a send task, or a user task that someone completes.",
    "dataStoreReference": "Leave it out: answers go to the child's record by their forms.",
    "dataObjectReference": "Leave it out: answers go to the child's record by their forms.",
    "dataObject": "Leave it out: answers go to the child's record by their forms.",
    "property": "Leave it out: answers go to the child's record by their forms.",
    "ioSpecification": "Leave it out: answers go to the child's record by their forms.",
    "standardLoopCharacteristics": "Draw the arrow back from an exclusive gateway.",
    "transaction": "Use an embedded subprocess.",
    "adHocSubProcess": "Use user tasks side by side.",
}
PLAIN = {
    "startEvent": "Use a plain start: a person begins a case.",
    "endEvent": "Use a plain end, with a send task before it if someone is to be told.",
}
EVENT_DEFINITIONS = {
    "startEvent": frozenset[str](),
    "endEvent": frozenset({"terminateEventDefinition"}),
    "intermediateCatchEvent": frozenset({"timerEventDefinition"}),
    "boundaryEvent": frozenset({"timerEventDefinition"}),
}
ONE_AT_A_TIME = {"startQuantity": "1", "completionQuantity": "1", "isForCompensation": "false"}
"""What BPMN takes for granted of a step, and Pepway knows nothing else."""
PEPWAY_ATTRIBUTES = {
    "lane": frozenset({"role"}),
    "userTask": frozenset({"form", "due", "source", "voice", "guidance"}),
    "serviceTask": frozenset({"action", "to", "message"}),
    "sendTask": frozenset({"action", "to", "message"}),
    "businessRuleTask": frozenset({"decision"}),
}


def check_shapes(root: etree._Element) -> Iterator[Finding]:
    """Findings about elements and attributes of one diagram, in the order of the file."""
    processes = list(root.iterchildren(tag("process")))
    nodes = [node for process in processes for node in _drawn(process)]
    if len(nodes) > MOST_ELEMENTS:
        yield Finding("too-large", ERROR, None, f"The diagram has more than {MOST_ELEMENTS} "
                      "elements. Divide it into processes that call each other.")
        return
    pools = list(root.iter(tag("participant")))
    if len(pools) > 1:
        yield Finding("one-pool", ERROR, pools[1].get("id"), "The diagram has several pools. "
                      "Draw one pool with a lane for each role.")
    yield from _ids(nodes)
    for process in processes:
        if not process.get("id"):
            yield Finding("id-missing", ERROR, None, "A process has no id, so no case could "
                          "remember being in it. Give it one.")
        for node in process.iterchildren():
            yield from _allowed(node, process)
    for node in nodes:
        yield from _attributes(node)
    yield from check_other_tools(nodes)


def _drawn(node: etree._Element) -> Iterator[etree._Element]:
    """It and all within it, but not what other tools keep in extension elements."""
    unread = [node]
    while unread:
        each = unread.pop()
        yield each
        if each.tag != tag("extensionElements"):
            unread += reversed(list(each.iterchildren(etree.Element)))


def a_kind(name: str) -> str:
    """An element's name as words: “an intermediate throw event”."""
    words = re.sub("[A-Z]", lambda letter: f" {letter[0].lower()}", name)
    words = "plain task" if words == "task" else words
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _ids(nodes: list[etree._Element]) -> Iterator[Finding]:
    for node in nodes:
        if local_name(node) in FLOW and not node.get("id"):
            what = "An arrow" if node.tag == tag("sequenceFlow") else a_kind(local_name(node))
            named = f", “{label(node)}”," if label(node) else ""
            yield Finding("id-missing", ERROR, None, f"{what[0].upper()}{what[1:]}{named} has no "
                          "id, so no case could remember standing there. Give it one.")
    counts = Counter(node.get("id") for node in nodes if node.get("id"))
    for identity, count in counts.items():
        if count > 1:
            yield Finding("id-duplicate", ERROR, identity, f"{count} elements have the id "
                          f"“{identity}”. A case could not tell them apart: give each its own.")


def _allowed(node: etree._Element, parent: etree._Element) -> Iterator[Finding]:
    kind, identity = local_name(node), node.get("id")
    if etree.QName(node).namespace != BPMN:
        yield Finding("element-not-allowed", ERROR, identity or parent.get("id"),
                      f"“{kind}” is not BPMN. Remove it: no case could pass it.")
    elif kind in NOT_YET:
        yield _not_yet(parent, kind)
    elif kind in FLOW:
        yield from _inside(node, kind)
    elif kind not in AROUND:
        instead = INSTEAD.get(kind, "Replace it by tasks, gateways, timers and subprocesses.")
        said = f"“{label(node)}”" if label(node) else f"A part of “{label(parent)}”"
        yield Finding("element-not-allowed", ERROR, identity or parent.get("id"), f"{said} is "
                      f"{a_kind(kind)}, which Pepway does not run. {instead}")


def _not_yet(shape: etree._Element, kind: str) -> Finding:
    does, instead = NOT_YET[kind]
    instead = PLAIN.get(local_name(shape), instead)
    return Finding("not-yet", ERROR, shape.get("id"), f"“{label(shape)}” {does}, which Pepway "
                   f"cannot run yet. {instead}")


def _inside(node: etree._Element, kind: str) -> Iterator[Finding]:
    identity, said = node.get("id"), f"“{label(node)}”"
    if kind == "subProcess" and node.get("triggeredByEvent") in ("true", "1"):
        yield Finding("element-not-allowed", ERROR, identity, "An event subprocess does not "
                      "interrupt as it should. Put a boundary timer on the step instead.")
    events = [child for child in node if local_name(child).endswith("EventDefinition")]
    if len(events) > 1:
        yield Finding("element-not-allowed", ERROR, identity, f"{said} waits for several things "
                      "at once. Draw an event for each.")
    for attribute, usual in ONE_AT_A_TIME.items():
        if node.get(attribute, usual) not in (usual, usual.replace("false", "0")):
            yield Finding("element-not-allowed", ERROR, identity, f"{said} has {attribute} "
                          f"{node.get(attribute)}, which Pepway does not run. Set it to {usual}.")
    for child in node.iterchildren():
        if kind == "subProcess" and local_name(child) not in AROUND:
            yield from _allowed(child, node)
        else:
            yield from _part(child, node, kind)


def _part(part: etree._Element, shape: etree._Element, kind: str) -> Iterator[Finding]:
    """What makes the shape more than a plain one of its kind."""
    name, identity, said = local_name(part), shape.get("id"), f"“{label(shape)}”"
    if name in NOT_YET and kind != "endEvent":
        yield _not_yet(shape, name)
    elif name == "eventDefinitionRef":
        yield Finding("element-not-allowed", ERROR, identity, f"{said} takes what it waits for "
                      "from elsewhere in the file, which Pepway does not read. Draw the event "
                      "anew.")
    elif name.endswith("EventDefinition") and name not in EVENT_DEFINITIONS.get(
        kind, frozenset()
    ):
        instead = PLAIN.get(kind) or INSTEAD.get(name, "Use a timer, or a user task.")
        rule = "start-one" if kind == "startEvent" else "element-not-allowed"
        event = a_kind(name.removesuffix("Definition"))
        yield Finding(rule, ERROR, identity, f"{said} has {event}, which Pepway does not run "
                      f"here. {instead}")
    elif name.endswith("LoopCharacteristics"):
        yield Finding("element-not-allowed", ERROR, identity, f"{said} repeats by itself. "
                      f"{INSTEAD['standardLoopCharacteristics']}")


def _attributes(node: etree._Element) -> Iterator[Finding]:
    kind, identity = local_name(node), node.get("id")
    for name in node.attrib:
        qualified = etree.QName(name)
        if qualified.namespace == PEPWAY:
            known = PEPWAY_ATTRIBUTES.get(kind, frozenset())
            if kind not in INSTEAD and qualified.localname not in known:
                yield Finding("attribute-unknown", ERROR, identity,
                              f"“{label(node)}”: Pepway knows no attribute "
                              f"pepway:{qualified.localname} on a {kind}. Remove it or correct "
                              "its spelling.")
    voice = pepway(node, "voice")
    if voice is not None and voice not in ("child", "carer", "parent"):
        yield Finding("voice-unknown", ERROR, identity, f"“{voice}” is nobody whose words are "
                      "recorded. Write child, carer or parent.")
