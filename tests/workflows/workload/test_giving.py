"""Tasks given to others: what cannot be given is told, and the others are given."""

import pytest
from sqlalchemy import select

from engine.errors import AnswersInvalid
from engine.store.models import Task
from workflows.involvements import end_involvement, people_around, start_involvement
from workflows.workload.giving import chosen_tasks, give_all, spread, who_could_take


@pytest.fixture
def three(small_council):
    """Cases of Wilma's."""
    return [small_council.start(family_name=name) for name in ("Anders", "Bergmann", "Clarke")]


def chosen(council, by="vera"):
    with council.by("vera").begin(writing=False) as work:
        ids = work.session.scalars(select(Task.id).where(Task.element == "initiate_pep")).all()
    return chosen_tasks(council.by(by), council.people["wilma"], ids)


def test_one_that_is_gone_between_the_look_and_the_giving_is_told(small_council, three):
    vera, mona = small_council.by("vera"), small_council.people["mona"]
    given = spread(vera, chosen(small_council), [mona])
    three[0].do("initiate_pep", "wilma")

    failed = give_all(vera, given, "Too many")

    assert [each.why for each in failed] == ["This task is no longer open."]
    for case in three[1:]:
        assert case.open()["initiate_pep"].assignee_id == mona


def test_one_whom_the_chosen_may_not_hold_any_more_is_told(small_council, three):
    vera, sven = small_council.by("vera"), small_council.people["sven"]
    for case in three:
        start_involvement(vera, case.child_id, sven, "social_worker", vera.today)
    with vera.begin() as work:
        for task in work.session.scalars(select(Task).where(Task.element == "initiate_pep")):
            task.assignee_id, task.assigned_by = small_council.people["wilma"], "reassignment"
    given = spread(vera, chosen(small_council), [sven])
    for each in people_around(vera, three[0].child_id):
        if each.person_id == sven:
            end_involvement(vera, each.id, vera.today.replace(year=2025))

    failed = give_all(vera, given, "Too many")

    assert [each.why for each in failed] == [
        "Choose a person who may do this task for this child."]


def test_nobody_is_given_what_they_may_not_do(small_council, three):
    vera = small_council.by("vera")
    tasks = chosen(small_council)

    given = spread(vera, tasks, [small_council.people["sven"]])

    assert {each.to for each in given} == {None}
    assert len(give_all(vera, given, "Too many")) == len(tasks) == len(three)
    takers = {each.id for each in who_could_take(vera, small_council.people["wilma"], tasks)}
    assert small_council.people["sven"] not in takers


def test_without_a_reason_nothing_is_given(small_council, three):
    vera = small_council.by("vera")
    given = spread(vera, chosen(small_council), [small_council.people["mona"]])

    with pytest.raises(AnswersInvalid):
        give_all(vera, given, " ")

    assert three[0].open()["initiate_pep"].assignee_id == small_council.people["wilma"]


def test_it_is_spread_as_evenly_as_who_may_do_what_allows(small_council, three):
    vera = small_council.by("vera")
    sven, mona = small_council.people["sven"], small_council.people["mona"]
    start_involvement(vera, three[0].child_id, sven, "social_worker", vera.today)
    with vera.begin() as work:
        for task in work.session.scalars(select(Task).where(Task.element == "initiate_pep")):
            task.assignee_id, task.assigned_by = small_council.people["wilma"], "reassignment"

    given = spread(vera, chosen(small_council), [sven, mona])

    assert sorted(each.to for each in given) == sorted([mona, mona, sven])
    assert given == spread(vera, chosen(small_council), [mona, sven])
