"""Shares of past cases that came late, and whether they are spoken of."""

import pytest

from workflows.figures.probability import (
    AMISS,
    CASES,
    CHECKED,
    HELD,
    Band,
    Share,
    Verdict,
    verdict,
)

TRUE = [Band(0, 100, 110, 12), Band(4, 50, 900, 44)]


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
    (CASES, [*TRUE, Band(2, HELD - 1, 500, 0)], Verdict.TRUE),
    (CASES, [*TRUE, Band(2, HELD, 500, 0)], Verdict.UNTRUE),
])
def test_it_is_spoken_of_where_enough_cases_have_ended_and_it_came_true(finished, bands, said):
    assert verdict(finished, bands) is said
