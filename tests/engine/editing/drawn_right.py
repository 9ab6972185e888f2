"""What is wrong with how a diagram is drawn: what has no place, what lies on what."""

from collections.abc import Iterator
from itertools import combinations, pairwise

from lxml import etree

from engine.editing.drawing import Drawing
from engine.editing.picture import Picture, overlap
from engine.editing.routing import passes_through
from engine.editing.source import DI
from engine.spiff.elements import tag


def faults(content: bytes) -> list[str]:
    drawing = Drawing(content)
    picture = Picture(drawing)
    return [*_without_place(drawing, picture), *_arrows(drawing, picture),
            *_on_each_other(drawing, picture), *_outside(drawing, picture)]


def without_picture(content: bytes) -> bytes:
    root = etree.fromstring(content)
    for diagram in list(root.iter(f"{{{DI}}}BPMNDiagram")):
        root.remove(diagram)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _solid(drawing, picture):
    """Shapes that nothing else may lie on."""
    return {node: picture.boxes[node] for node in drawing.nodes
            if node in picture.boxes and drawing.kind(node) not in ("boundaryEvent", "subProcess")}


def _without_place(drawing, picture) -> Iterator[str]:
    for node in (*drawing.nodes, *drawing.lanes_and_pools):
        if node not in picture.boxes:
            yield f"{node} has no place"
    for flow, element in drawing.elements.items():
        if element.kind == "sequenceFlow" and len(picture.lines.get(flow, ())) < 2:
            yield f"{flow} is not drawn"


def _arrows(drawing, picture) -> Iterator[str]:
    for flow, points in picture.lines.items():
        element = drawing.elements.get(flow)
        if element is None:
            continue
        for start, end in pairwise(points):
            if start[0] != end[0] and start[1] != end[1]:
                yield f"{flow} is sloped"
            for node, box in _solid(drawing, picture).items():
                if node not in (element.from_, element.to_) and passes_through(start, end, box):
                    yield f"{flow} runs through {node}"


def _on_each_other(drawing, picture) -> Iterator[str]:
    for (one, box), (other, place) in combinations(_solid(drawing, picture).items(), 2):
        if overlap(box, place):
            yield f"{one} lies on {other}"


def _outside(drawing, picture) -> Iterator[str]:
    for lane in drawing.root.iter(tag("lane")):
        band = picture.boxes.get(lane.get("id"))
        for reference in lane.iter(tag("flowNodeRef")):
            box = picture.boxes.get(reference.text)
            if band and box and not (
                band.y <= box.middle_y <= band.y + band.height
                and band.x <= box.middle_x <= band.x + band.width
            ):
                yield f"{reference.text} is not in its lane"
