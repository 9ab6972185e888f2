"""What the wall refuses to run, whoever hands it a diagram; the checker says it better before.

SpiffWorkflow accepts much that it then runs wrongly or not at all (a service task stalls, an
event subprocess does not interrupt and spoils the parsed procedure for every later case). So
only this closed list reaches it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from lxml import etree

from engine.errors import DiagramRefused
from engine.spiff.elements import BPMN, NODES, TIMES, Element, local_name, tag

_NOT_YET = {
    "messageEventDefinition": "Pepway cannot wait for messages yet.",
}
_EVENT_DEFINITIONS = {
    "startEvent": {"timerEventDefinition"},
    "endEvent": {"terminateEventDefinition"},
    "intermediateCatchEvent": {"timerEventDefinition"},
    "boundaryEvent": {"timerEventDefinition"},
}
_NO_FLOW = frozenset(
    {"laneSet", "textAnnotation", "association", "group", "documentation", "extensionElements",
     "incoming", "outgoing", "category", "sequenceFlow"}
)
_REPEATABLE = frozenset({"userTask", "subProcess", "callActivity"})


def refuse_what_cannot_run(root: etree._Element) -> None:
    """Raises `DiagramRefused` for the first element that is not on the list."""
    for process in root.iterchildren(tag("process")):
        for node in _nodes(process):
            _refuse_node(node)


def refuse_what_does_not_fit(elements: Mapping[str, Element]) -> None:
    """Raises `DiagramRefused` for an arrow or event that does not fit its surroundings."""
    joined: Counter[tuple[str | None, str | None]] = Counter()
    for element in elements.values():
        if element.kind == "sequenceFlow":
            _refuse_arrow(element, elements)
            joined[element.from_, element.to_] += 1
        elif element.kind in ("intermediateCatchEvent", "boundaryEvent"):
            _refuse_event(element, elements)
        elif element.kind in ("serviceTask", "sendTask") and not element.action:
            raise _refused(element, "names no action, so nothing would be done")
    for (_, target), count in joined.items():
        gateway = elements[target or ""]
        if count > 1 and gateway.kind == "parallelGateway":
            raise _refused(gateway, "is reached by two arrows from the same shape")
    _refuse_starts(elements)
    _refuse_dead_ends(elements)
    _refuse_calls_in_a_circle(elements)


def _refuse_arrow(arrow: Element, elements: Mapping[str, Element]) -> None:
    source, target = elements.get(arrow.from_ or ""), elements.get(arrow.to_ or "")
    if source is None or target is None or {source.process, target.process} != {arrow.process}:
        raise _refused(arrow, "does not join two shapes of one process")
    if source.kind == "endEvent":
        raise _refused(arrow, "leaves an end event")
    if target.kind in ("startEvent", "boundaryEvent"):
        raise _refused(arrow, "leads into an event that nothing can lead into")
    if arrow.condition and source.kind != "exclusiveGateway":
        raise _refused(arrow, "has a condition, but leaves no exclusive gateway")


def _refuse_starts(elements: Mapping[str, Element]) -> None:
    """SpiffWorkflow begins at one start event and never says that there are more."""
    counted = Counter(each.process for each in elements.values() if each.kind == "startEvent")
    for element in elements.values():
        if element.kind == "startEvent" and counted[element.process] > 1:
            raise _refused(element, "is one of several start events of its process")


def _refuse_dead_ends(elements: Mapping[str, Element]) -> None:
    """A token that comes where no arrow leaves would be lost, and the case be called ended."""
    left = {each.from_ for each in elements.values() if each.kind == "sequenceFlow"}
    reached = {each.to_ for each in elements.values() if each.kind == "sequenceFlow"}
    for element in elements.values():
        comes = element.id in reached or element.kind in ("startEvent", "boundaryEvent")
        if comes and element.kind != "endEvent" and element.id not in left:
            raise _refused(element, "leads nowhere: no arrow leaves it")
        default = elements.get(element.default or element.id)
        if element.default and (default is None or default.from_ != element.id):
            raise _refused(element, "has a default arrow that does not leave it")


def _refuse_calls_in_a_circle(elements: Mapping[str, Element]) -> None:
    """A process that calls itself, by whatever way, would have no bottom."""
    calls: dict[str, set[str]] = {}
    processes = {element.process for element in elements.values()}
    for element in elements.values():
        if element.kind == "callActivity" and element.calls not in processes:
            raise _refused(element, "calls a process that is not there")
        inner = element.id if element.kind == "subProcess" else element.calls
        if inner:
            calls.setdefault(element.process, set()).add(inner)
    for element in elements.values():
        if element.calls and element.process in _within(element.calls, calls):
            raise _refused(element, "calls a process that comes back to this one")


def _within(process: str, calls: Mapping[str, set[str]]) -> set[str]:
    """The process, and all that it calls or contains, at whatever depth."""
    found, unread = {process}, [process]
    while unread:
        new = calls.get(unread.pop(), set()) - found
        found |= new
        unread += new
    return found


def _refuse_event(event: Element, elements: Mapping[str, Element]) -> None:
    if not event.timer:
        raise _refused(event, "waits for nothing: it has no date and no duration")
    host = elements.get(event.attached_to or "")
    if event.kind == "boundaryEvent" and (host is None or host.kind not in _REPEATABLE):
        raise _refused(event, "is not attached to a task or subprocess")


def _nodes(scope: etree._Element) -> Iterator[etree._Element]:
    for node in scope.iterchildren():
        yield node
        if local_name(node) == "subProcess":
            yield from _nodes(node)


def _refuse_node(node: etree._Element) -> None:
    kind, said = local_name(node), node.get("name") or node.get("id") or "A shape"
    if kind in _NOT_YET:
        raise DiagramRefused(f"“{said}”: {_NOT_YET[kind]}")
    loop = node.find(tag("multiInstanceLoopCharacteristics"))
    unknown = etree.QName(node).namespace != BPMN or kind not in {*NODES, *_NO_FLOW}
    if unknown and not _is_inside_subprocess(node):
        raise DiagramRefused(f"“{said}” is a {kind}, which Pepway does not run.")
    if kind in NODES and not node.get("id"):
        raise DiagramRefused(f"A {kind} has no id, so no case could remember standing there.")
    if node.get("triggeredByEvent") in ("true", "1"):
        raise DiagramRefused(f"“{said}” is an event subprocess, which Pepway does not run.")
    if loop is not None and (kind not in _REPEATABLE or not _cardinality(loop)):
        raise DiagramRefused(f"“{said}” repeats in a way that Pepway does not run.")
    for child in node.iterchildren():
        _refuse_child(child, kind, said)
    times = list(node.iterdescendants(*TIMES))
    definitions = [child for child in node if local_name(child).endswith("EventDefinition")]
    if kind in _EVENT_DEFINITIONS and max(len(times), len(definitions)) > 1:
        raise DiagramRefused(f"“{said}” waits for two things. Draw an event for each.")


def _refuse_child(child: etree._Element, kind: str, said: str) -> None:
    name = local_name(child)
    if name in _NOT_YET:
        raise DiagramRefused(f"“{said}”: {_NOT_YET[name]}")
    if name == "eventDefinitionRef":
        raise DiagramRefused(f"“{said}” takes its event from elsewhere in the file.")
    allowed = _EVENT_DEFINITIONS.get(kind, set())
    if name.endswith("EventDefinition") and name not in allowed:
        raise DiagramRefused(f"“{said}” has a {name}, which Pepway does not run here.")
    if name == "standardLoopCharacteristics":
        raise DiagramRefused(f"“{said}” repeats by itself. Draw the arrow back from a gateway.")


def _cardinality(loop: etree._Element) -> bool:
    """Whether a number of times is all that the repetition says."""
    parts = [child for child in loop if local_name(child) != "documentation"]
    return [local_name(part) for part in parts] == ["loopCardinality"] and bool(
        (parts[0].text or "").strip()
    )


def _is_inside_subprocess(node: etree._Element) -> bool:
    """Loop and event details of a subprocess stand among its nodes."""
    parent = node.getparent()
    return (
        parent is not None
        and local_name(parent) == "subProcess"
        and local_name(node).endswith("LoopCharacteristics")
    )


def _refused(element: Element, why: str) -> DiagramRefused:
    return DiagramRefused(f"“{element.name or element.id}” {why}.")
