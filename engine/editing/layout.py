"""Gives a place to all that has none: what a person placed stays where it is.

Of a diagram without any shapes everything is laid out: a column for each step on the longest way
to a shape, a row for each lane (design decision 16).
"""

from engine.editing.arrows import draw_arrows
from engine.editing.drawing import Drawing
from engine.editing.picture import Picture
from engine.editing.placing import Placing
from engine.editing.whole import lay_out

MOST_LAID_OUT = 400
"""Shapes; so many take some seconds."""


def complete(drawing: Drawing) -> None:
    """Every shape and arrow of the diagram has its place afterwards, in its file as well."""
    picture = Picture(drawing)
    if not drawing.nodes:
        return
    if picture.is_empty:
        picture.clear()
        lay_out(picture)
    else:
        Placing(picture).place_all()
    draw_arrows(picture)
    picture.write()
    drawing.stale.clear()
    drawing.out_of_place.clear()
    drawing.exchanged.clear()


def laid_out(content: bytes) -> bytes:
    """A diagram with a place for everything; the same bytes where nothing was missing.

    Raises `Unreadable`.
    """
    drawing = Drawing(content)
    complete(drawing)
    return drawing.written()


def with_places(content: bytes) -> bytes:
    """A diagram as it is opened to be changed: laid out where it has no shapes at all, and is not
    so large that nobody would wait for it."""
    drawing = Drawing(content)
    if len(drawing.nodes) > MOST_LAID_OUT or not Picture(drawing).is_empty:
        return content
    complete(drawing)
    return drawing.written()
