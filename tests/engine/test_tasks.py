"""A letter is written, signed by two, checked, returned once and posted."""

from datetime import date

import pytest
from plain_domain import ANN, BEN, CAT, CHILD, DAN, NOBODY

from engine.cases import open_case
from engine.errors import AnswersInvalid, NotFound, TaskGone, TaskTaken, ValuesChanged
from engine.tasks import (
    claim_task,
    complete_task,
    reassign_task,
    release_task,
    save_draft,
    task_form,
)


@pytest.fixture
def letter(council):
    council.load("letter")
    return council.case(open_case(council.by(ANN), "letter", CHILD))


def test_the_first_task_is_given_to_the_one_social_worker_with_its_due_date(letter):
    task = letter.task("write")

    assert task.assignee_id == ANN.id
    assert task.due_on.isoformat() == "2026-03-07"


def test_a_returned_letter_needs_both_signatures_again_in_either_order(letter):
    letter.complete("write", ANN, letter_text="Dear all")
    letter.complete("sign_teacher", BEN)
    assert letter.open() == {"sign_social_worker"}
    letter.complete("sign_social_worker", ANN)
    letter.complete("check", CAT, rating="red")
    letter.complete("write", ANN, letter_text="Dear all, again")
    letter.complete("sign_social_worker", ANN)
    assert letter.open() == {"sign_teacher"}
    letter.complete("sign_teacher", BEN)
    assert letter.open() == {"check"}
    letter.complete("check", DAN, rating="green")

    assert letter.status() == "ended"
    assert [call.name for call in letter.council.domain.performed] == ["tell"]


@pytest.mark.parametrize("in_a_draft", [False, True])
def test_a_date_follows_what_an_answer_tells_in_the_same_action(council, in_a_draft):
    council.domain.date_told_at = "forms.sign_teacher.teacher_note"
    council.load("letter", social_worker_by="days_after(placement_start, 7)")
    letter = council.case(open_case(council.by(ANN), "letter", CHILD))
    letter.complete("write", ANN, letter_text="Dear all")
    assert letter.task("sign_social_worker").due_on == date(2026, 3, 9)

    if in_a_draft:
        task_id = letter.task("sign_teacher").id
        save_draft(letter.by(BEN), task_id, {"teacher_note": "2026-04-01"})
    letter.complete("sign_teacher", BEN, teacher_note="2026-04-01")

    assert letter.task("sign_social_worker").due_on == date(2026, 4, 8)
    [moved] = letter.events("due_moved")
    assert (moved.data["old"], moved.data["new"]) == ("2026-03-09", "2026-04-08")


def test_a_required_answer_that_is_missing_changes_nothing(letter):
    with pytest.raises(AnswersInvalid) as problem:
        letter.complete("write", ANN, letter_text=" ")

    assert "letter_text" in problem.value.errors
    assert letter.open() == {"write"}


def test_a_task_of_a_queue_is_taken_by_one_and_refused_to_the_other(letter):
    letter.to_check()
    task = letter.task("check")
    assert task.assignee_id is None

    claim_task(letter.by(CAT), task.id)

    with pytest.raises(TaskTaken):
        claim_task(letter.by(DAN), task.id)
    release_task(letter.by(CAT), task.id, "On leave")
    letter.complete("check", DAN, rating="green")


def test_the_same_form_sent_twice_has_one_effect(letter):
    task = letter.task("write")
    first = complete_task(letter.by(ANN), task.id, {"letter_text": "Dear all"}, nonce="n1")
    again = complete_task(letter.by(ANN), task.id, {"letter_text": "Dear all"}, nonce="n1")

    assert (first.repeated, again.repeated) == (False, True)
    assert {view.element for view in again.next_tasks} == {"sign_teacher", "sign_social_worker"}
    assert len(letter.events("task_completed")) == 1


def test_a_task_already_done_says_by_whom_and_when(letter):
    task = letter.task("write")
    letter.complete("write", ANN, letter_text="Dear all")

    with pytest.raises(TaskGone) as gone:
        complete_task(letter.by(ANN), task.id, {"letter_text": "Too late"})
    assert (gone.value.by, gone.value.at) == (ANN.id, letter.council.clock.now())


def test_people_who_do_not_hold_the_task_see_nothing(letter):
    for stranger in (BEN, NOBODY):
        with pytest.raises((NotFound, TaskTaken)):
            letter.complete("write", stranger, letter_text="Mine")


def test_a_draft_keeps_what_was_typed_and_a_newer_value_is_not_overwritten(letter):
    task = letter.task("write")
    save_draft(letter.by(ANN), task.id, {"letter_text": "Half a sen"}, {"letter_text": 0})
    assert task_form(letter.by(ANN), task.id).kept["letter_text"].value == "Half a sen"

    with pytest.raises(ValuesChanged) as changed:
        save_draft(letter.by(ANN), task.id, {"letter_text": "Other tab"}, {"letter_text": 0})

    [clash] = changed.value.clashes
    assert (clash.typed, clash.current) == ("Other tab", "Half a sen")


def test_a_reassignment_needs_a_reason_and_someone_who_may_hold_the_task(letter):
    letter.to_check()
    task = letter.task("check")
    with pytest.raises(AnswersInvalid):
        reassign_task(letter.by(ANN), task.id, DAN.id, " ")
    with pytest.raises(AnswersInvalid):
        reassign_task(letter.by(ANN), task.id, NOBODY.id, "Absence")

    reassign_task(letter.by(ANN), task.id, DAN.id, "Cat is on leave")

    assert letter.task("check").assignee_id == DAN.id
    assert letter.events("task_reassigned")[0].data["reason"] == "Cat is on leave"


def test_handing_back_and_reassigning_sent_twice_have_one_effect(letter):
    letter.to_check()
    task = letter.task("check")
    claim_task(letter.by(CAT), task.id)

    for _ in range(2):
        release_task(letter.by(CAT), task.id, "On leave")
    for _ in range(2):
        reassign_task(letter.by(ANN), task.id, DAN.id, "Cat is on leave")

    assert len(letter.events("task_claimed")) == 1
    assert len(letter.events("task_released")) == 1
    assert len(letter.events("task_reassigned")) == 1
    assert letter.task("check").assignee_id == DAN.id


def test_a_task_that_stays_in_a_queue_and_needs_no_cover_any_more_says_so(council):
    council.domain.holders["designated_teacher"] = ()
    council.load("letter")
    letter = council.case(open_case(council.by(ANN), "letter", CHILD))
    letter.complete("write", ANN, letter_text="Dear all")
    task = letter.task("sign_teacher")
    council.domain.holders["designated_teacher"] = (BEN.id, DAN.id)

    reassign_task(letter.by(ANN), task.id, None, "There are teachers again")

    assert letter.task("sign_teacher").covered_by is None
    assert len(letter.events("task_reassigned")) == 1


def test_no_one_holds_the_role_so_its_cover_gets_the_task_marked(council):
    council.domain.holders["designated_teacher"] = ()
    council.load("letter")
    letter = council.case(open_case(council.by(ANN), "letter", CHILD))
    letter.complete("write", ANN, letter_text="Dear all")

    assert letter.task("sign_teacher").covered_by == "virtual_school"
