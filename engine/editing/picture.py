"""Where everything in a diagram is drawn: read from its file, moved, and written back where it
was moved."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from lxml import etree

from engine.diagram import Box
from engine.editing.drawing import Drawing, put, take_out
from engine.editing.source import DC, DD, DI
from engine.spiff.elements import local_name, tag

Point: TypeAlias = tuple[float, float]

EVENT, GATEWAY, STEP = (36.0, 36.0), (50.0, 50.0), (110.0, 80.0)
LETTER, LINE, WIDEST_LABEL = 6.2, 14.0, 110.0
_SIZES = {"dataObjectReference": (36.0, 50.0), "dataStoreReference": (50.0, 50.0),
          "textAnnotation": (160.0, 60.0), "group": (200.0, 100.0)}
ASIDE = tuple(_SIZES)
"""What is drawn beside the flow."""
TIES = ("association", "dataInputAssociation", "dataOutputAssociation", "messageFlow")


class Picture:
    """Boxes and lines by the ids of what they show."""

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.boxes: dict[str, Box] = {}
        self.labels: dict[str, Box] = {}
        self.lines: dict[str, list[Point]] = {}
        self._shown: dict[str, etree._Element] = {}
        for shape in drawing.root.iter(f"{{{DI}}}BPMNShape", f"{{{DI}}}BPMNEdge"):
            self._read(shape)
        self._before = dict(self.boxes), dict(self.labels), {k: [*v] for k, v in self.lines.items()}

    def _read(self, shown: etree._Element) -> None:
        identity = shown.get("bpmnElement", "")
        if identity in self._shown:
            return
        bounds = shown.find(f"{{{DC}}}Bounds")
        if local_name(shown) == "BPMNEdge":
            self.lines[identity] = [(_number(each, "x"), _number(each, "y"))
                                    for each in shown.iterchildren(f"{{{DD}}}waypoint")]
        elif bounds is not None:
            self.boxes[identity] = _box(bounds)
        else:
            return
        self._shown[identity] = shown
        label = shown.find(f"{{{DI}}}BPMNLabel/{{{DC}}}Bounds")
        if label is not None:
            self.labels[identity] = _box(label)

    @property
    def is_empty(self) -> bool:
        return not any(node in self.boxes for node in self.drawing.nodes)

    def is_new(self, identity: str) -> bool:
        """Whether it stands elsewhere than in the file, or is not drawn there."""
        return self._before[0].get(identity) != self.boxes.get(identity)

    def draw_line(self, identity: str, points: Sequence[Point]) -> None:
        self.lines[identity] = list(points)

    def clear(self) -> None:
        """Everything is to be drawn anew."""
        self.boxes.clear()
        self.labels.clear()
        self.lines.clear()

    def shift(self, identity: str, right: float, down: float) -> None:
        """A shape with its name."""
        self.boxes[identity] = shifted(self.boxes[identity], right, down)
        if identity in self.labels:
            self.labels[identity] = shifted(self.labels[identity], right, down)

    def write(self) -> None:
        """Into the file, what is other than it was there."""
        boxes, labels, lines = self._before
        for identity, box in self.boxes.items():
            if boxes.get(identity) != box:
                _bound(self._drawn(identity, "BPMNShape"), box)
        for identity, points in self.lines.items():
            if lines.get(identity) != points:
                _redraw(self._drawn(identity, "BPMNEdge"), points)
        for identity in {*labels, *self.labels}:
            if labels.get(identity) != self.labels.get(identity) and identity in self._shown:
                _label(self._shown[identity], self.labels.get(identity))

    def _drawn(self, identity: str, kind: str) -> etree._Element:
        if identity not in self._shown:
            shown = etree.Element(f"{{{DI}}}{kind}")
            shown.set("id", self.drawing.new_id(f"{identity}_{kind[4:].lower()}"))
            shown.set("bpmnElement", identity)
            plane = _plane(self.drawing)
            put(plane, len(plane), shown)
            if identity in self.drawing.lanes_and_pools:
                shown.set("isHorizontal", "true")
            elif self._kind(identity) == "exclusiveGateway":
                shown.set("isMarkerVisible", "true")
            elif self._kind(identity) == "subProcess":
                shown.set("isExpanded", "true")
            self._shown[identity] = shown
        return self._shown[identity]

    def _kind(self, identity: str) -> str:
        return self.drawing.kind(identity) if identity in self.drawing.nodes else ""


def shifted(box: Box, right: float, down: float) -> Box:
    return replace(box, x=box.x + right, y=box.y + down)


def centred(x: float, y: float, size: tuple[float, float]) -> Box:
    return Box(x - size[0] / 2, y - size[1] / 2, *size)


def grown(box: Box, by: float) -> Box:
    return Box(box.x - by, box.y - by, box.width + 2 * by, box.height + 2 * by)


def overlap(one: Box, other: Box) -> bool:
    return (one.x < other.x + other.width and other.x < one.x + one.width
            and one.y < other.y + other.height and other.y < one.y + one.height)


def around(boxes: Iterable[Box]) -> Box:
    """Raises `ValueError` for none."""
    every = list(boxes)
    left, top = min(each.x for each in every), min(each.y for each in every)
    return Box(left, top, max(each.x + each.width for each in every) - left,
               max(each.y + each.height for each in every) - top)


def size_of(kind: str) -> tuple[float, float]:
    if kind.endswith("Event"):
        return EVENT
    return GATEWAY if kind.endswith("Gateway") else _SIZES.get(kind, STEP)


def has_name_outside(kind: str) -> bool:
    return kind.endswith(("Event", "Gateway"))


def name_size(name: str) -> tuple[float, float]:
    """Room for a name outside its shape, in lines."""
    lines, length = 1, 0.0
    for word in name.split():
        width = (len(word) + 1) * LETTER
        if length and length + width > WIDEST_LABEL:
            lines, length = lines + 1, 0.0
        length += width
    return (min(WIDEST_LABEL, max(20.0, len(name) * LETTER)), lines * LINE)


def corners(box: Box) -> Iterator[tuple[Point, Point]]:
    """The four sides."""
    left, top, right, bottom = box.x, box.y, box.x + box.width, box.y + box.height
    yield (left, top), (right, top)
    yield (right, top), (right, bottom)
    yield (right, bottom), (left, bottom)
    yield (left, bottom), (left, top)


def _plane(drawing: Drawing) -> etree._Element:
    plane = next(drawing.root.iter(f"{{{DI}}}BPMNPlane"), None)
    if plane is None:
        diagram = etree.Element(f"{{{DI}}}BPMNDiagram")
        diagram.set("id", drawing.new_id("diagram"))
        put(drawing.root, len(drawing.root), diagram)
        plane = etree.Element(f"{{{DI}}}BPMNPlane")
        plane.set("id", drawing.new_id("plane"))
        put(diagram, 0, plane)
        shows = drawing.root.find(tag("collaboration"))
        shows = drawing.root.find(tag("process")) if shows is None else shows
        plane.set("bpmnElement", shows.get("id", "") if shows is not None else "")
    collaboration = drawing.root.find(tag("collaboration"))
    if collaboration is not None and plane.get("bpmnElement") in drawing.processes:
        plane.set("bpmnElement", collaboration.get("id", ""))
    return plane


def _bound(shape: etree._Element, box: Box) -> None:
    bounds = shape.find(f"{{{DC}}}Bounds")
    if bounds is None:
        bounds = etree.Element(f"{{{DC}}}Bounds")
        put(shape, 0, bounds)
    for name, value in (("x", box.x), ("y", box.y), ("width", box.width), ("height", box.height)):
        bounds.set(name, _plain(value))


def _redraw(edge: etree._Element, points: Sequence[Point]) -> None:
    for old in list(edge.iterchildren(f"{{{DD}}}waypoint")):
        take_out(old)
    for at, (x, y) in enumerate(points):
        waypoint = etree.Element(f"{{{DD}}}waypoint")
        put(edge, at, waypoint)
        waypoint.set("x", _plain(x))
        waypoint.set("y", _plain(y))


def _label(shown: etree._Element, box: Box | None) -> None:
    label = shown.find(f"{{{DI}}}BPMNLabel")
    if box is None:
        if label is not None:
            take_out(label)
        return
    if label is None:
        label = etree.Element(f"{{{DI}}}BPMNLabel")
        put(shown, len(shown), label)
    _bound(label, box)


def _box(bounds: etree._Element) -> Box:
    return Box(*(_number(bounds, name) for name in ("x", "y", "width", "height")))


def _number(node: etree._Element, name: str) -> float:
    """A coordinate; what is no sensible number counts as 0."""
    try:
        value = float(node.get(name) or 0)
    except ValueError:
        return 0.0
    return value if abs(value) < 1e6 else 0.0


def _plain(value: float) -> str:
    return f"{round(value, 1):g}" if abs(value) < 1e5 else f"{round(value)}"
