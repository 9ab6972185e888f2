"""Anyone around the child sees where the case is, what is due and why then, and its story."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from visitor import words

from engine.background import Embedded
from workflows.child_names import keep_names
from workflows.resources import case_resource


def case_page(council, name, case_id):
    return council.sign_in(name).visitor.open(f"/cases/{case_id}")


def test_what_is_open_is_said_with_its_person_its_date_and_the_arithmetic(council):
    case_id = council.gathering()
    page = case_page(council, "rob", case_id)

    now = page.section("Now")
    assert "Complete education sections" in now
    assert "Tara Copley, designated teacher" in now
    assert "Local, set in the flowchart. 5 working days from Wed 25 Mar 2026" in now
    deadlines = page.section("Deadlines")
    assert "Plan prepared within 10 working days Friday 10 April 2026" in deadlines
    assert ("10 working days from Wed 25 Mar 2026, skipping 3 and 6 Apr: Fri 10 Apr 2026. "
            "Met when both have signed the plan.") in deadlines
    assert "Regulations 2010, regulation 33(1)" in deadlines


def test_the_picture_and_the_text_say_the_same(council):
    case_id = council.gathering()
    page = case_page(council, "tara", case_id)

    here = {node.get("id") for node in page.tree.xpath(
        "//*[contains(@class,'pepway-diagram__node--here')]")}
    assert {f"initial-pep-{name}" for name in (
        "complete_social_work_sections", "complete_education_sections", "record_child_views",
    )} <= here
    text = page.section("Where the case is")
    assert "Done Initiate the PEP" in text
    assert "Now Complete education sections" in text
    assert "To come Hold the PEP meeting" in text


def test_a_returned_plan_leaves_nothing_done_that_has_to_be_done_again(council):
    case_id = council.to_signatures()
    council.both_sign()
    council.do("viktor", "assure_quality", quality_rating="red", return_reasons="No measures",
               quality_of_actions="amber", quality_reason_actions="Two have no milestones")

    page = case_page(council, "wilma", case_id)

    text = page.section("Where the case is")
    assert "Now Correct targets and actions" in text
    assert "To come Sign as designated teacher" in text
    assert "Done Hold the PEP meeting" in text
    again = council.open_task("tara", "correct_targets_and_actions").text
    assert "Quality assurance returned the plan. Why: No measures" in again
    assert "Amber Planned actions Two have no milestones" in again
    council.do("tara", "correct_targets_and_actions")
    assert "Why: No measures" in council.open_task("wilma", "sign_off_social_worker").text


def test_what_comes_due_stands_in_the_story_and_late_is_marked(council):
    case_id = council.gathering()
    council.clock.move_to(datetime(2026, 4, 11, 8, 0, tzinfo=UTC))
    Embedded(council.installation, lambda message: None).one_round()

    page = case_page(council, "mona", case_id)

    assert ("Pepway checked: Plan prepared in time? (10 working days over)."
            in page.section("What happened"))
    assert "Explain the delay" in page.section("Now")
    assert "Friday 10 April 2026 Overdue" in page.section("Deadlines")
    assert "Now, late Complete education sections" in page.section("Where the case is")


def test_what_a_day_brought_has_no_time_in_the_story(council):
    case_id = council.gathering()
    council.clock.move_to(datetime(2026, 4, 10, 23, 0, 4, tzinfo=UTC))
    Embedded(council.installation, lambda message: None).one_round()

    story = case_page(council, "mona", case_id).section("What happened")

    assert "Saturday 11 April 2026" in story
    assert "12:00am" not in story
    assert "9:00am" in story, "what people did has one"


@pytest.mark.both_stores
def test_people_who_came_and_left_stand_on_the_case(council):
    case_id = council.gathering()
    council.end("tara", "designated_teacher")
    page = case_page(council, "viktor", case_id)

    assert "Tara Copley left the people around the child" in page.section("What happened")
    assert "Tara Copley" not in page.section("People around")
    assert "No one holds the role" in page.section("Now")


@pytest.mark.both_stores
def test_a_list_of_cases_finds_by_name_and_by_reference(council):
    council.start_case(given_names="Robin", family_name="Testerby")
    council.start_case(given_names="Dana", family_name="Underhill", known_as="Dana",
                       born_on="2015-02-03")
    page = council.sign_in("vera").visitor.open("/cases")
    assert "2 cases" in page.text

    for search in ("underh", "Dana under"):
        found = page.visitor.search(search, "/cases")
        assert "Dana Underhill" in found.text
        assert "Robin Testerby" not in found.text
    [reference] = re.findall(r"\w{4}-\w{4}", found.text)
    for quoted in (reference, reference.lower(), reference.replace("-", ""),
                   reference.replace("-", " ")):
        assert "Dana Underhill" in page.visitor.search(quoted, "/cases").text


@pytest.mark.both_stores
def test_a_child_is_found_by_any_part_of_any_name(council):
    """In capitals or not, with accents and marks or without."""
    council.start_case(given_names="Élodie Anne-Marie", known_as="Ellie", family_name="O'Strand_Ó")
    council.start_case(given_names="Robin", family_name="Testerby", born_on="2015-02-03")
    visitor = council.sign_in("vera").visitor

    def finds(search):
        return "Ellie" in visitor.search(search, "/cases").text

    for search in ("strand", "LODI", "élod", "ÉLOD", "marie", "ellie", "o'str", "_ó", "D_Ó",
                   "strand ann éL", "e\u0301lod", " Ellie  ", "elod", "ostrando", "annemarie"):
        assert finds(search), search
    for search in ("ellies", "strand testerby", "str%nd", "s_rand", "\U0010ffff"):
        assert not finds(search), search
    assert "Robin Testerby" in visitor.search("testerBY", "/cases").text


@pytest.mark.both_stores
def test_names_that_are_put_right_are_found_and_the_old_ones_are_not(council):
    case_id = council.start_case(given_names="Robin", family_name="Testerby")
    visitor = council.sign_in("vera").visitor
    child_id = case_resource(council.by("vera"), case_id).child_id
    with council.by("vera").begin() as work:
        keep_names(work, child_id, ("Robyn", "Testerby"))

    assert "1 case for" in visitor.search("robyn", "/cases").text
    assert "0 cases for" in visitor.search("robin", "/cases").text


def test_the_next_review_waits_from_the_day_on_which_the_first_one_ends(council):
    first = council.to_signatures()
    council.both_sign()
    council.do("viktor", "assure_quality", quality_rating="green")
    council.clock.move_on(timedelta(days=5))
    council.do("rob", "hold_first_review")

    page = case_page(council, "rob", first).follow("The next case")

    assert "3 or 6 monthly PEP" in page.text
    assert "Nobody has anything to do: the case waits for its date." in page.section("Now")
    [begins] = page.tree.xpath("//section[@aria-labelledby='now']//li[not(ancestor::details)]")
    assert words(begins).startswith("Next review begins: ")
    assert "Second review within 3 months of the first" in page.section("Deadlines")
    assert "Tuesday 30 June 2026" in page.section("Deadlines")
    clocks = [node.text_content() for node in page.tree.xpath(
        "//*[contains(@class, 'pepway-clocks__clock')]//h3")]
    assert clocks == ["Second review within 3 months of the first",
                      "Plan reviewed and passed on before each review"]


def ready_to_sign(council):
    case_id = council.gathering()
    for name, step in (
        ("wilma", "complete_social_work_sections"), ("tara", "complete_education_sections"),
        ("tara", "record_child_views"), ("wilma", "record_carer_view"),
        ("viktor", "convene_meeting"), ("viktor", "hold_pep_meeting"),
        ("tara", "set_targets_and_actions"),
    ):
        council.do(name, step)
    return case_id


def signed_by_the_school(council):
    case_id = ready_to_sign(council)
    council.do("tara", "sign_off_teacher")
    return case_id


def to(council, *moment):
    council.clock.move_to(datetime(*moment, tzinfo=UTC))
    Embedded(council.installation, lambda message: None).one_round()


def test_a_plan_in_time_says_so_on_the_case_and_on_the_plan(council):
    case_id = signed_by_the_school(council)
    to(council, 2026, 4, 9, 9)
    council.do("wilma", "sign_off_social_worker")

    page = case_page(council, "tara", case_id)

    sentence = "Prepared on 9 April 2026, on time (working day 9 of 10)"
    assert sentence in page.section("Deadlines")
    assert sentence in page.follow("Read the plan").text


@pytest.mark.both_stores
def test_why_a_plan_is_late_is_for_those_who_may_read_the_plan(council):
    case_id = signed_by_the_school(council)
    to(council, 2026, 4, 14, 9)
    overdue = case_page(council, "mona", case_id).section("Deadlines")
    assert "Not prepared yet, late by 2 working days." in overdue
    assert "The team manager has been asked for the reason." in overdue
    council.do("mona", "explain_delay", delay_reason="The school was closed")
    council.do("wilma", "sign_off_social_worker")

    said = "Prepared on 14 April 2026, late by 2 working days. Reason: The school was closed"
    page = case_page(council, "tara", case_id)
    assert said in page.section("Deadlines")
    assert said in page.follow("Read the plan").text
    seen_by_manager = case_page(council, "max", case_id).section("Deadlines")
    assert "late by 2 working days" in seen_by_manager
    assert "The school was closed" not in seen_by_manager


def test_the_statutory_clocks_come_first_and_the_rest_is_one_click_away(council):
    page = case_page(council, "wilma", council.gathering())

    clocks = [node.text_content() for node in page.tree.xpath(
        "//*[contains(@class, 'pepway-clocks__clock')]//h3")]
    assert clocks == ["Plan prepared within 10 working days",
                      "First statutory review within 20 working days"]
    rest = page.tree.xpath("//section[@aria-labelledby='deadlines']//details")[-1]
    assert rest.get("open") is None
    assert "4 more deadlines" in rest.text_content()
    assert "School and virtual school told within 48 hours" in rest.text_content()
    assert "Education place within 20 school days" in rest.text_content()
    assert "A plan each term" not in page.text
    assert "Deadlines" in page.follow("All deadlines and how they are counted").text


def test_what_only_watches_is_folded_away_so_that_the_work_stands_first(council):
    page = case_page(council, "rob", council.gathering())

    folded = {
        each.xpath("string(summary)").strip(): each.get("open") is not None
        for each in page.tree.xpath("//main//details")
    }
    assert folded["Watch the deadlines of the initial PEP"] is False
    assert folded["The first statutory review"] is True
    assert "Pepway waits for:" not in page.section("Now")
    dates = next(name for name in folded if "on which Pepway looks whether all is done" in name)
    assert folded[dates] is False


def test_what_pepway_only_watched_is_folded_beneath_what_people_did(council):
    case_id = council.gathering()
    for day in (27, 30, 31):
        to(council, 2026, 3, day, 8)
    to(council, 2026, 4, 2, 8)
    page = case_page(council, "wilma", case_id)

    days = [words(node) for node in page.tree.xpath("//h3[following-sibling::ol]")]
    assert "Tuesday 31 March 2026" in days
    shown = " ".join(words(line) for line in page.tree.xpath(
        "//li[contains(@class, 'pepway-story__line')][not(ancestor::details)]"))
    assert "“Complete social work sections” began" in shown
    assert "Pepway did “Remind the social worker”: “Social work parts in?” No." in shown
    assert "Pepway checked" not in shown
    folded = " ".join(words(line) for line in page.tree.xpath(
        "//details//li[contains(@class, 'pepway-story__line')]"))
    assert ("Pepway checked: PEP initiated? (working day 2). Friday 27 March 2026" in folded)
    assert "The team manager was told: “Social work parts in?” No." in shown


def test_a_day_that_somebody_chose_says_in_which_answer(council):
    case_id = council.gathering()
    for name, step in (
        ("wilma", "complete_social_work_sections"), ("tara", "complete_education_sections"),
        ("tara", "record_child_views"), ("wilma", "record_carer_view"),
        ("viktor", "convene_meeting"),
    ):
        council.do(name, step)

    now = case_page(council, "viktor", case_id).section("Now")

    assert re.search(r"Answered to “[^”]+\?”: \w{3} \d+ \w{3} 2026\.", now)
    assert "nothing counted" not in now


def test_a_single_day_counted_back_is_said_to_be_before(council):
    page = case_page(council, "wilma", ready_to_sign(council))

    assert "1 working day before Fri 10 Apr 2026: Thu 9 Apr 2026." in page.section("Now")
