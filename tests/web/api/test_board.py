"""The board in numbers: what its pages say, for programs of whoever may open them."""

from datetime import timedelta

import pytest

from engine.background import Embedded


@pytest.fixture
def council_at_work(council):
    council.gathering()
    council.start_case(given_names="Sam", upn="A123456789012")
    council.later(days=3)
    Embedded(council.installation, deliver=lambda _message: None).one_round()
    return council


def of_initial(answer):
    [found] = [each for each in answer.body["items"] if each["procedure"] == "initial-pep"]
    return found


def test_the_numbers_are_those_of_the_page(council_at_work, program):
    board = of_initial(program("max").get("/board"))
    page = council_at_work.sign_in("max").visitor.open("/board").text

    assert (board["running"], board["incidents"]) == (2, 0)
    steps = {each["element"]: each for each in board["steps"]}
    assert steps["initiate_pep"]["cases"] == 1
    assert steps["initiate_pep"]["days"] == 3
    for step in board["steps"]:
        assert step["name"] in page


def test_a_day_of_the_past_and_a_part_of_the_council(council_at_work, program):
    manager = program("max")
    first_day = (council_at_work.clock.now() - timedelta(days=3)).date()

    assert of_initial(manager.get(f"/board?day={first_day}"))["running"] == 2
    nobodys = manager.get(f"/board?worker={council_at_work.people['sven']}")
    assert of_initial(nobodys)["running"] == 0
    theirs = manager.get(f"/board?worker={council_at_work.people['wilma']}")
    assert of_initial(theirs)["running"] == 2
    assert list(manager.get("/board?team=nonsense").problems) == ["team"]
    assert list(manager.get("/board?day=tomorrow").problems) == ["day"]


def test_limits_by_month_with_what_they_count(council_at_work, program):
    measures = {each["deadline"]: each for each in
                program("max").get("/board/deadlines").body["items"]}

    prepared = measures["T2"]
    assert prepared["definition"].startswith("Initial plans whose tenth working day")
    assert len(prepared["months"]) == 12
    assert set(prepared["months"][-1]) == {
        "month", "on_time", "late_with_reason", "late", "to_come", "not_counted", "due",
        "percent_on_time"}


def test_it_is_for_whoever_answers_for_the_work(council_at_work, program):
    for name in ("wilma", "tara", "rob", "olga"):
        assert program(name).get("/board").status == 404
        assert program(name).get("/board/deadlines").status == 404
    assert of_initial(program("mona").get("/board"))["running"] == 2
    assert program("mona").get("/board/deadlines").status == 404
