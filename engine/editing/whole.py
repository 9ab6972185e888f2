"""Lays out a whole diagram: columns by the longest way to each shape, rows by lanes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from engine.diagram import Box
from engine.editing.picture import ASIDE, Picture, around, centred, shifted, size_of
from engine.spiff.elements import DRAWN, local_name, tag
from engine.steps import Order

GAP_X, GAP_Y = 60.0, 44.0
LEAST_LANE = 130.0
HEADING = 30.0
"""Of a pool and of a lane, at the left."""
EDGE = 40.0
BETWEEN_POOLS = 60.0


@dataclass(slots=True)
class _Grid:
    """One process or subprocess: for each shape its column, its lane and its row in the lane."""

    columns: dict[str, int] = field(default_factory=dict)
    rows: dict[str, tuple[int, int]] = field(default_factory=dict)
    sizes: dict[str, tuple[float, float]] = field(default_factory=dict)


def lay_out(picture: Picture) -> None:
    """Every shape, lane and pool."""
    drawing = picture.drawing
    top = EDGE
    for process in drawing.root.iterchildren(tag("process")):
        pool = next((each for each in drawing.root.iter(tag("participant"))
                     if each.get("processRef") == process.get("id")), None)
        top = _lay_out_process(picture, process, pool, top) + BETWEEN_POOLS
    for pool in drawing.root.iter(tag("participant")):
        if pool.get("id", "") not in picture.boxes:
            width = around(picture.boxes.values()).width if picture.boxes else 600.0
            picture.boxes[pool.get("id", "")] = Box(EDGE, top, width, 60.0)
            top += 60.0 + BETWEEN_POOLS
    _put_aside(picture, top)


def _lay_out_process(
    picture: Picture, process: etree._Element, pool: etree._Element | None, top: float
) -> float:
    """Returns where it ends below."""
    lanes = _leaf_lanes(process)
    left = EDGE + (HEADING if pool is not None else 0) + (HEADING if lanes else 0) * _depth(lanes)
    grid = _arrange(picture, process, lanes)
    right, bottom, bands = _place(picture, grid, left, top, len(lanes))
    for lane, (begins, ends) in zip(lanes, bands, strict=False):
        picture.boxes[lane.get("id", "")] = Box(
            left - HEADING, begins, right - left + HEADING, ends - begins)
    _around_lanes(picture, process)
    if pool is not None:
        from_ = EDGE
        picture.boxes[pool.get("id", "")] = Box(from_, top, right - from_, bottom - top)
    return bottom


def _leaf_lanes(process: etree._Element) -> list[etree._Element]:
    return [lane for lane in process.iter(tag("lane"))
            if lane.find(f"{tag('childLaneSet')}/{tag('lane')}") is None]


def _depth(lanes: list[etree._Element]) -> int:
    return max((sum(1 for _ in lane.iterancestors(tag("lane"))) + 1 for lane in lanes), default=0)


def _around_lanes(picture: Picture, process: etree._Element) -> None:
    """Lanes that hold lanes, the inner ones first."""
    for lane in reversed(list(process.iter(tag("lane")))):
        inner = [picture.boxes[each.get("id", "")] for each in lane.iter(tag("lane"))
                 if each is not lane and each.get("id", "") in picture.boxes]
        if inner and lane.get("id", "") not in picture.boxes:
            box = around(inner)
            picture.boxes[lane.get("id", "")] = Box(
                box.x - HEADING, box.y, box.width + HEADING, box.height)


def _arrange(picture: Picture, scope: etree._Element, lanes: list[etree._Element]) -> _Grid:
    drawing = picture.drawing
    lane_of = {(ref.text or "").strip(): at for at, lane in enumerate(lanes)
               for ref in lane.iterchildren(tag("flowNodeRef"))}
    grid = _Grid()
    inside = [each.get("id", "") for each in scope.iterchildren(etree.Element)
              if local_name(each) in DRAWN]
    before = _before(picture, inside)
    for node in _in_order(before):
        if drawing.kind(node) == "boundaryEvent":
            host = drawing.node(node).get("attachedToRef", "")
            grid.columns[node] = grid.columns.get(host, 0)
            grid.rows[node] = grid.rows.get(host, (0, 0))
            continue
        grid.sizes[node] = _size(picture, node)
        grid.columns[node] = max((grid.columns[each] + 1 for each in before[node]), default=0)
        grid.rows[node] = _row(picture, grid, node, before[node], lane_of)
    return grid


def _before(picture: Picture, inside: list[str]) -> dict[str, list[str]]:
    """By shape those straight before it, without arrows back; of a timer its host."""
    drawing = picture.drawing
    backwards = Order(drawing.elements).backwards
    found: dict[str, list[str]] = {}
    for node in inside:
        found[node] = [source for flow in drawing.into(node)
                       if (source := drawing.source_of(flow)) in inside
                       and (source, node) not in backwards and source != node]
        host = drawing.node(node).get("attachedToRef")
        if host in inside:
            found[node].append(host)
    return found


def _in_order(before: Mapping[str, list[str]]) -> Iterator[str]:
    """Each after all before it; what goes round in spite of all, in the order of the file."""
    told: dict[str, None] = {}
    while len(told) < len(before):
        ready = [node for node, earlier in before.items()
                 if node not in told and all(each in told for each in earlier)]
        for node in ready or [next(each for each in before if each not in told)]:
            told[node] = None
            yield node


def _row(
    picture: Picture, grid: _Grid, node: str, before: list[str], lane_of: Mapping[str, int]
) -> tuple[int, int]:
    lane = lane_of.get(node, 0)
    taken = {row for each, row in grid.rows.items()
             if grid.columns[each] == grid.columns[node] and each in grid.sizes}
    wished = next((grid.rows[each][1] + (picture.drawing.kind(each) == "boundaryEvent")
                   for each in before if grid.rows[each][0] == lane), 0)
    ahead = (wished + step for step in range(len(grid.columns) + 1))
    return next((lane, row) for row in ahead if (lane, row) not in taken)


def _size(picture: Picture, node: str) -> tuple[float, float]:
    drawing = picture.drawing
    kind = drawing.kind(node)
    if kind not in ("subProcess", "transaction", "adHocSubProcess"):
        return size_of(kind)
    grid = _arrange(picture, drawing.node(node), [])
    if not grid.rows:
        return size_of(kind)
    right, bottom, _ = _place(picture, grid, 0.0, 0.0, 0)
    return right, bottom + 10


def _place(
    picture: Picture, grid: _Grid, left: float, top: float, lanes: int
) -> tuple[float, float, list[tuple[float, float]]]:
    """Boxes for all in it; where it ends at the right and below, and where its lanes lie."""
    widths: dict[int, float] = {}
    heights: dict[tuple[int, int], float] = {}
    for node, size in grid.sizes.items():
        column, row = grid.columns[node], grid.rows[node]
        widths[column] = max(widths.get(column, 110.0), size[0])
        heights[row] = max(heights.get(row, 80.0), size[1])
    xs, right = _run(widths, left + GAP_X / 2, GAP_X)
    ys: dict[tuple[int, int], float] = {}
    bands: list[tuple[float, float]] = []
    begins = top
    for lane in range(max(lanes, 1)):
        own = {row: height for (at, row), height in heights.items() if at == lane}
        places, ends = _run(own, begins + GAP_Y / 2, GAP_Y)
        ends = max(ends, begins + LEAST_LANE)
        spare = (ends - begins - sum(own.values()) - GAP_Y * len(own)) / 2 if own else 0
        ys |= {(lane, row): y + spare for row, y in places.items()}
        bands.append((begins, ends))
        begins = ends
    for node, size in grid.sizes.items():
        column, row = grid.columns[node], grid.rows[node]
        _put(picture, node, centred(xs[column] + widths[column] / 2,
                                    ys[row] + heights[row] / 2, size))
    for node in grid.rows:
        if node not in grid.sizes:
            put_on_edge(picture, node)
    return right + GAP_X / 2, begins, bands


def _run(lengths: Mapping[int, float], begins: float, gap: float) -> tuple[dict[int, float], float]:
    """Where each of a row of things begins, and where the last one ends with its gap."""
    places: dict[int, float] = {}
    for at in range(max(lengths, default=-1) + 1):
        places[at] = begins
        begins += lengths.get(at, 110.0) + gap
    return places, begins - gap / 2


def _put(picture: Picture, node: str, box: Box) -> None:
    """With what lies inside it, which was laid out from 0, 0."""
    picture.boxes[node] = box
    element = picture.drawing.node(node)
    if local_name(element) in ("subProcess", "transaction", "adHocSubProcess"):
        for inner in element.iter(etree.Element):
            identity = inner.get("id", "")
            if inner is not element and identity in picture.boxes:
                picture.boxes[identity] = shifted(picture.boxes[identity], box.x, box.y)


def put_on_edge(picture: Picture, timer: str) -> None:
    """A boundary event, on the lower edge of its step beside those that are there."""
    drawing = picture.drawing
    host = picture.boxes.get(drawing.node(timer).get("attachedToRef", ""))
    if host is None:
        return
    beside = [picture.boxes[each] for each in drawing.boundaries_of(
        drawing.node(timer).get("attachedToRef", "")) if each in picture.boxes and each != timer]
    size = size_of("boundaryEvent")
    places = [centred(host.x + host.width - 25 - 40 * at, host.y + host.height, size)
              for at in range(max(1, int(host.width // 40)))]
    places += [centred(host.x + host.width - 25 - 40 * at, host.y, size)
               for at in range(max(1, int(host.width // 40)))]
    free = [place for place in places
            if all(abs(place.middle_x - each.middle_x) >= 36 or abs(
                place.middle_y - each.middle_y) >= 36 for each in beside)]
    picture.boxes[timer] = (free or places)[0]


def _put_aside(picture: Picture, top: float) -> None:
    """Notes and data objects, which are no part of the flow, in a row beneath it."""
    put_beneath(picture, (each.get("id", "") for each in picture.drawing.root.iter(
        *(tag(kind) for kind in ASIDE))), top)


def put_beneath(picture: Picture, identities: Iterable[str], top: float) -> None:
    by_id = {each.get("id", ""): local_name(each) for each in picture.drawing.root.iter(
        *(tag(kind) for kind in ASIDE))}
    left = EDGE
    for identity in identities:
        if identity and identity not in picture.boxes:
            width, height = size_of(by_id[identity])
            picture.boxes[identity] = Box(left, top, width, height)
            left += width + GAP_X
