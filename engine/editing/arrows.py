"""Draws every arrow that has no way yet, or has to take another, and writes its name beside it."""

from collections.abc import Iterator
from itertools import pairwise

from engine.diagram import Box
from engine.editing.picture import (
    TIES,
    Picture,
    Point,
    centred,
    has_name_outside,
    name_size,
    overlap,
)
from engine.editing.routing import DOWN, LEFT, RIGHT, UP, Lie, route
from engine.spiff.elements import tag


def draw_arrows(picture: Picture) -> None:
    drawing = picture.drawing
    flows = {identity: (each.from_ or "", each.to_ or "")
             for identity, each in drawing.elements.items() if each.kind == "sequenceFlow"}
    flows |= {identity: ends for identity, *ends in _ties(picture)}  # type: ignore[misc]
    for identity, (source, target) in flows.items():
        if source not in picture.boxes or target not in picture.boxes:
            continue
        if identity in drawing.stale or not _is_joined(picture, identity, source, target):
            picture.labels.pop(identity, None)
            picture.draw_line(identity, _way(picture, identity, source, target))
            _name_arrow(picture, identity)
    _name_shapes(picture)


def _ties(picture: Picture) -> Iterator[tuple[str, str, str]]:
    for tie in picture.drawing.root.iter(*(tag(kind) for kind in TIES)):
        parent = tie.getparent()
        ends = [tie.get("sourceRef"), tie.get("targetRef")]
        if tie.tag in (tag("dataInputAssociation"), tag("dataOutputAssociation")):
            host = parent.get("id", "") if parent is not None else ""
            ends = [tie.findtext(tag("sourceRef")), tie.findtext(tag("targetRef"))]
            ends = [end if end in picture.boxes else host for end in ends]
        yield tie.get("id", ""), (ends[0] or "").strip(), (ends[1] or "").strip()


def _is_joined(picture: Picture, identity: str, source: str, target: str) -> bool:
    """Whether an arrow is drawn, and still touches both its shapes."""
    points = picture.lines.get(identity, [])
    return len(points) > 1 and _touches(points[0], picture.boxes[source]) and _touches(
        points[-1], picture.boxes[target])


def _touches(point: Point, box: Box) -> bool:
    """On the edge or inside: other tools let an arrow begin in the middle of a shape."""
    return (box.x - 2 <= point[0] <= box.x + box.width + 2
            and box.y - 2 <= point[1] <= box.y + box.height + 2)


def _way(picture: Picture, identity: str, source: str, target: str) -> list[Point]:
    drawing = picture.drawing
    around = {source, target, *_containers(picture, source), *_containers(picture, target)}
    apart = drawing.lanes_and_pools
    shapes = {each: box for each, box in picture.boxes.items()
              if each not in around and each not in apart
              and each in drawing.nodes and drawing.node(each).get("attachedToRef") is None}
    lines = [part for each, points in picture.lines.items()
             if each != identity and each not in drawing.stale for part in pairwise(points)]
    source_box, target_box = picture.boxes[source], picture.boxes[target]
    return route(source_box, target_box, Lie(shapes, lines),
                 leaves=_sides(picture, source, source_box, target_box))


def _sides(
    picture: Picture, source: str, from_: Box, to_: Box
) -> tuple[tuple[int, int], ...]:
    drawing = picture.drawing
    if source in drawing.nodes and drawing.kind(source) == "boundaryEvent":
        host = picture.boxes.get(drawing.node(source).get("attachedToRef", ""), from_)
        return (UP,) if from_.middle_y < host.middle_y - host.height / 4 else (DOWN,)
    vertical = (DOWN, UP) if to_.middle_y >= from_.middle_y else (UP, DOWN)
    is_gateway = source in drawing.nodes and drawing.kind(source).endswith("Gateway")
    if to_.x >= from_.x + from_.width:
        return (RIGHT, *vertical)
    overlapping = to_.x < from_.x + from_.width and from_.x < to_.x + to_.width
    return (*vertical, RIGHT) if overlapping or is_gateway else (*vertical, RIGHT, LEFT)


def _containers(picture: Picture, identity: str) -> Iterator[str]:
    node = picture.drawing.nodes.get(identity)
    parent = node.getparent() if node is not None else None
    while parent is not None:
        yield parent.get("id", "")
        parent = parent.getparent()


def _name_arrow(picture: Picture, identity: str) -> None:
    """Beside the first straight part that has room for it."""
    element = picture.drawing.elements.get(identity)
    if element is None or not element.name:
        return
    width, height = name_size(element.name)
    points = picture.lines[identity]
    parts = sorted(pairwise(points), key=lambda part: not _has_room(part, width))
    for (x1, y1), (x2, y2) in parts[:3]:
        if y1 == y2:
            at = min(x1, x2) + 6 if x1 <= x2 else max(x1, x2) - 6 - width
            places = [Box(at, y1 - height - 3, width, height), Box(at, y1 + 3, width, height)]
        else:
            at = min(y1, y2) + 6 if y1 <= y2 else max(y1, y2) - 6 - height
            places = [Box(x1 + 5, at, width, height), Box(x1 - 5 - width, at, width, height)]
        for place in places:
            if not _is_taken(picture, identity, place):
                picture.labels[identity] = place
                return
    picture.labels.setdefault(identity, _over(points[0], width, height))


def _has_room(part: tuple[Point, Point], width: float) -> bool:
    (x1, y1), (x2, y2) = part
    return abs(x2 - x1) >= width + 8 or abs(y2 - y1) >= 30


def _over(point: Point, width: float, height: float) -> Box:
    return Box(point[0] + 6, point[1] - height - 3, width, height)


def _name_shapes(picture: Picture) -> None:
    """Names of events and gateways stand outside them: below, or above where that is taken."""
    drawing = picture.drawing
    for identity, node in drawing.nodes.items():
        name, kind = node.get("name", ""), drawing.kind(identity)
        if not name or not has_name_outside(kind) or identity in picture.labels:
            continue
        if identity not in picture.boxes or not picture.is_new(identity):
            continue
        box, size = picture.boxes[identity], name_size(name)
        below = box.y + box.height + 4 + size[1] / 2
        above = box.y - 4 - size[1] / 2
        order = (above, below) if kind.endswith("Gateway") else (below, above)
        places = [centred(box.middle_x, y, size) for y in order]
        free = [place for place in places if not _is_taken(picture, identity, place)]
        picture.labels[identity] = (free or places)[0]


def _is_taken(picture: Picture, own: str, place: Box) -> bool:
    drawing = picture.drawing
    apart = {*drawing.lanes_and_pools, *_containers(picture, own)}
    shapes = (box for each, box in picture.boxes.items() if each not in apart)
    labels = (box for each, box in picture.labels.items() if each != own)
    return any(overlap(place, box) for box in (*shapes, *labels))
