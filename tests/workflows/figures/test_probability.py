"""Shares of past cases that came late, and whether they are spoken of."""

import pytest

from workflows.figures.probability import (
    ALIKE,
    AMISS,
    CASES,
    CHECKED,
    Band,
    Share,
    Spread,
    Verdict,
    share_late,
    verdict,
)

EVEN = [Spread(days, 10) for days in range(1, 11)]
TRUE = [Band(0, 100, 110, 12), Band(4, 50, 900, 44)]


@pytest.mark.parametrize(("since", "left", "share"), [
    (0, 10, (100, 0)), (0, 5, (100, 50)), (0, 0, (100, 100)), (6, 2, (50, 20)), (9, 0, (20, 10)),
    (10, 0, None), (6, -1, (50, 50)),
])
def test_only_those_that_had_stood_as_long_are_counted(since, left, share):
    assert share_late(EVEN, since, left) == share


@pytest.mark.parametrize(("times", "is_said"), [(ALIKE - 1, False), (ALIKE, True)])
def test_below_twenty_alike_there_is_not_enough_history(times, is_said):
    assert (share_late([Spread(3, times)], 0, 2) is not None) is is_said


@pytest.mark.parametrize(("late", "band"), [(0, 0), (19, 0), (20, 1), (50, 2), (99, 4), (100, 4)])
def test_a_share_stands_in_the_band_that_it_begins(late, band):
    assert Share(100, late).band == band


@pytest.mark.parametrize(("finished", "bands", "said"), [
    (CASES - 1, TRUE, Verdict.TOO_FEW),
    (CASES, TRUE, Verdict.TRUE),
    (CASES, [], Verdict.UNCHECKED),
    (CASES, [Band(1, CHECKED - 1, 300, 30)], Verdict.UNCHECKED),
    (CASES, [Band(1, 1000, 300, 300 + AMISS)], Verdict.TRUE),
    (CASES, [Band(1, 1000, 300, 301 + AMISS)], Verdict.UNTRUE),
    (CASES, [Band(3, 1000, 700, 699 - AMISS)], Verdict.UNTRUE),
    (CASES, [*TRUE, Band(2, ALIKE - 1, 500, 0)], Verdict.TRUE),
    (CASES, [*TRUE, Band(2, ALIKE, 500, 0)], Verdict.UNTRUE),
])
def test_it_is_spoken_of_where_enough_cases_have_ended_and_it_came_true(finished, bands, said):
    assert verdict(finished, bands) is said
