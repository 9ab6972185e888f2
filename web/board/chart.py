"""Months as columns, by what came out how: drawn by the server; a table beside it says the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template
from markupsafe import Markup

WIDTH, HEIGHT, GAP = 32, 120, 8
"""Of a column, and between two."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One part of a column: what it counts, and how it looks. Each look has a pattern of its own,
    so that no one needs the colours."""

    key: str
    look: str


@dataclass(frozen=True, slots=True)
class Block:
    x: int
    y: float
    height: float
    look: str


def columns(
    months: Mapping[date, Mapping[Any, int]], kinds: Sequence[Kind], title: str, key: str
) -> Markup | None:
    """`kinds` stand from the bottom up. None where nothing is to be drawn. `key` makes the ids of
    one page unique."""
    drawn = {month: [counts.get(kind.key, 0) for kind in kinds] for month, counts in months.items()}
    highest = max((sum(counts) for counts in drawn.values()), default=0)
    if not highest:
        return None
    blocks, labels = [], []
    for place, (month, counts) in enumerate(drawn.items()):
        x, top = place * (WIDTH + GAP), float(HEIGHT)
        labels.append((x + WIDTH / 2, month))
        for kind, count in zip(kinds, counts, strict=True):
            height = HEIGHT * count / highest
            top -= height
            if count:
                blocks.append(Block(x, round(top, 1), round(height, 1), kind.look))
    return Markup(  # noqa: S704 (Jinja has escaped every word in it)
        render_template("board/months.svg", blocks=blocks, labels=labels, title=title, key=key,
                        highest=highest, width=len(drawn) * (WIDTH + GAP), height=HEIGHT,
                        column=WIDTH)
    )
