"""The demonstration's clock is the same in every process, to the microsecond."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from plain_domain import ANN

from engine.clock import MovableClock
from engine.demo_clock import clock_ahead, keep_clock_ahead, move_demo_clock
from engine.errors import Refused
from engine.work import LONDON

MOMENT = datetime(2040, 7, 1, 9)  # noqa: DTZ001 - London's, as it is typed


@pytest.fixture
def demonstration(council):
    clock = MovableClock(timedelta(seconds=86_400.4))
    return replace(council.installation, clock=clock)


def test_whoever_reads_how_far_it_is_ahead_has_the_same_clock(demonstration):
    keep_clock_ahead(demonstration.acting(ANN), demonstration.clock.ahead)

    assert clock_ahead(demonstration.database) == demonstration.clock.ahead


def test_it_is_moved_to_a_moment_and_not_to_just_before(demonstration):
    shows = move_demo_clock(demonstration.acting(ANN), MOMENT)

    assert MOMENT.replace(tzinfo=LONDON) <= shows < MOMENT.replace(tzinfo=LONDON, minute=1)
    assert clock_ahead(demonstration.database) == demonstration.clock.ahead


def test_it_is_never_put_back(demonstration):
    move_demo_clock(demonstration.acting(ANN), MOMENT)

    with pytest.raises(Refused, match="forwards only"):
        move_demo_clock(demonstration.acting(ANN), MOMENT - timedelta(days=1))
