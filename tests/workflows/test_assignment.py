"""Who gets a task: one, several, nobody; and what happens when a relation begins or ends."""

from datetime import timedelta

import pytest

from engine.errors import AnswersInvalid
from engine.tasks import claim_task, complete_task, save_draft, task_form
from workflows.demonstration.answers import answers_for
from workflows.involvements import (
    end_involvement,
    hand_over,
    people_around,
    people_for,
    start_involvement,
)
from workflows.sight.conflicts import declare_conflict_of_others


def holders(council, case, role):
    with council.by("vera").begin(writing=False) as work:
        found = people_for(work.session, case.child_id, role, work.today)
    names = {person: name for name, person in council.people.items()}
    return {names[each] for each in found.people}, found.cover_role


def test_one_person_with_the_role_gets_the_task(small_council):
    case = small_council.start()

    task = case.open()["initiate_pep"]

    assert task.assignee_id == small_council.people["wilma"]
    assert task.covered_by is None


def test_a_role_of_the_whole_council_is_a_queue_until_a_caseworker_is_named(small_council):
    case = small_council.start()
    case.do("initiate_pep", "wilma")
    assert case.open()["allocate_caseworker"].assignee_id is None
    assert holders(small_council, case, "virtual_school") == ({"vera", "viktor"}, None)

    case.do("allocate_caseworker", "viktor")

    assert holders(small_council, case, "virtual_school") == ({"vera"}, None)


def test_a_caseworker_who_was_chosen_in_a_draft_has_the_tasks_as_soon_as_it_is_completed(
    small_council,
):
    case = small_council.start()
    case.do("initiate_pep", "wilma")
    by, task = small_council.by("vera"), case.open()["allocate_caseworker"]
    asked = task_form(by, task.id)
    viktor = small_council.people["viktor"]
    raw = answers_for(asked.form, asked.facts, by.today, {"caseworker": str(viktor)})
    save_draft(by, task.id, raw)

    complete_task(by, task.id, raw)

    assert case.open()["convene_meeting"].assignee_id == viktor


def test_nobody_holds_the_role_so_its_cover_gets_the_task_marked(small_council):
    case = small_council.start(designated_teacher="")
    case.do("initiate_pep", "wilma")
    case.do("allocate_caseworker", "vera")

    task = case.open()["complete_education_sections"]

    assert task.covered_by == "virtual_school"
    assert task.assignee_id == small_council.people["vera"]


def test_a_second_social_worker_makes_it_a_queue_and_leaving_gives_it_back(small_council):
    case = small_council.start()
    vera = small_council.by("vera")
    added = start_involvement(
        vera, case.child_id, small_council.people["sven"], "social_worker", vera.today
    )
    assert case.open()["initiate_pep"].assignee_id is None
    claim_task(small_council.by("sven"), case.open()["initiate_pep"].id)

    small_council.clock.move_on(timedelta(days=2))
    end_involvement(vera, added, vera.today - timedelta(days=1))

    assert case.open()["initiate_pep"].assignee_id == small_council.people["wilma"]


def test_the_people_around_a_child_stand_in_the_order_of_the_roles(small_council):
    case = small_council.start()

    around = people_around(small_council.by("vera"), case.child_id)

    assert [person.role for person in around] == [
        "social_worker", "designated_teacher", "reviewing_officer", "team_manager"
    ]


def test_whoever_must_not_see_the_child_is_given_no_role_for_it(small_council):
    case, vera = small_council.start(), small_council.by("vera")
    sven, wilma = small_council.people["sven"], small_council.people["wilma"]
    for person in (sven, wilma):
        declare_conflict_of_others(vera, case.child_id,
                                   {"person": str(person), "reason": "Related"})

    with pytest.raises(AnswersInvalid) as refused:
        start_involvement(vera, case.child_id, sven, "social_worker", vera.today)
    with pytest.raises(AnswersInvalid):
        hand_over(vera, case.child_id, "social_worker", wilma, vera.today)

    assert refused.value.errors == {
        "person": "This person must not see the record of this child. Choose somebody else"}
    assert [each.name for each in people_around(vera, case.child_id)
            if each.role == "social_worker"] == ["Wilma"]
