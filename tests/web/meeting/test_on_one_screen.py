"""The meeting on one screen: the plan to read, notes and targets written down together."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.store.models import Task
from workflows.absences.arranging import Planned, enter_absence
from workflows.absences.days import Days
from workflows.absences.table import MOVES_ALL
from workflows.pep.meetings.invitations import Meeting

HOPES = "How are the child's hopes and self-confidence nurtured?"


@pytest.fixture
def case(council):
    return to_the_meeting(council)


def to_the_meeting(council):
    case_id = council.gathering()
    for name, step in (
        ("wilma", "complete_social_work_sections"), ("tara", "complete_education_sections"),
        ("tara", "record_child_views"), ("wilma", "record_carer_view"),
        ("viktor", "convene_meeting"),
    ):
        council.do(name, step)
    return case_id


def at(council, case_id, name):
    return council.sign_in(name).visitor.open(f"/cases/{case_id}/meeting")


def test_the_childs_words_stand_first_and_the_whole_plan_behind_them(council, case):
    page = at(council, case, "viktor")
    headings = [each for each in ("In their own words", "Needs and strengths", "Education now")
                if each in page.text]
    assert len(headings) == 3
    assert page.text.index("In their own words") < page.text.index("Education now")
    assert "Friday 27 March 2026" in page.text
    assert "What is being said?" in page.text


@pytest.mark.both_stores
def test_who_may_see_the_plan_reads_along_and_writes_nothing(council, case):
    page = at(council, case, "rob")
    assert "Viktor Elsworth holds this meeting. You read along here." in page.text
    assert "What is being said?" not in page.text


def opened(page):
    """What stands open, by the heading of each part."""
    return {part.xpath("string(./summary)").strip(): part.get("open") is not None
            for part in page.tree.xpath("//details[contains(@class, 'pepway-meeting__part')]")}


def test_what_is_written_down_is_open_and_what_is_only_read_is_closed(council, case):
    parts = opened(at(council, case, "viktor"))
    assert {name for name, is_open in parts.items() if is_open} == {
        "In their own words", "Running notes", "What was talked about", "Targets", "Actions"}
    assert not parts["Education now"]
    assert not parts["Interventions and targeted support"]


def test_notes_targets_and_actions_are_one_press_away(council, case):
    page = at(council, case, "viktor")
    [ways] = page.tree.xpath("//nav[@aria-label='On this page']")
    links = {link.text_content(): link.get("href")[1:] for link in ways.iter("a")}
    assert list(links) == ["Notes", "Targets", "Actions", "The plan"]
    assert all(page.tree.xpath("//*[@id=$id]", id=id) for id in links.values())
    assert list(link.text_content() for link in at(council, case, "rob").tree.xpath(
        "//nav[@aria-label='On this page']//a")) == ["In their own words", "The plan"]


def test_a_row_that_was_just_added_stands_in_an_open_part(council, case):
    page = at(council, case, "viktor")
    assert not opened(page)["Interventions and targeted support"]
    page = page.press("Add another to Interventions")
    assert opened(page)["Interventions and targeted support"]


def test_notes_of_the_meeting_stand_in_its_task(council, case):
    page = at(council, case, "viktor")
    page = page.fill({"What is being said?": "The taxi comes earlier"}).press("Save the notes")
    assert "Saved." in page.whole
    assert "The taxi comes earlier" in council.open_task("viktor", "hold_pep_meeting").whole


def test_a_target_agreed_at_the_meeting_stands_in_the_teachers_task(council, case):
    page = at(council, case, "tara")
    assert "What is being said?" not in page.text, "the notes are the chair's"
    typed = page.fill({HOPES: "Read a chapter book alone"}).press("Save what is agreed")
    assert "Saved." in typed.whole

    council.do("viktor", "hold_pep_meeting")
    assert "Read a chapter book alone" in council.open_task(
        "tara", "set_targets_and_actions").whole
    assert "The meeting is over" in at(council, case, "tara").text


@pytest.mark.both_stores
def test_two_people_change_one_answer_and_both_are_shown(council, case):
    chair, teacher = at(council, case, "viktor"), at(council, case, "tara")
    teacher.fill({HOPES: "The teacher's words"}).press("Save what is agreed")

    both = chair.fill({HOPES: "The chair's words"}).press("Save what is agreed")
    assert both.status == 409
    assert "Someone changed an answer meanwhile" in both.text
    assert "Tara Copley" in both.text
    assert "The teacher's words" in both.text
    assert "The chair's words" in both.whole
    kept = both.press("Save what is agreed")
    assert "Saved." in kept.whole
    assert kept.value(HOPES) == "The chair's words"


@pytest.mark.both_stores
def test_where_nobody_else_wrote_meanwhile_other_answers_are_no_conflict(council, case):
    chair, teacher = at(council, case, "viktor"), at(council, case, "tara")
    teacher.fill({HOPES: "The teacher's words"}).press("Save what is agreed")
    notes = chair.fill({"What is being said?": "All agree"}).press("Save the notes")
    assert "Saved." in notes.whole
    assert notes.value(HOPES) == "The teacher's words"


def test_a_meeting_is_not_called_off_by_way_of_another_task(council):
    council.gathering()
    council.do("viktor", "convene_meeting")
    own = council.task("wilma", "complete_social_work_sections")
    page = council.sign_in("wilma")
    said = page.visitor.client.post(f"/cases/{own}/meeting/off/{own}",
                                    data={"csrf_token": page.token})
    assert said.status_code == 404


def test_rows_are_added_at_the_meeting(council, case):
    page = at(council, case, "tara").fill({"What will the child be able to do?": "Swim"})
    more = page.press("Add another to Targets")
    assert "Targets, 2 of 2" in more.whole
    assert "Swim" in more.whole


def test_the_browser_saves_by_itself_and_is_told_when_it_is_too_late(council, case):
    page = at(council, case, "tara")
    address = f"/cases/{case}/meeting/agreed/draft"
    said = page.visitor.client.post(address, data={
        "csrf_token": page.token, "seen-aspiration_nurtured": "0",
        "aspiration_nurtured": "By the choir",
    })
    assert said.get_json() == {"message": "Saved", "seen": {"aspiration_nurtured": 1}}
    stale = page.visitor.client.post(address, data={
        "csrf_token": page.token, "seen-aspiration_nurtured": "0",
        "aspiration_nurtured": "By the band",
    })
    assert stale.status_code == 409

    council.do("viktor", "hold_pep_meeting")
    late = page.visitor.client.post(address, data={
        "csrf_token": page.token, "aspiration_nurtured": "By the band",
    })
    assert late.status_code == 409
    words = page.fill({HOPES: "By the band"}).press("Save what is agreed")
    assert "By the band" in words.text, "nothing typed is lost"
    assert "By the choir" in council.open_task("tara", "set_targets_and_actions").whole


@pytest.mark.both_stores
@pytest.mark.parametrize(("cover", "said"), [
    ("sven", "Sven Birkett covers then: ask them to come"),
    (None, "Nobody in particular covers then: ask a colleague to come"),
])
def test_who_books_and_who_holds_it_hear_who_is_away_that_day_and_who_covers(
    council, case, cover, said
):
    booked = council.by("viktor")
    with booked.begin(writing=False) as work:
        convened = work.session.scalars(
            select(Task.id).where(Task.element == "convene_meeting")).one()
        day = work.session.scalars(select(Meeting.day)).one()
    viktor = council.sign_in("viktor").visitor
    done = f"/tasks/{convened}/done"
    assert "is away" not in viktor.open(done).text + at(council, case, "viktor").text

    enter_absence(council.by("vera"), council.people["wilma"], Planned(
        Days(day, day, "leave"), council.people.get(cover), MOVES_ALL))

    for page in (viktor.open(done), at(council, case, "viktor")):
        assert f"Wilma Ashdown is away on the day of the meeting. {said}" in page.text
    council.clock.move_on(timedelta(days=7))
    assert "is away" not in at(council, case, "viktor").text, "the day is over"
