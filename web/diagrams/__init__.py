"""Draws a diagram as accessible SVG, with marks for where a case stands or how many do."""

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import render_template
from markupsafe import Markup

from engine.diagram import Diagram, NodeShape

TASK_LINE = 17
LABEL_LINE = 18


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


def draw(diagram: Diagram, marks: Marks = NO_MARKS, *, key: str = "diagram") -> Markup:
    """The picture; `key` makes its ids unique on the page."""
    return Markup(
        render_template(
            "diagrams/diagram.svg",
            diagram=diagram,
            marks=marks,
            key=key,
            nodes=[(node, _lines(node), _state(node, marks)) for node in diagram.nodes],
            alternative=_in_words(diagram, marks),
        )
    )


def _lines(node: NodeShape) -> list[str]:
    """The label cut into lines that fit the shape."""
    if not node.label:
        return []
    is_task = node.box.width > 60
    width = TASK_LINE if is_task else LABEL_LINE
    lines = textwrap.wrap(node.label, width)
    return lines[:4] if is_task else lines[:3]


def _state(node: NodeShape, marks: Marks) -> str:
    identity = node.element.id
    if identity in marks.late:
        return "late"
    if identity in marks.here:
        return "here"
    return "done" if identity in marks.done else "plain"


def _in_words(diagram: Diagram, marks: Marks) -> str:
    names = {node.element.id: node.element.name for node in diagram.nodes}
    here = [names[i] for i in names if i in marks.here]
    counted = [f"{names[i]}: {text}" for i, text in marks.badges.items() if i in names]
    said = f"The case is at: {', '.join(here)}. " if here else ""
    said += f"Open cases by step: {'; '.join(counted)}. " if counted else ""
    return f"{said}The same stands as text on this page."
