"""The board: where cases are, what is late and what will be, and putting it right."""

from web.board import (  # noqa: F401 - their routes
    commentary,
    deadlines,
    late_soon,
    live_map,
    quality,
    reassigning,
    times,
    without_a_plan,
)
from web.board.blueprint import blueprint

__all__ = ["blueprint"]
