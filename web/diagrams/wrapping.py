"""Cuts labels into lines that fit a shape, without a font to measure with."""

from functools import lru_cache

LINE = 14
"""Height of a line of a diagram's text, whose letters are 12 units high."""

_NARROW = frozenset("iljtfrI.,;:'!|()[] ")
_WIDE = frozenset("mwMWQO@%&")


def width_of(text: str) -> float:
    """About how wide a text of 12 units is in a common sans-serif face."""
    return sum(3.9 if c in _NARROW else 10 if c in _WIDE else 7.6 if c.isupper() else 6.7
               for c in text)


@lru_cache(maxsize=5_000)
def wrap(text: str, width: float, most: int) -> tuple[str, ...]:
    """At most `most` lines of at most `width` units; what does not fit ends with an ellipsis.

    Remembered: a diagram's labels are the same each time it is drawn.
    """
    lines = [""]
    for word in text.split():
        for piece in _pieces(word, width):
            longer = f"{lines[-1]} {piece}".strip()
            if width_of(longer) <= width:
                lines[-1] = longer
            else:
                lines.append(piece)
    lines = [line for line in lines if line]
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1].rstrip(',.;: ')}…"]
    return tuple(lines)


def _pieces(word: str, width: float) -> list[str]:
    """A word, cut where it alone is wider than the shape."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and width_of(pieces[-1] + letter) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces
