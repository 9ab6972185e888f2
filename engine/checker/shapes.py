"""Which elements and attributes a diagram may use: a closed list, everything else by name."""

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from engine.checker.report import ERROR, NOTE, Finding
from engine.spiff.elements import BPMN, EVENTS, GATEWAYS, PEPWAY, local_name, pepway, tag

MOST_ELEMENTS = 2000

FLOW = frozenset(
    {"userTask", "serviceTask", "sendTask", "businessRuleTask", "subProcess", "callActivity",
     "sequenceFlow", *EVENTS, *GATEWAYS}
)
AROUND = frozenset(
    {"laneSet", "lane", "textAnnotation", "association", "group", "documentation",
     "extensionElements", "incoming", "outgoing", "category", "categoryValue"}
)
NOT_YET = {
    "messageEventDefinition": "waiting for a message",
    "multiInstanceLoopCharacteristics": "repeating a step for each of several",
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
    "standardLoopCharacteristics": "Draw the arrow back from an exclusive gateway.",
    "transaction": "Use an embedded subprocess.",
    "adHocSubProcess": "Use user tasks side by side.",
}
EVENT_DEFINITIONS = {
    "startEvent": frozenset[str](),
    "endEvent": frozenset({"terminateEventDefinition"}),
    "intermediateCatchEvent": frozenset({"timerEventDefinition"}),
    "boundaryEvent": frozenset({"timerEventDefinition"}),
}
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
    nodes = [node for process in processes for node in process.iter() if _is_element(node)]
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
        for node in process.iterchildren():
            yield from _allowed(node, process)
    for node in nodes:
        yield from _attributes(node)


def _is_element(node: etree._Element) -> bool:
    return isinstance(node.tag, str)


def _ids(nodes: list[etree._Element]) -> Iterator[Finding]:
    named = [node for node in nodes if local_name(node) in FLOW]
    for node in named:
        if not node.get("id"):
            yield Finding("id-missing", ERROR, None, f"A {local_name(node)} has no id, so no case "
                          "could remember standing there. Give it one.")
    counts = Counter(node.get("id") for node in nodes if node.get("id"))
    for identity, count in counts.items():
        if count > 1:
            yield Finding("id-duplicate", ERROR, identity, f"{count} elements have the id "
                          f"“{identity}”. A case could not tell them apart: give each its own.")


def _allowed(node: etree._Element, parent: etree._Element) -> Iterator[Finding]:
    kind, identity = local_name(node), node.get("id")
    if not _is_element(node):
        return
    if etree.QName(node).namespace != BPMN:
        yield Finding("element-not-allowed", ERROR, identity or parent.get("id"),
                      f"“{kind}” is not BPMN. Remove it: no case could pass it.")
    elif kind in NOT_YET:
        yield _not_yet(node, kind)
    elif kind in FLOW:
        yield from _inside(node, kind)
    elif kind not in AROUND:
        instead = INSTEAD.get(kind, "Replace it by tasks, gateways, timers and subprocesses.")
        yield Finding("element-not-allowed", ERROR, identity, f"“{node.get('name') or identity}” "
                      f"is a {kind}, which Pepway does not run. {instead}")


def _not_yet(node: etree._Element, kind: str) -> Finding:
    return Finding("not-yet", ERROR, _owner(node), f"This step needs {NOT_YET[kind]}, which "
                   "Pepway cannot run yet. Leave it out until a later version.")


def _owner(node: etree._Element) -> str | None:
    """The nearest id that a person sees on the diagram."""
    while node is not None:
        if node.get("id") and local_name(node) in FLOW | set(NOT_YET):
            return node.get("id")
        parent = node.getparent()
        if parent is None:
            break
        node = parent
    return None


def _inside(node: etree._Element, kind: str) -> Iterator[Finding]:
    if kind == "subProcess" and node.get("triggeredByEvent") == "true":
        yield Finding("element-not-allowed", ERROR, node.get("id"), "An event subprocess does not "
                      "interrupt as it should. Put a boundary timer on the step instead.")
    events = [child for child in node if local_name(child).endswith("EventDefinition")]
    if len(events) > 1:
        yield Finding("element-not-allowed", ERROR, node.get("id"),
                      f"“{node.get('name') or node.get('id')}” waits for several things at once. "
                      "Draw an event for each.")
    for child in node.iterchildren():
        name = local_name(child)
        if kind == "subProcess" and name not in AROUND:
            yield from _allowed(child, node)
        elif name in NOT_YET:
            yield _not_yet(child, name)
        elif name.endswith("EventDefinition") and name not in EVENT_DEFINITIONS.get(
            kind, frozenset()
        ):
            instead = INSTEAD.get(name, "Use a timer, a plain event or a user task.")
            rule = "start-one" if kind == "startEvent" else "element-not-allowed"
            yield Finding(rule, ERROR, node.get("id"), f"“{node.get('name') or node.get('id')}” "
                          f"has a {name}, which Pepway does not run here. {instead}")
        elif name.endswith("LoopCharacteristics"):
            yield Finding("element-not-allowed", ERROR, node.get("id"),
                          f"“{node.get('name') or node.get('id')}” repeats by itself. "
                          f"{INSTEAD['standardLoopCharacteristics']}")


def _attributes(node: etree._Element) -> Iterator[Finding]:
    kind, identity = local_name(node), node.get("id")
    vendors = set()
    for name in node.attrib:
        qualified = etree.QName(name)
        if qualified.namespace == PEPWAY:
            known = PEPWAY_ATTRIBUTES.get(kind, frozenset())
            if kind not in INSTEAD and qualified.localname not in known:
                yield Finding("attribute-unknown", ERROR, identity,
                              f"“{node.get('name') or identity}”: Pepway knows no attribute "
                              f"pepway:{qualified.localname} on a {kind}. Remove it or correct "
                              "its spelling.")
        elif qualified.namespace and qualified.namespace != BPMN:
            vendors.add(qualified.namespace)
    for child in node.iterchildren(tag("extensionElements")):
        vendors |= {
            etree.QName(each).namespace or "no namespace"
            for each in child.iterchildren()
            if _is_element(each)
        }
    for vendor in sorted(vendors - {"http://www.w3.org/2001/XMLSchema-instance"}):
        yield Finding("vendor-attribute", NOTE, identity, f"This has attributes of another tool "
                      f"({vendor}). Pepway keeps them and does not execute them.")
    voice = pepway(node, "voice")
    if voice is not None and voice not in ("child", "carer", "parent"):
        yield Finding("voice-unknown", ERROR, identity, f"“{voice}” is nobody whose words are "
                      "recorded. Write child, carer or parent.")
