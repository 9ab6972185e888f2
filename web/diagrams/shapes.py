"""One shape of a diagram as SVG, by what is said of it.

What a shape looks like depends on that alone, so each is drawn once and remembered: a case's page
has hundreds of them, and in the next case most look the same.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import current_app
from markupsafe import Markup

from engine.diagram import Arrow, Box, LaneShape, NodeShape, Note
from web.diagrams.wrapping import LINE, width_of, wrap

TASK_MARGIN = 12
CHIP_PADDING = 14
WIDER_FONT = 1.15
"""Where the usual letters are missing, those that stand in for them are wider by so much."""
BOLD = 1.1
"""How much wider bold letters are."""
CHIP_HEIGHT = 18
WORDS = {"late": "Late", "here": "Now", "done": "Done"}
REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Marked:
    """A shape, and what is said of it."""

    node: NodeShape
    state: str
    """late, here, done or plain."""
    badge: str | None
    link: str | None

    @property
    def word(self) -> str | None:
        """Gateways only lead on: a word on each would hide the arrows."""
        is_gateway = self.node.element.kind.endswith("Gateway")
        return self.badge or (None if is_gateway else WORDS.get(self.state))


@dataclass(frozen=True, slots=True)
class Text:
    """Lines of text; `y` is the base line of the first."""

    lines: tuple[str, ...]
    x: float
    y: float
    anchor: str = "middle"
    line: int = LINE


@lru_cache(maxsize=REMEMBERED)
def draw_lane(lane: LaneShape, *, shaded: bool) -> Markup:
    return _drawn("lane", lane, _along(lane.name, lane.box), shaded)


@lru_cache(maxsize=REMEMBERED)
def draw_pool(box: Box, name: str) -> Markup:
    return _drawn("pool", box, name)


@lru_cache(maxsize=REMEMBERED)
def draw_arrow(arrow: Arrow, key: str, *, walked: bool) -> Markup:
    return _drawn("arrow", _points(arrow.points), key, walked)


@lru_cache(maxsize=REMEMBERED)
def draw_name(arrow: Arrow) -> Markup:
    """What is written at an arrow; nothing where it has no name."""
    if not arrow.name or not arrow.points:
        return Markup()
    if arrow.label_box is not None:
        text = Text((arrow.name,), arrow.label_box.x, arrow.label_box.y + 11, anchor="start")
    else:
        x, y = arrow.points[0]
        text = Text((arrow.name,), x + 6, y - 5, anchor="start")
    return _drawn("name", text)


@lru_cache(maxsize=REMEMBERED)
def draw_note(note: Note) -> Markup:
    most = max(1, int(note.box.height // LINE))
    text = Text(wrap(note.text, note.box.width - TASK_MARGIN, most), note.box.x + 8,
                note.box.y + 15, anchor="start")
    return _drawn("note", note.box, _points(note.points), text)


@lru_cache(maxsize=REMEMBERED)
def draw_node(marked: Marked, key: str) -> Markup:
    return _drawn("node", marked, _label(marked.node), key)


@lru_cache(maxsize=REMEMBERED)
def draw_chip(marked: Marked) -> Markup:
    """A word on a small plate at the corner of a shape; nothing where it has none."""
    word, badge = marked.word, marked.badge
    if not word:
        return Markup()
    kind = ("count-late" if "late" in badge else "count") if badge else marked.state
    return _drawn("chip", _chip_box(marked.node.box, word), kind, word, bool(marked.link))


def _drawn(macro: str, *said: Any) -> Markup:
    shapes = current_app.jinja_env.get_template("diagrams/shapes.svg").module
    drawn: Markup = getattr(shapes, macro)(*said)
    return drawn


def _points(points: tuple[tuple[float, float], ...]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


def _label(node: NodeShape) -> Text | None:
    if not node.label:
        return None
    box = node.box
    if _is_wide(node):
        lines = wrap(node.label, box.width - TASK_MARGIN, most=max(1, int(box.height // LINE) - 1))
        return Text(lines, box.middle_x, box.middle_y - (len(lines) - 1) * LINE / 2 + 4)
    place = node.label_box or Box(box.middle_x - 50, box.y + box.height + 4, 100, LINE)
    return Text(_beside(node.label, place), place.middle_x, place.y + 11)


def _beside(text: str, place: Box) -> tuple[str, ...]:
    """In as many lines as the modeller's label has, made wider where our letters are."""
    most = max(1, round(place.height / LINE))
    width = max(place.width, 60)
    while width < width_of(text) and len(wrap(text, width, most=9)) > most:
        width += 10
    return wrap(text, width, most)


def _is_wide(node: NodeShape) -> bool:
    return node.box.width > 60


def _along(name: str, box: Box) -> Text:
    """A lane's name in bold, written upwards along its left edge."""
    lines = wrap(name, (box.height - 8) / (BOLD * WIDER_FONT), most=2)
    return Text(lines, 0, 4 - (len(lines) - 1) * LINE / 2)


def _chip_box(box: Box, word: str) -> Box:
    """At the lower right corner of a task, where arrows seldom arrive; above an event."""
    width = width_of(word) * WIDER_FONT + CHIP_PADDING
    if box.width > 60:
        return Box(box.x + box.width + 7 - width, box.y + box.height - CHIP_HEIGHT / 2, width,
                   CHIP_HEIGHT)
    return Box(box.x + box.width - 7, box.y - CHIP_HEIGHT / 2, width, CHIP_HEIGHT)
