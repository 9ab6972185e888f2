"""A diagram as a picture: where its shapes, lanes, arrows and notes lie.

Read from the release's own BPMN; drawn by the web as SVG without any script. `engine.steps`
tells the same in words.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from engine.spiff.elements import DRAWN, Element, local_name, pepway, read_elements, tag
from engine.spiff.xml import Unreadable, read_xml
from engine.steps import Order

DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"

EDGE = 14
"""Room around the picture, so that no mark on an outer shape is cut off."""


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
    points: tuple[tuple[float, float], ...]
    label_box: Box | None
    from_: str
    to_: str
    backwards: bool
    """It leads back to an earlier step."""


@dataclass(frozen=True, slots=True)
class Note:
    """A text annotation; `points` are the dotted line to what it is about, if it has one."""

    text: str
    box: Box
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Diagram:
    process: str
    title: str
    bounds: Box
    pool: Box | None
    pool_name: str
    lanes: Sequence[LaneShape]
    nodes: Sequence[NodeShape]
    arrows: Sequence[Arrow]
    notes: Sequence[Note] = ()


def flowcharts_of(files: Mapping[str, bytes], procedure: str) -> list[bytes]:
    """The diagrams of a procedure's folder: its own first, then those that it calls."""
    main = f"{procedure}.bpmn"
    called = sorted(name for name in files if name.endswith(".bpmn") and name != main)
    return [files[name] for name in (main, *called)]


@lru_cache(maxsize=64)
def read_diagram(content: bytes) -> Diagram:
    """The picture of one .bpmn. Raises `Unreadable`; shapes without a place are left out."""
    root = read_xml(content)
    process = next(root.iter(tag("process")), None)
    if process is None:
        msg = "This file has no process in it, so there is nothing to draw."
        raise Unreadable(msg)
    elements = read_elements(root, DRAWN)
    places = dict(_boxes(root))
    lanes = [
        LaneShape(lane.get("id", ""), lane.get("name", ""), pepway(lane, "role"), box[0])
        for lane in root.iter(tag("lane"))
        if (box := places.get(lane.get("id", "")))
    ]
    named = {node.get("id"): node.get("name", "") for node in root.iter() if local_name(node)}
    nodes = [
        NodeShape(element, named.get(identity, ""), *places[identity])
        for identity, element in elements.items()
        if element.kind != "sequenceFlow" and identity in places
    ]
    notes = list(_notes(root, places))
    pool = next(root.iter(tag("participant")), None)
    pool_place = places.get(pool.get("id", "")) if pool is not None else None
    return Diagram(
        process=process.get("id", ""),
        title=process.get("name", "") or process.get("id", ""),
        bounds=_bounds([
            *(lane.box for lane in lanes),
            *(node.box for node in nodes),
            *(note.box for note in notes),
            *(node.label_box for node in nodes if node.label_box),
            *([pool_place[0]] if pool_place else []),
        ]),
        pool=pool_place[0] if pool_place else None,
        pool_name=pool.get("name", "") if pool is not None else "",
        lanes=lanes,
        nodes=nodes,
        arrows=list(_arrows(root, elements)),
        notes=notes,
    )


def _boxes(root: etree._Element) -> Iterator[tuple[str, tuple[Box, Box | None]]]:
    for shape in root.iter(f"{{{DI}}}BPMNShape"):
        bounds = shape.find(f"{{{DC}}}Bounds")
        if bounds is None:
            continue
        label = shape.find(f"{{{DI}}}BPMNLabel/{{{DC}}}Bounds")
        yield shape.get("bpmnElement", ""), (_box(bounds), None if label is None else _box(label))


def _arrows(root: etree._Element, elements: Mapping[str, Element]) -> Iterator[Arrow]:
    backwards = Order(elements).backwards
    for edge in root.iter(f"{{{DI}}}BPMNEdge"):
        element = elements.get(edge.get("bpmnElement", ""))
        if element is None or element.kind != "sequenceFlow":
            continue
        label = edge.find(f"{{{DI}}}BPMNLabel/{{{DC}}}Bounds")
        from_, to = element.from_ or "", element.to_ or ""
        yield Arrow(element.id, element.name, _points(edge), None if label is None else _box(label),
                    from_, to, (from_, to) in backwards)


def _notes(
    root: etree._Element, places: Mapping[str, tuple[Box, Box | None]]
) -> Iterator[Note]:
    lines = {edge.get("bpmnElement", ""): edge for edge in root.iter(f"{{{DI}}}BPMNEdge")}
    ties = {
        end: lines[tie.get("id", "")]
        for tie in root.iter(tag("association"))
        if tie.get("id", "") in lines
        for end in (tie.get("sourceRef", ""), tie.get("targetRef", ""))
    }
    for note in root.iter(tag("textAnnotation")):
        identity = note.get("id", "")
        if identity in places:
            text = (note.findtext(tag("text")) or "").strip()
            tie = ties.get(identity)
            yield Note(text, places[identity][0], () if tie is None else _points(tie))


def _points(edge: etree._Element) -> tuple[tuple[float, float], ...]:
    return tuple(
        (_number(point.get("x")), _number(point.get("y")))
        for point in edge.iter(f"{{{DD}}}waypoint")
    )


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
    return Box(left - EDGE, top - EDGE, right - left + 2 * EDGE, bottom - top + 2 * EDGE)
