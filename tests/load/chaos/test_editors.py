"""Interleaved editors with stale forms: no update is lost, and conflicts are about values only."""

from random import Random

import pytest
from editors import Desk, all_at_once, one_after_the_other

from workflows.pep import plan

pytestmark = pytest.mark.xdist_group("at-once")


@pytest.fixture
def desk(busy_council):
    return Desk(busy_council)


@pytest.fixture
def seeds():
    first = Random().randrange(10**6)
    return range(first, first + 8)


def test_windows_that_save_in_any_order_are_as_the_serial_oracle_says(desk, seeds):
    assert [each for seed in seeds for each in one_after_the_other(desk, seed)] == []


def test_windows_that_save_at_the_same_moment_are_as_if_in_some_order(desk, seeds):
    assert [each for seed in seeds for each in all_at_once(desk, seed)] == []


def test_a_conflict_that_is_overlooked_is_noticed(desk, seeds, monkeypatch):
    monkeypatch.setattr(plan, "_clash", lambda entry, kept: None)

    assert any(each for seed in seeds for each in one_after_the_other(desk, seed))
    assert any(each for seed in seeds for each in all_at_once(desk, seed))
