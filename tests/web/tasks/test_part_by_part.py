"""A long form answered one part at a time, as on a telephone: nothing typed is lost on the way."""

import pytest

from engine.tasks import save_draft, task_form
from workflows.demonstration.answers import answers_for

STEP = "complete_education_sections"
FIRST = "Answer one part at a time"
NEXT = "Save and go to the next part"
LAST = "Save and go to your answers"
LATER = "Save and come back later"
CONDUCT = "How is the child's conduct?"


@pytest.fixture
def teacher(council):
    """The education sections of an initial PEP, open for the designated teacher."""
    council.gathering()
    return council


def first_part(council):
    return council.open_task("tara", STEP).follow(FIRST)


def part_called(page, name):
    return page.press(name) if name in page.buttons else page


def test_each_part_is_a_page_of_its_own_and_the_last_leads_to_the_answers(teacher):
    page = first_part(teacher)
    visited = []
    while NEXT in page.buttons:
        visited.append(page.heading)
        page = page.press(NEXT)
    visited.append(page.heading)

    assert visited[:3] == ["Education now", "Attainment", "National Curriculum assessments"]
    assert visited[-1] == "How progress is monitored"
    assert len(visited) == len(set(visited))
    assert f"Part {len(visited)} of {len(visited)}." in page.text
    whole = page.press(LAST)
    assert whole.status == 422, "what is missing is said at the end, on the whole form"
    assert len(whole.errors) > 10


def test_a_page_asks_only_what_belongs_to_its_part(teacher):
    page = part_called(first_part(teacher), "Strengths")

    assert page.labels == ["What are they good at?", "What works for the child?"]


def test_what_was_answered_in_a_part_is_sent_with_the_rest(teacher):
    page = part_called(first_part(teacher), "Strengths")
    page = page.fill({"What are they good at?": "Drawing, and mending bicycles"}).press(LATER)
    assert page.heading == "My tasks"

    by, task_id = teacher.by("tara"), teacher.task("tara", STEP)
    asked = task_form(by, task_id)
    others = answers_for(asked.form, asked.facts, by.today, {})
    others.pop("strengths")
    save_draft(by, task_id, others)
    page = part_called(first_part(teacher), "How progress is monitored").press(LAST)

    assert page.heading == "Check your answers"
    assert page.answers["What are they good at?"] == "Drawing, and mending bicycles"
    assert page.press("Complete this task").heading == "Task done"


def test_going_to_any_other_part_keeps_what_was_typed(teacher):
    page = part_called(first_part(teacher), "Attendance and conduct")
    page = page.fill({CONDUCT: "Two commendations"}).press("Needs")

    assert page.heading == "Needs"
    assert part_called(page, "Attendance and conduct").value(CONDUCT) == "Two commendations"


def test_what_is_wrong_in_a_part_does_not_stop_the_way_through_it(teacher):
    page = first_part(teacher).fill({"How many hours a week?": "lots"}).press(NEXT)

    assert (page.status, page.heading) == (200, "Attainment")
    assert part_called(page, "Education now").value("How many hours a week?") == "lots"


def test_a_row_is_added_and_removed_within_its_part(teacher):
    page = part_called(first_part(teacher), "Attainment").press("Add another")

    assert page.heading == "Attainment"
    assert "Attainment in each subject, 2 of 2" in page.text
    page = page.press("Remove")
    assert page.heading == "Attainment"
    assert "Attainment in each subject, 2 of 2" not in page.text


@pytest.mark.both_stores
def test_a_colleagues_change_is_shown_and_one_word_is_chosen(teacher):
    mine = part_called(first_part(teacher), "Attendance and conduct")
    part_called(first_part(teacher), "Attendance and conduct").fill(
        {CONDUCT: "One suspension"}).press(NEXT)

    page = mine.fill({CONDUCT: "Two commendations"}).press(NEXT)

    assert page.status == 409
    assert "One suspension" in page.text
    assert "Two commendations" in page.text


def test_answers_that_make_a_part_needless_take_it_away(teacher):
    teacher.do("wilma", "complete_social_work_sections")
    teacher.do("tara", STEP)
    teacher.do("tara", "record_child_views")
    teacher.do("wilma", "record_carer_view")
    teacher.do("viktor", "convene_meeting")
    page = teacher.open_task("viktor", "hold_pep_meeting").follow(FIRST)
    assert "The child at the meeting" in page.buttons

    page = part_called(page, "The meeting").fill({
        "Was the meeting held, and complete?": "No: you meet on another day",
    }).press("Running notes")

    assert page.buttons[-3:] == ["Save and go to the next part", LATER, "The meeting"]


def test_a_short_form_is_one_page(council):
    council.home_visit()

    assert FIRST not in council.open_task("wilma", "visit").links


def test_a_part_that_there_is_not_shows_the_whole_form(teacher):
    whole = teacher.open_task("tara", STEP)

    assert whole.visitor.open(f"{whole.address}?part=nothing").labels == whole.labels
