"""`pepway demo clock` moves the clock of a demonstration that is there."""

import pytest


def test_the_clock_is_moved_forwards_only(pepway, settings):
    settings.setenv("PEPWAY_DEMO", "1")
    pepway("migrate")

    moved = pepway("demo", "clock", "2199-12-10T09:00")
    back = pepway("demo", "clock", "2199-12-09")

    assert moved.answer == "The clock shows Tuesday 10 December 2199, 09:00.\n"
    assert back.code == 1
    assert back.is_one_sentence()


@pytest.mark.parametrize("moment", ["tomorrow", "2026-02-30", "2026-12-10T09:00Z", ""])
def test_what_is_no_moment_is_wrong_usage(pepway, settings, moment):
    settings.setenv("PEPWAY_DEMO", "1")

    said = pepway("demo", "clock", moment)

    assert said.code == 2
    assert "Write a day, 2026-12-10, or a time in London" in said.remark


def test_only_the_demonstration_has_such_a_clock(pepway):
    said = pepway("demo", "clock", "2199-12-10")

    assert said.code == 1
    assert said.remark == "Only the demonstration's clock can be moved. Set PEPWAY_DEMO=1.\n"
