"""A task from its first look to "what happens next"."""

from datetime import timedelta

import pytest
from home_visit import ANSWERS

from workflows.pep.changes.carrying_out import carry_out


def seen(page):
    """What is read without opening anything."""
    for details in page.tree.xpath("//details"):
        details.drop_tree()
    return page.text


def test_the_page_says_who_why_and_why_by_then(council):
    council.home_visit()
    page = council.open_task("wilma", "visit")

    assert page.heading == "Visit the home"
    assert page.answers["Child"] == "Robin Testerby, born 4 May 2016"
    assert page.answers["School"] == "No school place, Year 5"
    assert "3 working days left Due by Monday 30 March 2026." in page.text
    assert "Go there and listen." in page.text
    assert 'Stands on S13: "Include the child\'s views".' in page.text
    assert "P9.01" not in page.text
    assert "The date: 3 working days from Wed 25 Mar 2026: Mon 30 Mar 2026." in page.text


def test_the_page_says_what_was_done_before(council):
    council.home_visit()
    council.do("tara", "agree")

    text = council.open_task("wilma", "visit").text

    assert "Agree with the school: Tara Copley, 25 March 2026 at 9:00am" in text


def test_saved_answers_are_there_later_just_as_they_were_typed(council):
    council.home_visit()
    page = council.open_task("wilma", "visit").fill(
        {"Whom did you meet?": "Grandma", "When did you see the child?": ("31", "2", ""),
         "How many hours a week?": "lots", "How was the mood?": "Bad",
         "What is needed?": ["Desk"], "I have told the school": True}
    )
    page = page.press("Save and come back later")
    assert page.heading == "My tasks"
    assert "Saved. You can come back to it at any time." in page.whole

    page = council.open_task("wilma", "visit")

    assert page.value("Whom did you meet?") == "Grandma"
    assert page.value("When did you see the child?") == ["31", "2", ""]
    assert page.value("How many hours a week?") == "lots"
    assert page.value("How was the mood?") == ["Bad"]
    assert page.value("What is needed?") == ["Desk"]


def test_what_was_ticked_can_be_unticked(council):
    council.home_visit()
    page = council.open_task("wilma", "visit")
    page.fill({"I have told the school": True, "What is needed?": ["Bed"]}).press("Save")
    page = council.open_task("wilma", "visit")
    page.fill({"I have told the school": False, "What is needed?": []}).press("Save")

    page = council.open_task("wilma", "visit")

    assert page.value("What is needed?") == []
    assert page.tree.get_element_by_id("told").get("checked") is None


def test_what_is_wrong_stands_at_the_top_and_at_its_question(council):
    council.home_visit()
    answers = {**ANSWERS, "When did you see the child?": ("31", "2", "2026"),
               "How many hours a week?": "61"}
    page = council.open_task("wilma", "visit").fill(answers).press("Continue")

    assert page.status == 422
    assert page.title.startswith("Error: Visit the home")
    assert list(page.errors) == ["hours", "seen_on-day"]
    for box, sentence in page.errors.items():
        assert page.tree.get_element_by_id(box).tag == "input"
        assert page.text.count(sentence) == 2
    assert page.value("When did you see the child?") == ["31", "2", "2026"]
    assert page.value("Whom did you meet?") == "The foster carers"


def test_answers_are_checked_by_the_person_before_they_are_sent(council):
    council.home_visit()
    page = council.open_task("wilma", "visit").fill(ANSWERS).press("Continue")

    assert page.heading == "Check your answers"
    assert page.answers["How many hours a week?"] == "25 hours"
    assert page.answers["When did you see the child?"] == "24 March 2026"
    assert page.answers["What is needed?"] == "Bed, Books"
    assert page.answers["I have told the school"] == "Yes"
    assert "A desk by Easter" in page.answers["Promises"]
    assert "Why was it bad?" not in page.answers


def test_from_the_check_an_answer_can_be_changed(council):
    council.home_visit()
    page = council.open_task("wilma", "visit").fill(ANSWERS).press("Continue")
    page = page.follow("Change: Whom did you meet?")
    page = page.fill({"Whom did you meet?": "Both parents"}).press("Continue")

    assert page.answers["Whom did you meet?"] == "Both parents"
    assert page.answers["Is it warm?"] == "Cold"


def test_completing_says_what_happens_next_and_who_has_it(council):
    council.home_visit()
    page = council.open_task("wilma", "visit").fill(ANSWERS).press("Continue")
    page = page.press("Complete this task")

    assert page.heading == "Task done"
    assert page.section("What happens next") .startswith("Agree with the school: Tara Copley")
    council.do("tara", "agree")
    page = council.open_task("vera", "file").fill({"It is filed": True}).press("Continue")
    page = page.press("Complete this task")
    assert "This case has come to its end." in page.text


def test_the_next_task_that_is_mine_is_one_click_away(council):
    council.gathering()
    council.do("wilma", "complete_social_work_sections")
    council.do("tara", "complete_education_sections")
    council.do("tara", "record_child_views")
    council.do("wilma", "record_carer_view")
    council.do("viktor", "convene_meeting")
    council.do("viktor", "hold_pep_meeting")

    done = council.do("tara", "set_targets_and_actions")
    page = council.sign_in("tara").visitor.open(f"/tasks/{done}/done")

    assert "this one is yours" in page.text


def test_who_covers_reads_why_and_what_ends_it(council):
    council.start_case(designated_teacher="")
    council.do("wilma", "initiate_pep")
    council.do("vera", "allocate_caseworker", caseworker=str(council.people["vera"]))

    page = council.open_task("vera", "complete_education_sections")

    assert ("No one is Robin Testerby's designated teacher now, so this task has come to the "
            "virtual school. Do it, or enter a designated teacher, who then gets it.") in seen(page)
    assert page.follow("enter a designated teacher").heading == "Someone else takes over"


def test_who_has_the_role_reads_nothing_about_cover(council):
    council.gathering()

    page = council.open_task("tara", "complete_education_sections")

    assert "No one is" not in page.text


def test_who_takes_over_a_late_task_reads_that_it_was_late_before(council):
    case_id = council.start_case()
    council.clock.move_on(timedelta(days=26))
    carry_out(council.by("mona"), "change_worker", case_id, {
        "role": "social_worker", "social_worker": str(council.people["sven"]),
        "from_on": "2026-04-20", "reason": "Wilma has left",
    })

    page = council.open_task("sven", "initiate_pep")

    assert "overdue" in page.text
    assert "It was late already when it became yours on Monday 20 April 2026." in seen(page)


def test_who_was_late_themselves_is_not_excused(council):
    council.start_case()
    council.clock.move_on(timedelta(days=26))

    page = council.open_task("wilma", "initiate_pep")

    assert "overdue" in page.text
    assert "late already" not in page.text


def test_handing_a_task_back_needs_a_reason_and_keeps_what_was_saved(council):
    council.home_visit()
    page = council.open_task("wilma", "visit")
    page.fill({"Whom did you meet?": "Grandma"}).press("Save")
    page = council.open_task("wilma", "visit").follow("This is not my task")
    page = page.press("Hand the task back")
    assert page.status == 422
    assert page.errors == {"reason": "Enter why this is not your task"}

    page = page.fill({"Why is it not your task?": "I am on leave"}).press("Hand the task back")

    assert "You have handed the task back." in page.whole
    assert "For anyone in your role (1)" in council.sign_in("mona").headings
    page = council.open_task("mona", "visit")
    assert page.value("Whom did you meet?") == "Grandma"
    assert "It becomes yours when you save." in page.text


@pytest.mark.both_stores
def test_a_manager_sees_who_has_a_task_but_no_form(council):
    council.home_visit()
    task = council.task("wilma", "visit")

    page = council.sign_in("max").visitor.open(f"/tasks/{task}")

    assert "Wilma Ashdown has this task." in page.text
    assert "Whom did you meet?" not in page.text


@pytest.mark.both_stores
def test_someone_else_cannot_tell_the_task_from_one_that_never_was(council):
    council.home_visit()
    task = council.task("wilma", "visit")
    visitor = council.sign_in("sven").visitor

    denied = visitor.open(f"/tasks/{task}")
    unknown = visitor.open("/tasks/00000000-0000-4000-8000-000000000000")

    assert denied.status == unknown.status == 404
    assert denied.text == unknown.text


@pytest.mark.both_stores
def test_access_ends_at_the_next_request(council):
    council.home_visit()
    visitor = council.sign_in("tara").visitor
    task = council.task("tara", "agree")
    assert visitor.open(f"/tasks/{task}").status == 200
    council.clock.move_on(timedelta(days=1))
    council.end("tara", "designated_teacher")

    assert visitor.open(f"/tasks/{task}").status == 404


def test_whoever_signs_can_read_first_what_they_sign(council):
    council.gathering()
    for name, step in (
        ("wilma", "complete_social_work_sections"), ("tara", "complete_education_sections"),
        ("tara", "record_child_views"), ("wilma", "record_carer_view"),
        ("viktor", "convene_meeting"), ("viktor", "hold_pep_meeting"),
        ("tara", "set_targets_and_actions"),
    ):
        council.do(name, step)

    plan = council.open_task("wilma", "sign_off_social_worker").follow("Read the plan so far")

    assert "Targets" in plan.headings
    assert "Lives with" in plan.section("The child and the people around them")


def test_a_review_cannot_have_been_held_tomorrow(council):
    council.start_case()
    tomorrow = council.clock.now().date() + timedelta(days=1)
    page = council.open_task("rob", "hold_first_review").fill({
        "When was the review held?": (str(tomorrow.day), str(tomorrow.month), str(tomorrow.year)),
        "Did you have the up-to-date plan?": "No",
        "What was missing, and by when will you have it?": "Everything; by May",
        "How is the child getting on in education?": "Well",
        "What was decided about education?": "Nothing yet",
        "Is the reviewing officer content with the plan?": "There was no up-to-date plan",
    })

    page = page.press("Continue").press("Complete this task")

    assert page.status == 422
    assert page.errors["review_held_on-day"].startswith("The review is still to come.")
    assert page.value("What was decided about education?") == "Nothing yet"
    assert "Hold the first statutory review" in council.sign_in("rob").text
