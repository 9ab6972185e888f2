"""Draws a diagram as accessible SVG, with marks for where a case stands or how many do.

Every mark is a word as well as a colour, so that it reads in black and white and aloud. There
is no inline style: the site's style sheet knows the classes.
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import lru_cache

from flask import current_app
from markupsafe import Markup

from engine.diagram import Arrow, Diagram, NodeShape
from web.diagrams.shapes import (
    Marked,
    draw_arrow,
    draw_chip,
    draw_lane,
    draw_name,
    draw_node,
    draw_note,
    draw_pool,
)


@dataclass(frozen=True, slots=True)
class Marks:
    """What is written on the shapes, by element id."""

    done: frozenset[str] = frozenset()
    here: frozenset[str] = frozenset()
    late: frozenset[str] = frozenset()
    badges: Mapping[str, str] = field(default_factory=dict)
    """A short text such as "14 (3 late)"."""
    links: Mapping[str, str] = field(default_factory=dict)
    badges_say: str = "Open cases by step"
    """What the short texts are about, for who does not see them."""


NO_MARKS = Marks()


REMEMBERED = 128
"""Pictures of some 40 kB: cases are at a few steps of a few releases, and of the diagrams of a
board few have other numbers than when somebody last looked."""


def draw(diagram: Diagram, marks: Marks = NO_MARKS, *, key: str = "diagram") -> Markup:
    """The picture; `key` makes its ids unique on the page."""
    own = {node.element.id for node in diagram.nodes}
    return _drawn_before(
        diagram, marks.done & own, marks.here & own, marks.late & own,
        _of_own(marks.badges, own), _of_own(marks.links, own), marks.badges_say, key,
    )


Pairs = tuple[tuple[str, str], ...]


def _of_own(texts: Mapping[str, str], own: Set[str]) -> Pairs:
    return tuple((identity, text) for identity, text in texts.items() if identity in own)


@lru_cache(maxsize=REMEMBERED)
def _drawn_before(
    diagram: Diagram, done: frozenset[str], here: frozenset[str], late: frozenset[str],
    badges: Pairs, links: Pairs, badges_say: str, key: str,
) -> Markup:
    marks = Marks(done, here, late, dict(badges), dict(links), badges_say)
    return _draw(diagram, marks, key)


def _draw(diagram: Diagram, marks: Marks, key: str) -> Markup:
    return Markup(  # noqa: S704 (Jinja has escaped every word in it)
        current_app.jinja_env.get_template("diagrams/diagram.svg").render(
            diagram=diagram,
            key=key,
            linked=bool(marks.links),
            alternative=_in_words(diagram, marks),
            shapes=Markup().join(_shapes(diagram, marks, key)),
        )
    )


def _shapes(diagram: Diagram, marks: Marks, key: str) -> Iterator[Markup]:
    """From the back to the front."""
    for at, lane in enumerate(diagram.lanes):
        yield draw_lane(lane, shaded=bool(at % 2))
    if diagram.pool:
        yield draw_pool(diagram.pool, diagram.pool_name)
    for walked in (False, True):
        for arrow in diagram.arrows:
            if _is_walked(arrow, marks) is walked:
                yield draw_arrow(arrow, key, walked=walked)
    yield from map(draw_note, diagram.notes)
    nodes = [_marked(node, marks) for node in diagram.nodes]
    yield from (draw_node(node, key) for node in nodes)
    yield from map(draw_name, diagram.arrows)
    yield from map(draw_chip, nodes)


def _marked(node: NodeShape, marks: Marks) -> Marked:
    identity = node.element.id
    return Marked(node, _state(identity, marks), marks.badges.get(identity),
                  marks.links.get(identity))


def _state(identity: str, marks: Marks) -> str:
    if identity in marks.late:
        return "late"
    if identity in marks.here:
        return "here"
    return "done" if identity in marks.done else "plain"


def _is_walked(arrow: Arrow, marks: Marks) -> bool:
    """Whether the case came this way; an arrow back is taken too rarely to be sure of."""
    reached = (marks.done, marks.here, marks.late)
    return (arrow.from_ in marks.done and any(arrow.to_ in each for each in reached)
            and not arrow.backwards)


def _in_words(diagram: Diagram, marks: Marks) -> str:
    names = {node.element.id: node.element.name for node in diagram.nodes}
    here = [f"{names[i]}{' (late)' if i in marks.late else ''}" for i in names if i in marks.here]
    counted = [f"{names[i]}: {text}" for i, text in marks.badges.items() if i in names]
    said = f"The case is at: {', '.join(here)}. " if here else ""
    said += f"{marks.badges_say}: {'; '.join(counted)}. " if counted else ""
    return f"{said}The same stands as text on this page."
