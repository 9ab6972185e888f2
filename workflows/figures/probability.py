"""How often cases that stood like this one came late: shares of what was, and nothing else.

It speaks of cases at a step, by how long they have stood there and how many days are left; it knows
no child and no person. Below `CASES` finished cases nothing is said, nor of fewer than `ALIKE` that
stood like this one.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

CASES = 300
"""Finished cases of this council, below which no share is spoken of."""
ALIKE = 20
"""Past cases that had stood as long at the step, below which there is not enough history."""
BANDS = 5
"""Of equal width, from 0 to 1, in which what was said is held against what came true."""


class Spread(NamedTuple):
    """How often it took so many working days from coming to a step until the limit was met."""

    days: int
    times: int


class Standing(NamedTuple):
    """A case at a step on some day, and whether it came late in the end."""

    since: int
    """Working days it had stood there."""
    left: int
    """Working days until its limit; 0 on the day itself."""
    came_late: bool


class Band(NamedTuple):
    begins: float
    ends: float
    cases: int
    said: float
    """The mean of what was said of them; 0 where there are none."""
    late: int


def share_late(spread: Iterable[Spread], since: int, left: int) -> float | None:
    """Of those that had stood as long too, the share that took longer than there is time.

    None: not enough history.
    """
    as_long = [each for each in spread if each.days >= since]
    alike = sum(each.times for each in as_long)
    if alike < ALIKE:
        return None
    return sum(each.times for each in as_long if each.days > since + left) / alike


def calibration(earlier: Sequence[Spread], later: Iterable[Standing]) -> list[Band]:
    """What the earlier cases would have said of the later ones, and how many of those came late."""
    said: list[list[tuple[float, bool]]] = [[] for _ in range(BANDS)]
    for each in later:
        share = share_late(earlier, each.since, each.left)
        if share is not None:
            said[min(BANDS - 1, int(share * BANDS))].append((share, each.came_late))
    return [
        Band(number / BANDS, (number + 1) / BANDS, len(found),
             sum(share for share, _ in found) / len(found) if found else 0.0,
             sum(came_late for _, came_late in found))
        for number, found in enumerate(said)
    ]
