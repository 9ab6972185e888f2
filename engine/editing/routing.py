"""The way of an arrow from shape to shape: at right angles, and round what lies between."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from engine.diagram import Box
from engine.editing.picture import Point

OUT = 16.0
"""How far an arrow keeps from what it passes."""
NEAREST = 12
"""So many places between shapes are tried for the long part of an arrow."""

CROWDED, VERY_CROWDED = 90, 300
"""Shapes."""

_THROUGH, _ALONG, _ACROSS, _TURN = 5000.0, 150.0, 30.0, 12.0
RIGHT, LEFT, DOWN, UP = (1, 0), (-1, 0), (0, 1), (0, -1)


@dataclass(frozen=True, slots=True)
class Lie:
    """What an arrow keeps clear of."""

    shapes: Mapping[str, Box]
    lines: Sequence[tuple[Point, Point]]
    """Straight parts of other arrows."""

    @property
    def is_crowded(self) -> bool:
        """So much that only the likeliest ways are tried, and arrows may run along others."""
        return len(self.shapes) > CROWDED


def route(source: Box, target: Box, lie: Lie, *, leaves: Iterable[tuple[int, int]]) -> list[Point]:
    """The best of those tried; `leaves` are the sides on which it may begin, the best first."""
    best: tuple[float, list[Point]] | None = None
    near = _near(source, target, lie)
    sides = list(leaves)
    for rank, side in enumerate(sides[:1] if len(lie.shapes) > VERY_CROWDED else sides):
        for arrives in (RIGHT, DOWN, UP) if lie.is_crowded else (RIGHT, DOWN, UP, LEFT):
            for points in _ways(source, side, target, arrives, near):
                cheapest = best[0] if best else float("inf")
                cost = _cost(points, source, target, lie, rank * 9, cheapest)
                if cost < cheapest:
                    best = cost, points
    return best[1] if best else [(source.middle_x, source.middle_y),
                                 (target.middle_x, target.middle_y)]


def passes_through(start: Point, end: Point, box: Box) -> bool:
    """Whether a straight part runs through the inside of a box."""
    left, right = sorted((start[0], end[0]))
    top, bottom = sorted((start[1], end[1]))
    return (left < box.x + box.width - 1 and right > box.x + 1
            and top < box.y + box.height - 1 and bottom > box.y + 1)


def _ways(
    source: Box, side: tuple[int, int], target: Box, arrives: tuple[int, int],
    near: tuple[Sequence[float], Sequence[float]],
) -> Iterator[list[Point]]:
    """`arrives` is the direction in which the arrow runs into the target."""
    start, end = _on(source, side), _on(target, (-arrives[0], -arrives[1]))
    out = start[0] + side[0] * OUT, start[1] + side[1] * OUT
    into = end[0] - arrives[0] * OUT, end[1] - arrives[1] * OUT
    if start[0] == end[0] or start[1] == end[1]:
        yield _plain([start, end], side, arrives)
    yield _plain([start, (end[0], start[1]), end], side, arrives)
    yield _plain([start, (start[0], end[1]), end], side, arrives)
    xs, ys = near
    for x in (*xs, (start[0] + end[0]) / 2):
        yield _plain([start, (x, start[1]), (x, end[1]), end], side, arrives)
    for y in (*ys, (start[1] + end[1]) / 2):
        yield _plain([start, (start[0], y), (end[0], y), end], side, arrives)
        yield _plain([start, out, (out[0], y), (into[0], y), into, end], side, arrives)
    for x in xs:
        yield _plain([start, out, (x, out[1]), (x, into[1]), into, end], side, arrives)


def _plain(points: list[Point], side: tuple[int, int], arrives: tuple[int, int]) -> list[Point]:
    """Without points on a straight line; empty where it leaves or arrives another way."""
    kept: list[Point] = []
    for point in points:
        if kept and kept[-1] == point:
            continue
        if len(kept) > 1 and _in_line(kept[-2], kept[-1], point):
            kept[-1] = point
        else:
            kept.append(point)
    if len(kept) < 2:
        return []
    begins, finishes = _direction(kept[0], kept[1]), _direction(kept[-2], kept[-1])
    straight = all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(kept))
    return kept if straight and (begins, finishes) == (side, arrives) else []


def _in_line(one: Point, two: Point, three: Point) -> bool:
    return one[0] == two[0] == three[0] or one[1] == two[1] == three[1]


def _direction(start: Point, end: Point) -> tuple[int, int]:
    right, down = end[0] - start[0], end[1] - start[1]
    return (right > 0) - (right < 0), (down > 0) - (down < 0)


def _on(box: Box, side: tuple[int, int]) -> Point:
    return (box.middle_x + side[0] * box.width / 2, box.middle_y + side[1] * box.height / 2)


def _near(source: Box, target: Box, lie: Lie) -> tuple[list[float], list[float]]:
    """Where an arrow could run beside what lies between and around the two."""
    xs: set[float] = set()
    ys: set[float] = set()
    for box in (source, target, *lie.shapes.values()):
        xs |= {box.x - OUT, box.x + box.width + OUT}
        ys |= {box.y - OUT, box.y + box.height + OUT}
    middle_x, middle_y = ((source.middle_x + target.middle_x) / 2,
                          (source.middle_y + target.middle_y) / 2)
    left, right = sorted((source.middle_x, target.middle_x))
    above = [y for y in ys if y < min(source.y, target.y)]
    below = [y for y in ys if y > max(source.y + source.height, target.y + target.height)]
    most = NEAREST // 3 if lie.is_crowded else NEAREST
    return (
        sorted(xs, key=lambda x: (not left < x < right, abs(x - middle_x)))[:most],
        [*sorted(ys, key=lambda y: abs(y - middle_y))[:most],
         *sorted(above)[-3:], *sorted(below)[:3]],
    )


def _cost(
    points: list[Point], source: Box, target: Box, lie: Lie, cost: float, cheapest: float
) -> float:
    """Not told further once it is no cheaper than another."""
    if not points:
        return float("inf")
    parts = list(pairwise(points))
    cost += _TURN * len(points) + sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in parts) / 10
    for at, (start, end) in enumerate(parts):
        if cost >= cheapest:
            break
        boxes = list(lie.shapes.values())
        boxes += [source] if at else []
        boxes += [target] if at < len(parts) - 1 else []
        cost += _THROUGH * sum(passes_through(start, end, box) for box in boxes)
        if not lie.is_crowded:
            cost += sum(_meeting(start, end, *line) for line in lie.lines)
    return cost


def _meeting(start: Point, end: Point, other_start: Point, other_end: Point) -> float:
    """What it costs to cross another arrow, or to run along it."""
    is_flat, other_is_flat = start[1] == end[1], other_start[1] == other_end[1]
    left, right = sorted((start[0], end[0]))
    top, bottom = sorted((start[1], end[1]))
    other_left, other_right = sorted((other_start[0], other_end[0]))
    other_top, other_bottom = sorted((other_start[1], other_end[1]))
    if right < other_left or other_right < left or bottom < other_top or other_bottom < top:
        return 0.0
    if is_flat != other_is_flat:
        return _ACROSS
    shared = (min(right, other_right) - max(left, other_left) if is_flat
              else min(bottom, other_bottom) - max(top, other_top))
    return _ALONG if shared > 2 else 0.0
