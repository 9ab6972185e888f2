"""How often cases that stood alike came late, and whether that is spoken of.

It speaks of cases at a step with so many days left; it knows no child and no person. Below `CASES`
finished cases nothing is said, nor of fewer than `ALIKE` that stood like this one; nor where what
would have been said of later cases did not come true of them.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

CASES = 300
"""Finished cases of this council, below which no share is spoken of."""
ALIKE = 20
"""Past cases that stood alike, below which there is not enough history."""
BANDS = 5
"""Of equal width, from 0 to 1, in which what was said is held against what came true."""
CHECKED = 100
"""Limits of later cases of which something would have been said, below which it is unchecked."""
HELD = 50
"""Of them in one band, below which the band proves nothing: chance alone moves it so far."""
PER_MILLE = 1_000
AMISS = 150
"""Per mille by which, in a band, what came true may differ from what was said."""


class Share(NamedTuple):
    """Of past cases that stood alike, how many came late."""

    cases: int
    late: int

    @property
    def per_mille(self) -> int:
        return round(self.late * PER_MILLE / self.cases)

    @property
    def band(self) -> int:
        return min(BANDS - 1, self.per_mille * BANDS // PER_MILLE)


class Band(NamedTuple):
    """What was said of cases that came later than those it was told from, and what came true."""

    number: int
    cases: int
    said: int
    """Per mille, on average."""
    late: int

    @property
    def came_true(self) -> int:
        """Per mille of them that came late."""
        return round(self.late * PER_MILLE / self.cases)


class Verdict(StrEnum):
    """Whether a share is spoken of."""

    TOO_FEW = "too-few"
    UNCHECKED = "unchecked"
    UNTRUE = "untrue"
    TRUE = "true"


def verdict(finished: int, bands: Sequence[Band]) -> Verdict:
    """Of so many finished cases, and of what was said earlier."""
    if finished < CASES:
        return Verdict.TOO_FEW
    if sum(each.cases for each in bands) < CHECKED:
        return Verdict.UNCHECKED
    proving = [each for each in bands if each.cases >= HELD]
    amiss = any(abs(each.came_true - each.said) > AMISS for each in proving)
    return Verdict.UNTRUE if amiss else Verdict.TRUE
