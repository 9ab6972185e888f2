"""Diagrams as they were and as they will be, with a word at each shape that is otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from engine.diagram import Diagram
from web.diagrams import Marks, draw
from workflows.release_page import Changes


@dataclass(frozen=True, slots=True)
class Pictures:
    title: str
    before: Markup
    """Empty where there was no such diagram, or it says nowhere where its shapes lie."""
    after: Markup


def pictures_of(changes: Changes) -> list[Pictures]:
    return [
        Pictures(each.title, _drawn(each.before, each.marks_before, f"before-{at}"),
                 _drawn(each.after, each.marks_after, f"after-{at}"))
        for at, each in enumerate(changes.diagrams)
    ]


def _drawn(diagram: Diagram | None, words: Mapping[str, str], key: str) -> Markup:
    if diagram is None or not diagram.nodes:
        return Markup()
    return draw(diagram, Marks(badges=words, badges_say="What is otherwise"), key=key)
