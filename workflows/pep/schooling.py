"""A child's way through schools, as deadlines read it: times without a place, and moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from workflows.children import Enrolled


@dataclass(frozen=True, slots=True)
class Gap:
    """A time without a school place."""

    since: date
    """The day that school days count from: the last at a school, or the start of the placement."""
    until: date | None
    """The first day at the next school; None while there is none."""


def gap_in_schooling(
    enrolments: Sequence[Enrolled], placed_on: date, known_from: date
) -> Gap | None:
    """The last time without a place since the child was placed.

    A school that the child went to when the case was opened (`known_from`) is recorded from that
    day on, wherever it began: what lies before is no gap.
    """
    without_from, since = max(placed_on, known_from), placed_on
    gap = None
    for enrolment in _attended(enrolments):
        if enrolment.ends_on is not None and enrolment.ends_on < placed_on:
            continue
        if enrolment.starts_on > without_from:
            gap = Gap(since, enrolment.starts_on)
        if enrolment.ends_on is None:
            return gap
        without_from, since = enrolment.ends_on + timedelta(days=1), enrolment.ends_on
    return Gap(since, None)


def moved_on(enrolments: Sequence[Enrolled]) -> date | None:
    """The first day at the newest school, of a child who went to another one before."""
    attended = _attended(enrolments)
    return attended[-1].starts_on if len(attended) > 1 else None


def _attended(enrolments: Sequence[Enrolled]) -> Sequence[Enrolled]:
    """Those that were ever attended, in order of time."""
    in_order = sorted(enrolments, key=lambda each: each.starts_on)
    return [each for each in in_order if each.ends_on is None or each.ends_on >= each.starts_on]
