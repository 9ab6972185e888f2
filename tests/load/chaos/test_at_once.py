"""The same submit two hundred times at once, and up to twenty people who finish one task."""

import pytest
from many_at_once import all_finish, same_submit
from oracle import wrong_with
from presses import all_press, same_press
from processes import Processes

pytestmark = pytest.mark.xdist_group("at-once")


@pytest.fixture
def ports(busy_council, council_url, tmp_path):
    """Of one web process on SQLite, of two on PostgreSQL."""
    processes = Processes(council_url, tmp_path)
    try:
        yield [processes.serve() for _ in range(1 if council_url.startswith("sqlite") else 2)]
        assert processes.faults() == []
    finally:
        processes.kill()


def test_one_submit_that_arrives_two_hundred_times_has_one_effect_and_one_answer(busy_council):
    assert [*same_submit(busy_council, 200)] == []


def test_of_all_who_finish_one_task_one_wins_and_the_others_are_told_who_and_when(busy_council):
    assert [each for number in (2, 20) for each in all_finish(busy_council, number)] == []


def test_at_web_processes_too_one_wins_and_nobody_is_shown_a_fault(
    busy_council, council_url, ports
):
    assert [*same_press(busy_council, ports, 20)] == []
    assert [*all_press(busy_council, ports, 4)] == []
    assert wrong_with(council_url) == []
