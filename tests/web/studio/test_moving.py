"""A process owner moves the running cases of a real procedure to a changed release, and back."""

import json

import pytest
from changed_procedures import Changed
from visitor import words

from engine.domain import SYSTEM
from engine.migration.batch import carry_on
from engine.releases import load_folder
from engine.store.models import Case

NURSE = json.dumps({"type": "default", "schemaVersion": 19, "id": "ask_nurse", "components": [
    {"type": "textarea", "id": "f1", "key": "nurse_said", "label": "What did the nurse say?",
     "validate": {"required": True}}]}).encode()


def publish(council, changed):
    release = load_folder(council.by("olga"), changed.procedure, changed.files)
    assert release.state == "live"


def asks_the_nurse():
    return (Changed("initial-pep").form("ask_nurse", NURSE)
            .add_behind("complete_education_sections", "ask_nurse", "Ask the school nurse",
                        "ask_nurse"))


def background(council):
    while carry_on(council.installation.acting(SYSTEM)):
        pass


def reference(council, case_id):
    with council.by("vera").begin(writing=False) as work:
        return work.session.get_one(Case, case_id).reference


def when(council, case_id, name):
    """What the case's page says of a date that Pepway waits for."""
    page = council.sign_in("wilma").visitor.open(f"/cases/{case_id}")
    [said] = [text for text in map(words, page.tree.iterfind(".//li")) if name in text]
    return said


def choose_all(council):
    page = council.sign_in("olga").visitor.open("/studio").follow("Move running cases")
    return page.fill({"Which cases?": "All of them"}).press("See what would become of them")


@pytest.mark.both_stores
def test_cases_are_looked_at_moved_and_put_back(council):
    case_id = council.gathering()
    council.do("tara", "complete_education_sections")
    other = council.start_case(family_name="Other")
    publish(council, asks_the_nurse())

    page = choose_all(council)
    assert page.heading == "What would become of the cases"
    assert "1 case Moves as it is" in page.text
    assert "what release 2 asks on that way is not asked of it" in page.text
    assert "Robin" not in page.whole

    refused = page.press("Move 2 cases")
    assert refused.errors == {"reason": "Enter why these cases are moved"}
    page = page.fill({"Why are they moved?": "The nurse is asked now"}).press("Move 2 cases")
    assert page.heading == "The cases are being moved"
    assert "0 of 2 cases are done" in page.text
    background(council)
    page = page.follow("Look again")
    assert page.heading == "The cases were moved"
    assert "The nurse is asked now" in page.text

    council.do("wilma", "initiate_pep")
    page = page.press("Undo the move")
    background(council)
    page = page.follow("Look again")
    assert page.heading == "The cases were put back"
    assert "1 case Could not be put back: the case has gone on since" in page.text
    assert case_id != other


def test_whoever_chooses_no_case_is_told_so(council):
    council.gathering()
    publish(council, asks_the_nurse())
    page = council.sign_in("olga").visitor.open("/studio").follow("Move running cases")

    refused = page.press("See what would become of them")

    assert refused.errors == {"classes": "Select the cases to move"}


def test_a_case_goes_to_its_end_on_the_new_release(council):
    council.gathering()
    publish(council, asks_the_nurse())
    page = choose_all(council).fill({"Why are they moved?": "Nurse"}).press("Move the case")
    background(council)

    council.do("wilma", "complete_social_work_sections")
    council.do("tara", "complete_education_sections")
    council.do("tara", "ask_nurse")
    for name, step in (("tara", "record_child_views"), ("wilma", "record_carer_view"),
                       ("viktor", "convene_meeting"), ("viktor", "hold_pep_meeting"),
                       ("tara", "set_targets_and_actions")):
        council.do(name, step)
    council.both_sign()
    assert council.task("viktor", "assure_quality")
    assert "1 case Moved" in page.follow("Look again").text


def test_for_a_step_that_is_gone_a_person_says_where_the_case_goes_on(council):
    council.gathering()
    publish(council, Changed("initial-pep").remove("record_carer_view"))
    page = choose_all(council)
    assert "release 2 no longer has the step “Record the carer's contribution”" in page.text
    assert "Move the case" not in page.buttons

    page = page.follow("Say where cases go on")
    page = page.fill({"Record the carer's contribution": "Record the child's views"})
    page = page.press("See what would become of the cases")
    assert "it would stop before “Gathered” for ever" in page.text

    page = page.follow("Say where cases go on")
    assert page.value("Record the carer's contribution") == "Record the child's views"
    page = page.fill({
        "Record the carer's contribution": "It counts as done, and the case goes on behind it"})
    page = page.press("See what would become of the cases")
    assert "“Record the carer's contribution” counts as done" in page.text
    page.fill({"Why are they moved?": "Not asked any more"}).press("Move the case")
    background(council)
    for name, step in (("wilma", "complete_social_work_sections"),
                       ("tara", "complete_education_sections"), ("tara", "record_child_views"),
                       ("viktor", "convene_meeting")):
        council.do(name, step)
    assert council.task("viktor", "hold_pep_meeting")


def test_a_date_is_kept_or_counted_anew(council):
    council.gathering()
    publish(council, Changed("initial-pep").date(
        "meeting_due", "working_days(placement_start, 12)",
        in_file="initial-chasing"))
    page = choose_all(council)
    assert "keeps its date, though the new release gives it another" in page.text

    page = page.follow("Say what becomes of dates that cases wait for")
    [asked] = [question for question in page.labels if "working day 6" in question]
    page = page.fill({asked: "The new date, counted from when the waiting began"})
    page = page.press("See what would become of the cases")
    assert "gets the new release's date, counted from when it began" in page.text


def test_a_date_that_was_kept_is_explained_by_what_it_still_follows(council):
    case_id = council.gathering()
    before = when(council, case_id, "working day 6")
    assert "(5 working days before Fri 10 Apr 2026" in before
    publish(council, Changed("initial-pep").date(
        "meeting_due", "working_days(placement_start, 12)",
        in_file="initial-chasing"))
    choose_all(council).fill({"Why are they moved?": "Later"}).press("Move the case")
    background(council)
    assert when(council, case_id, "working day 6") == before


def test_what_was_done_before_the_move_can_still_be_read(council):
    case_id = council.gathering()
    done = council.do("wilma", "record_carer_view")
    publish(council, Changed("initial-pep").remove("record_carer_view"))
    choose_all(council).fill({"Why are they moved?": "Not asked"}).press("Move the case")
    background(council)

    visitor = council.sign_in("vera").visitor
    assert visitor.open(f"/tasks/{done}").status == 200
    story = visitor.open(f"/cases/{case_id}").text
    assert "The case was moved to another release of its procedure" in story
    assert "Record the carer's contribution" in story
    for page in ("plan", "sections", "timeline"):
        assert visitor.open(f"/cases/{case_id}/{page}").status in (200, 404), page


@pytest.mark.parametrize("name", ["vera", "wilma", "max"])
@pytest.mark.both_stores
def test_nobody_else_moves_cases(council, name):
    assert council.sign_in(name).visitor.open("/studio/initial-pep/move").status == 404
