"""Months as columns, by what came out how: drawn by the server; a table beside it says the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import render_template
from markupsafe import Markup

from workflows.board.statutory import Outcome, Tally

WIDTH, HEIGHT, GAP = 32, 120, 8
"""Of a column, and between two."""
DRAWN = (Outcome.ON_TIME, Outcome.EXPLAINED, Outcome.LATE, Outcome.TO_COME)
"""From the bottom up. Each has a pattern of its own, so that no one needs the colours."""


@dataclass(frozen=True, slots=True)
class Block:
    x: int
    y: float
    height: float
    outcome: Outcome


def columns(months: Mapping[date, Tally], title: str, key: str) -> Markup | None:
    """None where nothing is to be drawn. `key` makes ids of one page unique."""
    highest = max((_drawn(tally) for tally in months.values()), default=0)
    if not highest:
        return None
    blocks, labels = [], []
    for place, (month, tally) in enumerate(months.items()):
        x, top = place * (WIDTH + GAP), float(HEIGHT)
        labels.append((x + WIDTH / 2, month))
        for outcome in DRAWN:
            if count := tally.counts[outcome]:
                height = HEIGHT * count / highest
                top -= height
                blocks.append(Block(x, round(top, 1), round(height, 1), outcome))
    return Markup(  # noqa: S704 (Jinja has escaped every word in it)
        render_template("board/months.svg", blocks=blocks, labels=labels, title=title, key=key,
                        highest=highest, width=len(months) * (WIDTH + GAP), height=HEIGHT,
                        column=WIDTH, outcomes=DRAWN)
    )


def _drawn(tally: Tally) -> int:
    return sum(tally.counts[outcome] for outcome in DRAWN)
