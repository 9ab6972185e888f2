"""A log for programs has a line for each round that did something, from either adapter."""

import logging
from datetime import timedelta


def told(caplog):
    return [(record.getMessage(), record.known) for record in caplog.records
            if record.name == "engine.background.rounds"]


def test_a_round_that_fires_is_told_and_one_that_does_nothing_is_not(
    migrated_council, new_background, new_case, caplog, store
):
    caplog.set_level(logging.INFO)
    migrated_council.load("waiting")
    new_case()
    background = new_background()
    background.one_round()
    caplog.clear()
    background.one_round()
    assert told(caplog) == []

    migrated_council.clock.move_on(timedelta(days=30))
    background.one_round()

    (what, known), *jobs = told(caplog)
    assert what == "round"
    assert known["ms"] >= 0
    assert known["timers" if store == "sqlite" else "jobs"] >= 1
    assert {each[0] for each in jobs} == (set() if store == "sqlite" else {"job"})
