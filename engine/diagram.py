"""A diagram as a picture: where its shapes, lanes and arrows lie, and the same as text.

Read from the release's own BPMN; drawn by the web as SVG without any script.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from engine.spiff.elements import Element, pepway, read_elements, tag
from engine.spiff.xml import read_xml

DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    width: float
    height: float

    @property
    def middle_x(self) -> float:
        return self.x + self.width / 2

    @property
    def middle_y(self) -> float:
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class LaneShape:
    id: str
    name: str
    role: str | None
    box: Box


@dataclass(frozen=True, slots=True)
class NodeShape:
    element: Element
    label: str
    box: Box
    label_box: Box | None


@dataclass(frozen=True, slots=True)
class Arrow:
    id: str
    name: str
    points: Sequence[tuple[float, float]]
    label_box: Box | None


@dataclass(frozen=True, slots=True)
class Diagram:
    process: str
    title: str
    bounds: Box
    pool: Box | None
    pool_name: str
    lanes: Sequence[LaneShape]
    nodes: Sequence[NodeShape]
    arrows: Sequence[Arrow]


@dataclass(frozen=True, slots=True)
class TextStep:
    """One step of the diagram in words, in reading order."""

    number: int
    element: Element
    role: str | None
    goes_to: Sequence[tuple[str, str]]
    """(condition in words, name of the next step)."""


def read_diagram(content: bytes) -> Diagram:
    """The picture of one .bpmn. Raises `Unreadable`; shapes without a place are left out."""
    root = read_xml(content)
    elements = read_elements(root)
    places = dict(_boxes(root))
    process = next(root.iter(tag("process")))
    pool = next(iter(root.iter(tag("participant"))), None)
    lanes = [
        LaneShape(lane.get("id", ""), lane.get("name", ""), pepway(lane, "role"), box[0])
        for lane in root.iter(tag("lane"))
        if (box := places.get(lane.get("id", "")))
    ]
    named = {node.get("id"): node.get("name", "") for node in process.iter()
             if isinstance(node.tag, str) and node.get("id")}
    nodes = [
        NodeShape(element, named.get(identity, ""), *places[identity])
        for identity, element in elements.items()
        if element.kind != "sequenceFlow" and identity in places
    ]
    arrows = list(_arrows(root, elements))
    pool_place = places.get(pool.get("id", "")) if pool is not None else None
    return Diagram(
        process=process.get("id", ""),
        title=process.get("name") or process.get("id", ""),
        bounds=_bounds([*(shape.box for shape in (*lanes, *nodes)),
                        *([pool_place[0]] if pool_place else [])]),
        pool=pool_place[0] if pool_place else None,
        pool_name=pool.get("name", "") if pool is not None else "",
        lanes=lanes,
        nodes=nodes,
        arrows=arrows,
    )


def read_steps(content: bytes) -> list[TextStep]:
    """The diagram as numbered steps, along its arrows from the start."""
    root = read_xml(content)
    elements = read_elements(root)
    flows = [element for element in elements.values() if element.kind == "sequenceFlow"]
    order = _reading_order(elements, flows)
    shown = [identity for identity in order if _is_step(elements[identity])]
    return [
        TextStep(
            number,
            elements[identity],
            elements[identity].role,
            list(_next_steps(identity, elements, flows, frozenset())),
        )
        for number, identity in enumerate(shown, 1)
    ]


def _is_step(element: Element) -> bool:
    return not element.kind.endswith("Gateway")


def _next_steps(
    identity: str,
    elements: Mapping[str, Element],
    flows: Sequence[Element],
    seen: frozenset[str],
    said: str = "",
) -> Iterator[tuple[str, str]]:
    """Follow arrows through gateways to the next things a person would name."""
    for flow in flows:
        if flow.from_ != identity or flow.to_ in seen:
            continue
        target = elements[flow.to_ or ""]
        source = elements[identity]
        words = said
        if source.kind == "exclusiveGateway" and flow.name:
            question = source.name if source.name != _plain(source.id) else ""
            words = ", ".join(filter(None, [said, f"{question} {flow.name}".strip()]))
        if _is_step(target):
            yield words, target.name
        else:
            yield from _next_steps(target.id, elements, flows, seen | {identity}, words)


def _plain(identity: str) -> str:
    return identity.replace("_", " ").capitalize()


def _reading_order(elements: Mapping[str, Element], flows: Sequence[Element]) -> list[str]:
    """Breadth first from the start events, so that side-by-side steps stand together."""
    waiting = [e.id for e in elements.values() if e.kind == "startEvent"]
    order: list[str] = []
    while waiting:
        identity = waiting.pop(0)
        if identity in order:
            continue
        order.append(identity)
        waiting += [f.to_ for f in flows if f.from_ == identity and f.to_]
        waiting += [e.id for e in elements.values() if e.attached_to == identity]
    return order


def _boxes(root: etree._Element) -> Iterator[tuple[str, tuple[Box, Box | None]]]:
    for shape in root.iter(f"{{{DI}}}BPMNShape"):
        bounds = shape.find(f"{{{DC}}}Bounds")
        if bounds is None:
            continue
        label = shape.find(f"{{{DI}}}BPMNLabel/{{{DC}}}Bounds")
        yield shape.get("bpmnElement", ""), (_box(bounds), None if label is None else _box(label))


def _arrows(root: etree._Element, elements: Mapping[str, Element]) -> Iterator[Arrow]:
    for edge in root.iter(f"{{{DI}}}BPMNEdge"):
        element = elements.get(edge.get("bpmnElement", ""))
        if element is None or element.kind != "sequenceFlow":
            continue
        label = edge.find(f"{{{DI}}}BPMNLabel/{{{DC}}}Bounds")
        points = [
            (_number(point.get("x")), _number(point.get("y")))
            for point in edge.iter(f"{{{DD}}}waypoint")
        ]
        yield Arrow(element.id, element.name, points, None if label is None else _box(label))


def _box(bounds: etree._Element) -> Box:
    return Box(*(_number(bounds.get(name)) for name in ("x", "y", "width", "height")))


def _number(text: str | None) -> float:
    """A coordinate; what is no sensible number counts as 0."""
    try:
        value = float(text or 0)
    except ValueError:
        return 0.0
    return value if abs(value) < 1e6 else 0.0


def _bounds(boxes: Sequence[Box]) -> Box:
    if not boxes:
        return Box(0, 0, 100, 100)
    left, top = min(b.x for b in boxes), min(b.y for b in boxes)
    right = max(b.x + b.width for b in boxes)
    bottom = max(b.y + b.height for b in boxes)
    return Box(left - 10, top - 10, right - left + 20, bottom - top + 20)
