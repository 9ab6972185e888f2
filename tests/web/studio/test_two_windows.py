"""Two windows of one person at once: neither is answered with a fault of ours."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError

import pytest

from engine.errors import AnswersInvalid
from workflows.trying import examples, trials
from workflows.trying.examples import examples_of
from workflows.trying.trials import begin_with_acts, trial_of

DAYS = {"settings": {}, "terms": [], "closures": []}


@pytest.fixture
def together(monkeypatch):
    """Both have looked before either of them writes, where the database lets two write at once."""
    def at_the_same_time(module, name):
        looks, both = getattr(module, name), Barrier(2)

        def look(*asked, **how):
            seen = looks(*asked, **how)
            try:
                both.wait(1)
            except BrokenBarrierError:
                return seen
            return seen

        monkeypatch.setattr(module, name, look)
    return at_the_same_time


def twice(act):
    with ThreadPoolExecutor() as windows:
        return [each.exception() for each in [windows.submit(act), windows.submit(act)]]


def test_a_trial_that_is_begun_twice_is_one(council, together):
    together(trials, "_row")
    by = council.by("olga")

    assert twice(lambda: begin_with_acts(by, "initial-pep", {}, [])) == [None, None]

    assert trial_of(by, "initial-pep").version == 2


def test_of_two_examples_of_one_name_the_second_is_told_so(council, together):
    together(examples, "_checked_name")
    by = council.by("olga")

    said = twice(lambda: examples._keep(by, "initial-pep", "Begun", {}, [], [], DAYS))

    assert sorted(type(each).__name__ for each in said) == ["AnswersInvalid", "NoneType"]
    [refused] = [each for each in said if isinstance(each, AnswersInvalid)]
    assert refused.errors == {"name": "Another example has this name. Choose a different one"}
    assert [each.name for each in examples_of(by, "initial-pep")] == ["Begun"]
