"""How often cases that stood like this one came late: shares of what was, and nothing else.

It speaks of cases at a step, by how long they have stood there and how many days are left; it knows
no child and no person. Below `CASES` finished cases nothing is said, nor of fewer than `ALIKE` that
stood like this one; nor where what would have been said of later cases did not come true of them.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

CASES = 300
"""Finished cases of this council, below which no share is spoken of."""
ALIKE = 20
"""Past cases that had stood as long at the step, below which there is not enough history."""
BANDS = 5
"""Of equal width, from 0 to 1, in which what was said is held against what came true."""
CHECKED = 100
"""Times that something would have been said of a later case, below which it counts as unchecked."""
PER_MILLE = 1_000
AMISS = 150
"""Per mille by which, in a band, what came true may differ from what was said."""


class Spread(NamedTuple):
    """How often it took so many working days from coming to a step until the limit was met."""

    days: int
    times: int


class Share(NamedTuple):
    """Of the past cases that had stood as long, how many took longer than there is time."""

    alike: int
    late: int

    @property
    def per_mille(self) -> int:
        return round(self.late * PER_MILLE / self.alike)

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


def share_late(spread: Iterable[Spread], since: int, left: int) -> Share | None:
    """Of a case that has stood for `since` working days and has `left` until its limit.

    None: not enough history.
    """
    as_long = [each for each in spread if each.days >= since]
    alike = sum(each.times for each in as_long)
    if alike < ALIKE:
        return None
    return Share(alike, sum(each.times for each in as_long if each.days > since + left))


def verdict(finished: int, bands: Sequence[Band]) -> Verdict:
    """Of so many finished cases, and of what was said earlier; bands of few say nothing."""
    if finished < CASES:
        return Verdict.TOO_FEW
    if sum(each.cases for each in bands) < CHECKED:
        return Verdict.UNCHECKED
    told = [each for each in bands if each.cases >= ALIKE]
    amiss = any(abs(each.came_true - each.said) > AMISS for each in told)
    return Verdict.UNTRUE if amiss else Verdict.TRUE
