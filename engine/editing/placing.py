"""Places for new shapes in a diagram that people have laid out.

Free room is taken first: between the step before and the step behind, else above or below them
within the lane. Where there is none, all that lies further right is shifted as a whole, or the
lane grows and all below it is shifted.
"""

from collections.abc import Iterator
from itertools import pairwise

from lxml import etree

from engine.diagram import Box
from engine.editing.picture import (
    ASIDE,
    STEP,
    Picture,
    around,
    centred,
    grown,
    overlap,
    shifted,
    size_of,
)
from engine.editing.routing import passes_through
from engine.editing.whole import BETWEEN_POOLS, HEADING, LEAST_LANE, put_beneath, put_on_edge
from engine.spiff.elements import local_name, pepway, tag
from engine.steps import Order

ROOM, CLEAR = 50.0, 20.0
"""Between two shapes in a row, and between a new shape and all others at the least."""
ROW = 110.0


class Placing:
    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._drawing = picture.drawing
        self._backwards = Order(self._drawing.elements).backwards

    def place_all(self) -> None:
        self._exchange()
        for node in self._drawing.out_of_place:
            self._picture.boxes.pop(node, None)
            self._picture.labels.pop(node, None)
        for node in self._drawing.nodes.keys() - self._picture.boxes.keys():
            self._drawing.stale |= {*self._drawing.into(node), *self._drawing.out_of(node)}
        self._lanes()
        for node in Order(self._drawing.elements).reading():
            if node in self._drawing.nodes and node not in self._picture.boxes:
                self._place(node)
        self._timers_follow()
        put_beneath(self._picture, self._aside(), self._bottom() + BETWEEN_POOLS)

    def _exchange(self) -> None:
        """Each takes the other's place along the flow, and stays in its lane."""
        boxes = self._picture.boxes
        for one, other in self._drawing.exchanged:
            if one not in boxes or other not in boxes:
                self._drawing.out_of_place.add(one)
                continue
            right = boxes[other].middle_x - boxes[one].middle_x
            down = boxes[other].middle_y - boxes[one].middle_y
            down = down if self._drawing.lane_of(one) is self._drawing.lane_of(other) else 0.0
            for node, way in ((one, 1), (other, -1)):
                self._picture.shift(node, right * way, down * way)
            for node in (one, other):
                if not self._is_free(boxes[node], node):
                    self._drawing.out_of_place.add(node)

    def _lanes(self) -> None:
        """Lanes that were made, beneath the others; the first of all around everything."""
        boxes = self._picture.boxes
        for process in self._drawing.root.iterchildren(tag("process")):
            fresh = [lane for lane in process.iter(tag("lane")) if lane.get("id", "") not in boxes
                     and lane.find(f"{tag('childLaneSet')}/{tag('lane')}") is None]
            if not fresh:
                continue
            pool = self._pool_of(process)
            for lane in fresh:
                self._draw_lane(lane, pool)

    def _pool_of(self, process: etree._Element) -> str:
        """The pool's id, drawn around what is there where it has no shape; "" without one."""
        boxes = self._picture.boxes
        pool = next((each.get("id", "") for each in self._drawing.root.iter(tag("participant"))
                     if each.get("processRef") == process.get("id")), "")
        if pool and pool not in boxes:
            inside = [boxes[each.get("id", "")] for each in process.iter(etree.Element)
                      if each.get("id", "") in boxes]
            box = grown(around(inside), ROOM) if inside else Box(40, 40, 600, 0)
            boxes[pool] = Box(box.x - 2 * HEADING, box.y, box.width + 2 * HEADING, box.height)
        return pool

    def _draw_lane(self, lane: etree._Element, pool: str) -> None:
        boxes = self._picture.boxes
        lanes = [boxes[each.get("id", "")] for each in self._drawing.root.iter(tag("lane"))
                 if each.get("id", "") in boxes]
        if pool:
            around_it = boxes[pool]
            if not lanes and pepway(lane, "role") is None:  # it holds all that is there already
                boxes[lane.get("id", "")] = Box(around_it.x + HEADING, around_it.y,
                                                around_it.width - HEADING, around_it.height)
                return
            top = around_it.y + around_it.height
            left, width = around_it.x + HEADING, around_it.width - HEADING
        else:
            every = around(lanes or boxes.values())
            top, left, width = every.y + every.height, every.x, every.width
        self._shift_down(top, LEAST_LANE, but=pool)
        boxes[lane.get("id", "")] = Box(left, top, width, LEAST_LANE)
        if pool:
            box = boxes[pool]
            boxes[pool] = Box(box.x, box.y, box.width, top + LEAST_LANE - box.y)

    def _place(self, node: str) -> None:
        if self._drawing.kind(node) == "boundaryEvent":
            put_on_edge(self._picture, node)
            return
        size = size_of(self._drawing.kind(node))
        before, behind = self._neighbours(node)
        lane = self._lane_box(node)
        found = self._in_free_room(node, size, before, behind, lane)
        if found is None and before and behind:
            self._make_room(max(box.x + box.width for box in self._boxes_of(before)),
                            min(box.x for box in self._boxes_of(behind)), size[0], behind)
            found = self._in_free_room(node, size, before, behind, self._lane_box(node))
        if found is None:
            found = self._in_a_new_row(node, size, before, behind)
        self._picture.boxes[node] = found
        self._widen(node, found)

    def _neighbours(self, node: str) -> tuple[list[str], list[str]]:
        """Those with a place, straight before and behind it."""
        drawing, boxes = self._drawing, self._picture.boxes
        before = [each for flow in drawing.into(node)
                  if (each := drawing.source_of(flow)) in boxes
                  and (each, node) not in self._backwards]
        behind = [each for flow in drawing.out_of(node)
                  if (each := drawing.target_of(flow)) in boxes
                  and (node, each) not in self._backwards]
        return before, behind

    def _boxes_of(self, nodes: list[str]) -> list[Box]:
        return [self._picture.boxes[each] for each in nodes]

    def _in_free_room(
        self, node: str, size: tuple[float, float], before: list[str], behind: list[str],
        lane: Box | None,
    ) -> Box | None:
        places = (centred(x, y, size) for x, y in self._wishes(size, before, behind, lane))
        return next((place for place in places
                     if self._is_free(place, node) and self._fits(place, lane, before, behind)),
                    None)

    def _wishes(
        self, size: tuple[float, float], before: list[str], behind: list[str],
        lane: Box | None,
    ) -> Iterator[tuple[float, float]]:
        """Middles, the best first."""
        earlier, later = self._boxes_of(before), self._boxes_of(behind)
        rows = list(dict.fromkeys(self._rows(size, earlier, later, lane)))
        begins = max((box.x + box.width for box in earlier), default=None)
        ends = min((box.x for box in later), default=None)
        if begins is not None and ends is not None and ends > begins:
            if ends - begins >= size[0] + 2 * CLEAR:
                middle = (begins + ends) / 2
                near = begins + ROOM + size[0] / 2
                xs = [middle] if ends - begins < size[0] + 4 * ROOM else [near, middle]
                yield from ((x, y) for x in xs for y in rows)
        elif begins is not None:
            yield from ((begins + ROOM + size[0] / 2, y) for y in rows)
        elif ends is not None:
            yield from ((ends - ROOM - size[0] / 2, y) for y in rows)
        can_be_shifted = begins is not None and ends is not None and ends > begins - 1
        if can_be_shifted and size != STEP:
            return
        for box in (*earlier, *later):  # straight above or below whoever hands over
            yield from ((box.middle_x, y) for y in rows if abs(y - box.middle_y) >= box.height)
        if begins is not None and not can_be_shifted:
            yield from _nearest_first(begins + ROOM + size[0] / 2, earlier[0].middle_y, rows)

    def _rows(
        self, size: tuple[float, float], earlier: list[Box], later: list[Box], lane: Box | None
    ) -> Iterator[float]:
        for box in (*earlier, *later):
            yield box.middle_y
        within = lane or around([*earlier, *later, *self._picture.boxes.values()])
        yield within.middle_y
        near = earlier[0].middle_y if earlier else within.middle_y
        fits = int(within.height // 20)
        ys = [within.y + CLEAR / 2 + size[1] / 2 + 20 * at for at in range(fits)]
        yield from sorted(ys, key=lambda y: abs(y - near))

    def _fits(
        self, place: Box, lane: Box | None, before: list[str], behind: list[str]
    ) -> bool:
        if lane is not None:
            return (lane.y + 4 <= place.y and place.y + place.height <= lane.y + lane.height - 4
                    and place.x >= lane.x + HEADING)
        nearby = self._boxes_of([*before, *behind])
        return not nearby or any(abs(place.middle_y - box.middle_y) <= 3 * ROW for box in nearby)

    def _is_free(self, place: Box, node: str) -> bool:
        clear = grown(place, CLEAR)
        boxes = self._picture.boxes
        containers = self._containers(node) | self._drawing.lanes_and_pools | {node}
        own = {*self._drawing.boundaries_of(node)}
        if any(overlap(clear, box) for each, box in boxes.items()
               if each not in containers and each not in own):
            return False
        if any(overlap(place, box) for each, box in self._picture.labels.items()
               if each not in (node, *self._drawing.stale)):
            return False
        return not any(
            passes_through(start, end, grown(place, 6))
            for flow, points in self._picture.lines.items() if flow not in self._drawing.stale
            for start, end in pairwise(points)
        )

    def _containers(self, node: str) -> set[str]:
        return {each.get("id", "") for each in self._drawing.node(node).iterancestors()} - {""}

    def _lane_box(self, node: str) -> Box | None:
        """Where it has to lie: its lane, or the subprocess around it."""
        scope = self._drawing.scope_of(node)
        if local_name(scope) == "subProcess":
            return self._picture.boxes.get(scope.get("id", ""))
        lane = self._drawing.lane_of(node)
        return None if lane is None else self._picture.boxes.get(lane.get("id", ""))

    def _make_room(self, begins: float, ends: float, width: float, behind: list[str]) -> None:
        """Shift what begins behind `begins`, so that a shape of that width fits before it."""
        missing = width + 2 * ROOM - max(ends - begins, 0)
        if missing > 0 and ends > begins - 1:
            self._shift_right(max(begins, ends - 1), missing)

    def _in_a_new_row(
        self, node: str, size: tuple[float, float], before: list[str], behind: list[str]
    ) -> Box:
        """At the bottom of its lane, which grows."""
        earlier, later = self._boxes_of(before), self._boxes_of(behind)
        lane = self._lane_box(node)
        inside = around([*earlier, *later, *self._picture.boxes.values()])
        bottom = (lane or inside).y + (lane or inside).height
        if earlier:
            x = max(box.x + box.width for box in earlier) + ROOM + size[0] / 2
        else:
            x = min((box.x for box in later), default=inside.x + 200) - ROOM - size[0] / 2
        middle = bottom + size[1] / 2 + CLEAR
        if lane is not None:
            self._shift_down(bottom, size[1] + 2 * CLEAR + 10, but="")
            self._grow_down(node, bottom, size[1] + 2 * CLEAR + 10)
        least = inside.x + size[0] / 2 + (2 * HEADING if lane is not None else 0)
        places = (centred(x + step * 10 * way, middle, size)
                  for step in range(1000) for way in (1, -1) if x + step * 10 * way > least)
        return next((place for place in places if self._is_free(place, node)),
                    centred(x, middle, size))

    def _shift_right(self, cut: float, by: float) -> None:
        boxes, lines = self._picture.boxes, self._picture.lines
        holding = self._holders()
        moved = {each for each, box in boxes.items()
                 if each not in holding and box.middle_x > cut and box.x >= cut - 1}
        moved |= {each for each, box in boxes.items() if each in holding and box.x >= cut}
        for each in self._drawing.nodes:
            host = self._drawing.node(each).get("attachedToRef")
            if host is not None and each in boxes:
                moved = moved | {each} if host in moved else moved - {each}
        for each in holding - moved:
            box = boxes[each]
            if box.x < cut < box.x + box.width:
                boxes[each] = Box(box.x, box.y, box.width + by, box.height)
        for each in moved:
            self._picture.shift(each, by, 0)
        for flow, points in lines.items():
            lines[flow] = [(x + by, y) if x > cut else (x, y) for x, y in points]
            if flow in self._picture.labels and self._picture.labels[flow].middle_x > cut:
                self._picture.labels[flow] = shifted(self._picture.labels[flow], by, 0)

    def _shift_down(self, cut: float, by: float, but: str) -> None:
        boxes, lines = self._picture.boxes, self._picture.lines
        for each, box in list(boxes.items()):
            if each != but and box.y >= cut - 1:
                self._picture.shift(each, 0, by)
        for flow, points in lines.items():
            lines[flow] = [(x, y + by) if y > cut else (x, y) for x, y in points]
            if flow in self._picture.labels and self._picture.labels[flow].y > cut:
                self._picture.labels[flow] = shifted(self._picture.labels[flow], 0, by)

    def _grow_down(self, node: str, bottom: float, by: float) -> None:
        """All that holds it: its lane, the pool, the subprocesses around it."""
        boxes = self._picture.boxes
        for each in self._holders():
            box = boxes[each]
            if box.y < bottom <= box.y + box.height + 1:
                boxes[each] = Box(box.x, box.y, box.width, box.height + by)

    def _holders(self) -> set[str]:
        """Drawn shapes in which others lie."""
        drawing = self._drawing
        inner = {each for each in drawing.nodes
                 if local_name(drawing.node(each)) == "subProcess" and any(
                     part.get("id", "") in self._picture.boxes
                     for part in drawing.node(each).iterchildren(etree.Element))}
        return (inner | drawing.lanes_and_pools) & self._picture.boxes.keys()

    def _widen(self, node: str, place: Box) -> None:
        """Whatever holds it reaches to behind it."""
        boxes = self._picture.boxes
        right = place.x + place.width + ROOM / 2
        lane = self._drawing.lane_of(node)
        holding = self._containers(node) & self._holders()
        if lane is not None or holding & self._drawing.lanes_and_pools:
            holding |= self._drawing.lanes_and_pools & boxes.keys()
        for each in holding:
            box = boxes[each]
            if box.x + box.width < right:
                boxes[each] = Box(box.x, box.y, right - box.x, box.height)

    def _timers_follow(self) -> None:
        """A boundary event stands on the edge of its step, wherever that was put."""
        for each, node in self._drawing.nodes.items():
            host = self._picture.boxes.get(node.get("attachedToRef", ""))
            box = self._picture.boxes.get(each)
            if host is not None and box is not None and not overlap(grown(host, 2), box):
                del self._picture.boxes[each]
                self._picture.labels.pop(each, None)
                put_on_edge(self._picture, each)

    def _aside(self) -> list[str]:
        return [each.get("id", "") for each in self._drawing.root.iter(
            *(tag(kind) for kind in ASIDE))]

    def _bottom(self) -> float:
        return max((box.y + box.height for box in self._picture.boxes.values()), default=0.0)


def _nearest_first(x: float, y: float, rows: list[float]) -> list[tuple[float, float]]:
    """Places around a wish, no further away than two steps."""
    places = [(x + 20 * step, row) for step in range(-10, 16) for row in rows]
    return sorted(places, key=lambda place: abs(place[0] - x) + abs(place[1] - y) / 2)
