"""Shares of past cases that came late, and how true they were of cases held out."""

from random import Random

import pytest

from workflows.figures.probability import ALIKE, Spread, Standing, calibration, share_late

EVEN = [Spread(days, 10) for days in range(1, 11)]


@pytest.mark.parametrize(("since", "left", "share"), [
    (0, 10, 0.0), (0, 5, 0.5), (0, 0, 1.0), (6, 2, 0.4), (9, 0, 0.5), (10, 0, None), (6, -1, 1.0),
])
def test_only_those_that_had_stood_as_long_are_counted(since, left, share):
    assert share_late(EVEN, since, left) == share


@pytest.mark.parametrize(("times", "is_said"), [(ALIKE - 1, False), (ALIKE, True)])
def test_below_twenty_alike_there_is_not_enough_history(times, is_said):
    assert (share_late([Spread(3, times)], 0, 2) is not None) is is_said


def test_cases_that_go_as_they_used_to_come_late_as_often_as_was_said():
    chance = Random(1)
    took = [chance.randint(1, 20) for _ in range(4000)]
    earlier = [Spread(days, took[:2000].count(days)) for days in range(1, 21)]
    later = [Standing(0, left, days > left)
             for days, left in ((days, chance.randrange(20)) for days in took[2000:])]

    bands = calibration(earlier, later)

    assert sum(each.cases for each in bands) == len(later)
    for each in bands:
        assert each.late / each.cases == pytest.approx(each.said, abs=0.06)


def test_cases_that_have_become_slower_show_as_later_than_was_said():
    later = [Standing(0, 5, came_late=True) for _ in range(50)]

    band = next(each for each in calibration(EVEN, later) if each.cases)

    assert (band.begins, band.cases, band.said, band.late) == (0.4, 50, 0.5, 50)
