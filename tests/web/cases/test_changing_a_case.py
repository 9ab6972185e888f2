"""Someone changes something about a case: told first what will happen, then it does."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from visitor import words

from engine.store.models import Case


def page_of(council, name, case_id):
    return council.sign_in(name).visitor.open(f"/cases/{case_id}")


def chosen(council, name, case_id, change):
    """This person opens the form of a change from the case's page."""
    return page_of(council, name, case_id).follow(change)


def put_right(page):
    return page.fill({
        "Which date is wrong?": "When the first placement began",
        "What is the right date?": ("27", "3", "2026"),
        "How did the mistake come about?": "The day was misread",
    })


def test_a_wrong_date_is_shown_moved_then_confirmed_and_stands_in_the_story(council):
    case_id = council.gathering()
    council.clock.move_on(timedelta(days=5))
    form = chosen(council, "wilma", case_id, "Correct a date")
    assert form.heading == "Correct a date"
    assert form.answers["First placement"] == "from Wed 25 Mar 2026"

    seen = put_right(form).press("See what will happen")

    assert seen.heading == "What will happen"
    assert "Nothing has been changed yet." in seen.text
    assert ("Plan prepared within 10 working days: Tue 14 Apr 2026 instead of Fri 10 Apr 2026"
            in seen.section("Dates"))
    assert "First statutory review" not in seen.section("Dates")
    assert seen.answers["What is the right date?"] == "27 March 2026"
    assert "Friday 10 April 2026" in page_of(council, "wilma", case_id).section("Deadlines")

    case = seen.press("Confirm")

    assert case.heading == "Robin Testerby"
    assert "The date has been corrected." in case.whole
    assert "Tuesday 14 April 2026" in case.section("Deadlines")
    assert ("The date of the first placement was corrected from Wed 25 Mar 2026 to Fri 27 Mar "
            "2026. Reason: The day was misread") in case.section("What happened")


def test_the_virtual_school_reopens_a_plan_that_was_passed_on(council):
    case_id = council.to_signatures()
    council.both_sign()
    council.do("viktor", "assure_quality", quality_rating="green")
    form = chosen(council, "vera", case_id, "Reopen the plan")
    assert form.answers["Plan"] == (
        "version 1, passed on Wed 25 Mar 2026. It stays as it was signed, with the day on which "
        "both signed"
    )
    empty = form.press("See what will happen")
    assert empty.errors == {"reason": "Enter what has to be put right, and why"}

    seen = empty.fill({"What has to be put right, and why?": "The wrong school stands in it"}
                      ).press("See what will happen")

    assert "Reopened plan" in seen.section("Cases")
    assert "Correct targets and actions" in seen.section("Tasks")
    assert "Tara Copley" in seen.section("Who is told")
    case = seen.press("Confirm")
    assert "The plan is reopened" in case.whole
    assert "Correct targets and actions" in case.section("Now")
    before = page_of(council, "wilma", case_id)
    assert ("The plan was reopened, and both sign again. Reason: The wrong school stands in it"
            in before.section("What happened"))
    assert "Reopen the plan" not in page_of(council, "viktor", case_id).text
    assert page_of(council, "wilma", case_id).links.get("Reopen the plan") is None
    task = council.open_task("tara", "correct_targets_and_actions")
    assert ("The virtual school reopened the plan. Why: The wrong school stands in it"
            in task.text)


def test_an_answer_that_cannot_be_keeps_the_words_and_names_the_field(council):
    case_id = council.gathering()
    form = chosen(council, "wilma", case_id, "Correct a date")

    page = form.fill({
        "Which date is wrong?": "When the first placement began",
        "What is the right date?": ("24", "3", "2026"),
        "How did the mistake come about?": "The day was misread",
    }).press("See what will happen")

    assert page.status == 422
    assert page.errors["correct-day"].startswith(
        "The child became looked after on Wed 25 Mar 2026."
    )
    assert page.title.startswith("Error: ")
    assert page.value("How did the mistake come about?") == "The day was misread"
    empty = form.visitor.open(form.address.partition("?")[0]).press("See what will happen")
    assert empty.errors == {
        "which": "Choose the date that is wrong",
        "correct-day": "Enter the right date",
        "reason": "Enter how the mistake came about",
    }


def test_going_back_keeps_what_was_entered(council):
    case_id = council.gathering()
    seen = put_right(chosen(council, "wilma", case_id, "Correct a date")).press(
        "See what will happen"
    )

    form = seen.press("Change what I entered")

    assert form.value("What is the right date?") == ["27", "3", "2026"]
    assert form.value("Which date is wrong?") == ["When the first placement began"]


@pytest.mark.both_stores
def test_what_has_changed_meanwhile_is_shown_again_before_it_is_done(council):
    case_id = council.gathering()
    council.clock.move_on(timedelta(days=5))
    seen = put_right(chosen(council, "wilma", case_id, "Correct a date")).press(
        "See what will happen"
    )
    council.do("tara", "record_child_views")

    again = seen.press("Confirm")

    assert again.status == 409
    assert "Something changed since you looked." in again.text
    assert "Record the child's views" not in again.section("Dates")
    assert "The date has been corrected." in again.press("Confirm").whole


@pytest.mark.both_stores
def test_confirmed_twice_happens_once(council):
    case_id = council.gathering()
    council.clock.move_on(timedelta(days=5))
    seen = put_right(chosen(council, "wilma", case_id, "Correct a date")).press(
        "See what will happen"
    )
    first = seen.press("Confirm")

    again = seen.press("Confirm")

    assert again.address == first.address == f"/cases/{case_id}"
    assert "The date has been corrected." in again.whole
    assert again.section("What happened").count("first placement was corrected") == 1


@pytest.mark.both_stores
def test_a_suspension_that_is_confirmed_twice_is_reported_once(council):
    """Of a suspension that is over no date moves: both times the same would be seen."""
    case_id = council.gathering()
    seen = suspended(chosen(council, "tara", case_id, "Report a suspension"), day=23)

    seen.press("Confirm")
    case = seen.press("Confirm")

    assert case.section("What happened").count("The child was suspended") == 1
    assert case.follow("Read the plan").section("Education so far").count("A fight at lunch") == 1


@pytest.mark.both_stores
def test_the_next_suspension_from_the_same_page_is_another_one(council):
    case_id = council.gathering()
    form = chosen(council, "tara", case_id, "Report a suspension")
    suspended(form, day=23).press("Confirm")

    case = suspended(form, day=24).press("Confirm")

    assert case.section("What happened").count("The child was suspended") == 2


@pytest.mark.both_stores
def test_a_review_that_is_asked_for_twice_by_one_click_is_asked_for_once(council):
    case_id = council.gathering()
    seen = chosen(council, "tara", case_id, "Start a review of the plan now").fill({
        "What is the reason?": "The carer asks for it", "What has happened?": "Maths",
    }).press("See what will happen")

    seen.press("Confirm")
    case = seen.press("Confirm")

    assert case.section("What happened").count("Maths") == 1


@pytest.mark.both_stores
def test_a_change_that_is_offered_no_more_once_it_is_made_is_still_confirmed_twice(council):
    case_id = council.gathering()
    seen = chosen(council, "vera", case_id, "Record that the child has died").fill({
        "On which day?": ("25", "3", "2026"), "Who confirmed it?": "The hospital",
    }).press("See what will happen")
    seen.press("Confirm")

    again = seen.press("Confirm")

    assert again.status == 200
    assert again.section("What happened").count("The child died") == 1


def suspended(form, day):
    """The report of a suspension of one day in March 2026, as it is shown before it is made."""
    return form.fill({
        "What happened?": "A suspension",
        "From which day?": (str(day), "3", "2026"),
        "Until which day?": (str(day), "3", "2026"),
        "How many sessions?": "2",
        "What did the school give as the reason?": "A fight at lunch",
    }).press("See what will happen")


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("wilma", {"Start a review of the plan now", "The child changes school",
                   "Report a suspension or exclusion", "The child moves to a new placement",
                   "The legal status changes", "Correct a date",
                   "The child is no longer looked after"}),
        ("tara", {"Start a review of the plan now", "Report a suspension or exclusion"}),
        ("rob", {"Start a review of the plan now", "Bring the statutory review forward"}),
        ("max", {"Someone else takes over"}),
    ],
)
@pytest.mark.both_stores
def test_each_role_is_offered_what_it_may_change(council, name, offered):
    case_id = council.gathering()
    page = page_of(council, name, case_id)

    ways = {text for text, address in page.links.items() if "/change/" in address}
    assert ways == offered
    listed = page.visitor.open(f"/cases/{case_id}/change")
    assert {text for text, to in listed.links.items() if "/change/" in to} == offered


@pytest.mark.parametrize("name", ["tara", "rob", "max", "sven", "olga"])
@pytest.mark.both_stores
def test_an_address_that_was_not_offered_is_not_there(council, name):
    case_id = council.gathering()
    visitor = council.sign_in(name).visitor

    assert visitor.open(f"/cases/{case_id}/change/record_death").status == 404
    assert visitor.open(f"/cases/{case_id}/change/no_such_change").status == 404


def test_the_designated_teacher_reports_a_suspension_and_it_stands_in_the_plan(council):
    case_id = council.gathering()
    form = chosen(council, "tara", case_id, "Report a suspension")
    assert "Answer this only if you chose “A suspension” above" in form.text

    seen = form.fill({
        "What happened?": "A suspension",
        "From which day?": ("25", "3", "2026"),
        "Until which day?": ("26", "3", "2026"),
        "How many sessions?": "4",
        "What did the school give as the reason?": "A fight at lunch",
    }).press("See what will happen")
    assert seen.section("Who is told") == "Viktor Elsworth, Wilma Ashdown"
    case = seen.press("Confirm")

    assert ("The child was suspended from school from Wed 25 Mar 2026 to Thu 26 Mar 2026, 4 "
            "sessions.") in case.section("What happened")
    plan = case.follow("Read the plan")
    assert "A fight at lunch" in plan.section("Education so far")
    assert "25 March 2026" in plan.section("Education so far")


def test_someone_else_takes_over_and_the_tasks_follow(council):
    case_id = council.gathering()
    council.clock.move_on(timedelta(days=1))

    seen = chosen(council, "mona", case_id, "Someone else takes over").fill({
        "In which role?": "Social worker",
        "New social worker": "Sven Birkett",
        "From which day?": ("26", "3", "2026"),
        "Why?": "Wilma is on leave",
    }).press("See what will happen")
    assert ("“Complete social work sections” goes from Wilma Ashdown to Sven Birkett"
            in seen.section("Tasks"))
    seen.press("Confirm")

    case = page_of(council, "sven", case_id)
    assert "Sven Birkett, social worker" in case.section("Now")
    assert "Sven Birkett is the social worker from Thu 26 Mar 2026 after Wilma Ashdown. Reason: " \
        "Wilma is on leave" in case.section("What happened")
    assert page_of(council, "wilma", case_id).status == 404


def test_what_a_person_must_know_stands_before_what_only_watches(council):
    case_id = council.gathering()

    seen = chosen(council, "wilma", case_id, "The child is no longer looked after").fill({
        "On which day did care end?": ("25", "3", "2026"),
        "How did care end?": "The child went home",
        "What was decided, and by whom?": "The court discharged the order",
    }).press("See what will happen")

    assert seen.headings[:4] == ["What will happen", "Cases", "Tasks", "Dates"]
    assert "“Record the child's views” is no longer needed" in seen.section("Tasks")
    assert "Plan prepared within 10 working days: no longer" in seen.section("Dates")
    assert "“Record the child's views” is due" not in seen.text
    [folded] = seen.tree.xpath("//main//details")
    assert folded.get("open") is None
    lines = [words(line) for line in folded.xpath(".//li")]
    assert words(folded.find("summary")) == f"{len(lines)} reminders and checks also end"
    assert "Meeting fixed? (working day 6): no longer (Thu 2 Apr 2026)" in lines


def test_a_date_put_right_says_how_many_reminders_move(council):
    case_id = council.gathering()
    council.clock.move_on(timedelta(days=5))

    seen = put_right(chosen(council, "wilma", case_id, "Correct a date")).press(
        "See what will happen"
    )

    [folded] = seen.tree.xpath("//main//details")
    assert words(folded.find("summary")) == "1 reminder or check also ends, 11 move to another day"
    dates = [words(line) for line in seen.tree.xpath(
        "//h2[. = 'Dates']/following-sibling::ul[1]/li")]
    assert dates[0].startswith("Plan prepared within 10 working days")
    assert dates[-1].startswith("“")
    assert any(line.text_content().startswith("Meeting fixed?") for line in folded.iter("li"))
    assert not any("?" in words(line) for line in seen.tree.xpath(
        "//main//li[not(ancestor::details)]"))


def test_a_death_is_recorded_without_a_message_to_anyone(council):
    case_id = council.gathering()

    seen = chosen(council, "vera", case_id, "Record that the child has died").fill({
        "On which day?": ("25", "3", "2026"), "Who confirmed it?": "The hospital",
    }).press("See what will happen")
    assert "taken back" in seen.section("Who is told")
    case = seen.press("Confirm")

    assert "The child died on Wed 25 Mar 2026." in case.section("What happened")
    assert "Change something" not in case.headings


def test_a_child_who_left_returns_to_a_new_first_plan(council):
    case_id = council.gathering()
    left = chosen(council, "wilma", case_id, "The child is no longer looked after").fill({
        "On which day did care end?": ("25", "3", "2026"),
        "How did care end?": "The child went home",
        "What was decided, and by whom?": "The court discharged the order",
    }).press("See what will happen").press("Confirm")
    assert "Closed" in left.answers["Case"]
    assert "Kept as it stood when care ended" in left.follow("Read the plan").answers["State"]
    council.clock.move_on(timedelta(days=60))

    form = chosen(council, "vera", case_id, "The child returns to care")
    assert form.answers["Last time in care"] == "from Wed 25 Mar 2026 to Wed 25 Mar 2026"
    seen = form.fill({
        "When did the child become looked after again?": ("22", "5", "2026"),
        "When does the first placement begin?": ("22", "5", "2026"),
        "Was the placement planned?": "No, an emergency",
        "Will the child live in another council's area?": "No",
        "Social worker": "Sven Birkett",
        "Why?": "The carers asked for help",
    }).press("See what will happen")
    assert "Initial PEP begins" in seen.section("Cases")
    case = seen.press("Confirm")

    assert case.address != f"/cases/{case_id}"
    assert "The child returned to care on Fri 22 May 2026" in case.section("What happened")
    assert "Monday 8 June 2026" in case.section("Deadlines")


def test_the_last_worker_who_hands_over_is_not_left_at_a_page_that_is_not_there(council):
    case_id = council.gathering()
    council.clock.move_on(timedelta(days=1))

    page = chosen(council, "mona", case_id, "Someone else takes over").fill({
        "In which role?": "Team manager",
        "From which day?": ("26", "3", "2026"),
        "Why?": "I am leaving",
    }).press("See what will happen").press("Confirm")

    assert page.status == 200
    assert "The change stands on the case." in page.whole


def test_the_reviewing_officer_brings_the_first_review_forward(council):
    first = council.gathering()
    with council.by("vera").begin(writing=False) as work:
        reference = work.session.scalar(select(Case.reference).where(Case.id == first))

    seen = chosen(council, "rob", first, "Bring the statutory review forward").fill({
        "On which day must the review be held?": ("14", "4", "2026"),
        "Why?": "The placement may break down",
    }).press("See what will happen")
    assert ("First statutory review within 20 working days: Tue 14 Apr 2026 instead of "
            "Fri 24 Apr 2026") in seen.section("Dates")
    case = seen.press("Confirm")

    assert reference in case.text
    assert "The reviewing officer asked for it by then (regulation 33(3))" in case.section(
        "Deadlines"
    )
