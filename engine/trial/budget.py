"""How much one trial may take: a flow that goes round for ever must not hold anyone up."""

import time
from dataclasses import dataclass, field

from engine.errors import EngineError

MOST_MOVES = 2_000
"""Steps and dates of one trial; a case of two years has about a hundred."""


class TakesTooLong(EngineError):
    """This trial takes too long. Look for a date in the diagram that comes again and again."""


@dataclass(slots=True)
class Budget:
    seconds: float = 10.0
    moves: int = MOST_MOVES
    _ends_at: float = field(init=False)

    def __post_init__(self) -> None:
        self._ends_at = time.monotonic() + self.seconds

    @property
    def is_spent(self) -> bool:
        return self.moves <= 0 or time.monotonic() > self._ends_at

    def take(self) -> None:
        """Before each move. Raises `TakesTooLong`."""
        if self.is_spent:
            raise TakesTooLong
        self.moves -= 1
