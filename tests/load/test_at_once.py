"""The same submit two hundred times at once, and up to twenty people who finish one task."""

import pytest
from chaos_council import ChaosCouncil
from many_at_once import all_finish, same_submit
from oracle import wrong_with
from presses import all_press, same_press
from processes import Processes


@pytest.fixture
def council(migrated_url):
    council = ChaosCouncil(migrated_url)
    yield council
    council.close()


@pytest.fixture
def ports(council, migrated_url, store, tmp_path):
    """Of one web process on SQLite, of two on PostgreSQL."""
    processes = Processes(migrated_url, tmp_path)
    try:
        yield [processes.serve() for _ in range(1 if store == "sqlite" else 2)]
        assert processes.faults() == []
    finally:
        processes.kill()


def test_one_submit_that_arrives_two_hundred_times_has_one_effect_and_one_answer(
    council, migrated_url
):
    assert [*same_submit(council, 200)] == []
    assert wrong_with(migrated_url) == []


def test_of_all_who_finish_one_task_one_wins_and_the_others_are_told_who_and_when(
    council, migrated_url
):
    wrong = [each for number in (2, 3, 5, 20) for each in all_finish(council, number)]

    assert wrong == []
    assert wrong_with(migrated_url) == []


def test_at_web_processes_too_one_wins_and_nobody_is_shown_a_fault(council, ports):
    assert [*same_press(council, ports, 30)] == []
    assert [*all_press(council, ports, 5)] == []
