"""Draws a diagram as accessible SVG, with marks for where a case stands or how many do.

Every mark is a word as well as a colour, so that it reads in black and white and aloud. There
is no inline style: the site's style sheet knows the classes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flask import render_template
from markupsafe import Markup

from engine.diagram import Arrow, Box, Diagram, NodeShape, Note
from web.diagrams.wrapping import LINE, width_of, wrap

TASK_MARGIN = 12
CHIP_PADDING = 14
WIDER_FONT = 1.15
"""Where the usual letters are missing, those that stand in for them are wider by so much."""
BOLD = 1.1
"""How much wider bold letters are."""
CHIP_HEIGHT = 18
WORDS = {"late": "Late", "here": "Now", "done": "Done"}


@dataclass(frozen=True, slots=True)
class Marks:
    """What is written on the shapes, by element id."""

    done: frozenset[str] = frozenset()
    here: frozenset[str] = frozenset()
    late: frozenset[str] = frozenset()
    badges: Mapping[str, str] = field(default_factory=dict)
    """A short text such as "14 (3 late)"."""
    links: Mapping[str, str] = field(default_factory=dict)


NO_MARKS = Marks()


@dataclass(frozen=True, slots=True)
class Text:
    """Lines of text; `y` is the base line of the first."""

    lines: Sequence[str]
    x: float
    y: float
    anchor: str = "middle"
    line: int = LINE


@dataclass(frozen=True, slots=True)
class Chip:
    """A word on a small plate at the corner of a shape."""

    text: str
    box: Box
    kind: str


@dataclass(frozen=True, slots=True)
class Drawn:
    node: NodeShape
    label: Text | None
    state: str
    chip: Chip | None
    link: str | None


def draw(diagram: Diagram, marks: Marks = NO_MARKS, *, key: str = "diagram") -> Markup:
    """The picture; `key` makes its ids unique on the page."""
    return Markup(  # noqa: S704 (Jinja has escaped every word in it)
        render_template(
            "diagrams/diagram.svg",
            diagram=diagram,
            key=key,
            linked=bool(marks.links),
            lanes=[(lane, _along(lane.name, lane.box)) for lane in diagram.lanes],
            arrows=[(arrow, _walked(arrow, marks), _arrow_label(arrow))
                    for arrow in diagram.arrows],
            notes=[(note, _note_text(note)) for note in diagram.notes],
            nodes=[_drawn(node, marks) for node in diagram.nodes],
            alternative=_in_words(diagram, marks),
            points_of=_points_of,
        )
    )


def _drawn(node: NodeShape, marks: Marks) -> Drawn:
    state = _state(node, marks)
    badge = marks.badges.get(node.element.id)
    word = badge or (WORDS.get(state) if _takes_chip(node) else None)
    kind = ("count-late" if "late" in badge else "count") if badge else state
    chip = Chip(word, _chip_box(node.box, word), kind) if word else None
    return Drawn(node, _label(node), state, chip, marks.links.get(node.element.id))


def _points_of(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


def _takes_chip(node: NodeShape) -> bool:
    """Gateways only lead on: a word on each would hide the arrows."""
    return not node.element.kind.endswith("Gateway")


def _state(node: NodeShape, marks: Marks) -> str:
    identity = node.element.id
    if identity in marks.late:
        return "late"
    if identity in marks.here:
        return "here"
    return "done" if identity in marks.done else "plain"


def _walked(arrow: Arrow, marks: Marks) -> bool:
    """Whether the case came this way; an arrow back is taken too rarely to be sure of."""
    reached = marks.done | marks.here | marks.late
    return arrow.from_ in marks.done and arrow.to_ in reached and not arrow.backwards


def _label(node: NodeShape) -> Text | None:
    if not node.label:
        return None
    box = node.box
    if _is_wide(node):
        lines = wrap(node.label, box.width - TASK_MARGIN, most=max(1, int(box.height // LINE) - 1))
        return Text(lines, box.middle_x, box.middle_y - (len(lines) - 1) * LINE / 2 + 4)
    place = node.label_box or Box(box.middle_x - 50, box.y + box.height + 4, 100, LINE)
    return Text(_beside(node.label, place), place.middle_x, place.y + 11)


def _beside(text: str, place: Box) -> Sequence[str]:
    """In as many lines as the modeller's label has, made wider where our letters are."""
    most = max(1, round(place.height / LINE))
    width = max(place.width, 60)
    while width < width_of(text) and len(wrap(text, width, most=9)) > most:
        width += 10
    return wrap(text, width, most)


def _is_wide(node: NodeShape) -> bool:
    return node.box.width > 60


def _arrow_label(arrow: Arrow) -> Text | None:
    if not arrow.name or not arrow.points:
        return None
    if arrow.label_box is not None:
        return Text([arrow.name], arrow.label_box.x, arrow.label_box.y + 11, anchor="start")
    x, y = arrow.points[0]
    return Text([arrow.name], x + 6, y - 5, anchor="start")


def _note_text(note: Note) -> Text:
    most = max(1, int(note.box.height // LINE))
    return Text(wrap(note.text, note.box.width - TASK_MARGIN, most), note.box.x + 8,
                note.box.y + 15, anchor="start")


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


def _in_words(diagram: Diagram, marks: Marks) -> str:
    names = {node.element.id: node.element.name for node in diagram.nodes}
    here = [f"{names[i]}{' (late)' if i in marks.late else ''}" for i in names if i in marks.here]
    counted = [f"{names[i]}: {text}" for i, text in marks.badges.items() if i in names]
    said = f"The case is at: {', '.join(here)}. " if here else ""
    said += f"Open cases by step: {'; '.join(counted)}. " if counted else ""
    return f"{said}The same stands as text on this page."
