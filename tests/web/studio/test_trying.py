"""A process owner goes through a procedure on an invented child, as every role, by the clock.

Today is Wednesday 25 March 2026: the plan is due on Friday 10 April, over Easter.
"""

import pytest
from sqlalchemy import func, select

from engine.domain import SYSTEM
from engine.drafts import open_draft, save_draft_file
from engine.store.base import Base
from engine.store.models import Audit

on_one_store = pytest.mark.parametrize("store", ["sqlite"])

OWN = {"trial", "example", "audit", "typed_form", "web_session", "sealed_batch", "sign_in_tries"}
"""Tables that a trial may write to: its own, who did so, and what was typed in its forms."""
BEFORE_SIGNATURES = (
    ("Initiate the PEP", "social worker"),
    ("Allocate caseworker, give VSH contact", "virtual school"),
    ("Complete social work sections", "social worker"),
    ("Record the carer's contribution", "social worker"),
    ("Complete education sections", "designated teacher"),
    ("Record the child's views", "designated teacher"),
    ("Convene the PEP meeting", "virtual school"),
)
AFTER_SIGNATURES = (
    ("Assure the plan's quality", "virtual school"),
    ("Decide on pupil premium plus", "virtual school"),
    ("Hold the first statutory review", "reviewing officer"),
    ("File and give out copies", "social worker"),
)


def trying(council, procedure="initial-pep"):
    return council.sign_in("olga").visitor.open(f"/studio/{procedure}/try")


def do(page, step, role, **answers):
    page = page.follow(f"Do this as the {role}: {step}")
    page = page.press("Fill in what is empty with invented answers")
    page = page.fill(answers).press("Do this step")
    assert page.errors == {}, page.errors
    return page


def to_day(page, day):
    year, month, number = day.split("-")
    return page.fill({"Or go to a day": (number, month, year)}).press("Go to this day")


def rows_of_cases(council):
    with council.installation.acting(SYSTEM).begin() as work:
        return {
            name: work.session.scalar(select(func.count()).select_from(table))
            for name, table in Base.metadata.tables.items() if name not in OWN
        }


@on_one_store
def test_a_draft_is_tried_to_its_end_and_leaves_no_trace(checked_once):
    council = checked_once
    council.gathering()
    before = rows_of_cases(checked_once)
    page = trying(council).press("Begin")

    assert page.heading == "It is Wednesday 25 March 2026, 9:00am"
    assert "Initiate the PEP" in page.section("Social worker")
    assert "Due Thu 26 Mar 2026" in page.section("Social worker")
    assert "skipping 3 and 6 Apr: Thu 26 Mar 2026" in page.section("Social worker")

    for step, role in BEFORE_SIGNATURES:
        page = do(page, step, role)
    page = to_day(page, "2026-04-01")
    for step, role in (("Hold the PEP meeting", "virtual school"),
                       ("Set targets and actions", "designated teacher"),
                       ("Sign as designated teacher", "designated teacher"),
                       ("Sign as social worker", "social worker")):
        page = do(page, step, role)
    page = to_day(page, "2026-04-13")
    for step, role in AFTER_SIGNATURES:
        page = do(page, step, role)

    assert "Plan in force" in page.headings
    assert "The case has come to its end" in page.text
    assert "Nobody has anything to do" in page.text
    story = page.section("What happened so far")
    assert "“Sign as social worker” was completed" in story
    assert "the reviewing officer would be told “The plan was passed on”" in story
    assert "the next review's case would be opened; its limit would be Mon 13 Jul 2026" in story
    deadlines = page.section("Deadlines")
    assert "Plan prepared within 10 working days: Friday 10 April 2026 Done in time" in deadlines
    assert "That was on Wed 1 Apr 2026" in deadlines
    assert "First statutory review within 20 working days: Friday 24 April 2026 Done in time" in (
        deadlines)
    assert rows_of_cases(council) == before


@on_one_store
def test_time_passes_to_reminders_a_missed_limit_and_its_escalation(checked_once):
    council = checked_once
    page = trying(council).press("Begin")

    page = page.press("On to 9am on Thu 26 Mar 2026")
    assert page.heading == "It is Thursday 26 March 2026, 9:00am"
    page = page.press("On to what comes next, on Fri 27 Mar 2026")

    assert page.heading == "It is Friday 27 March 2026, as the day begins"
    story = page.section("What happened so far")
    assert "the social worker would be told “The plan is to be started soon”" in story

    page = to_day(page, "2026-04-13")

    assert "Late" in page.section("Social worker")
    story = page.section("What happened so far")
    assert "the virtual school would be told “" in story
    assert "Plan prepared within 10 working days: Friday 10 April 2026 1 working day overdue" in (
        page.section("Deadlines"))


@on_one_store
def test_what_a_practitioner_would_be_refused_is_refused(checked_once):
    council = checked_once
    page = trying(council).press("Begin")
    page = page.follow("Do this as the social worker: Initiate the PEP").press("Do this step")

    assert page.status == 422
    assert page.errors
    assert page.heading == "Initiate the PEP"


def test_an_act_is_taken_back_and_a_trial_begun_again(checked_once):
    council = checked_once
    page = do(trying(council).press("Begin"), "Initiate the PEP", "social worker")
    assert "Allocate caseworker, give VSH contact" in page.section("Virtual school")

    page = page.press("Take back “Initiate the PEP”, done on Wed 25 Mar 2026")

    assert "Initiate the PEP" in page.section("Social worker")
    page = page.follow("Begin again, with this or another child")
    page = page.fill({"When does the first placement start?": ("30", "3", "2026")}).press("Begin")
    assert "Due Tue 31 Mar 2026" in page.section("Social worker")


@on_one_store
def test_days_that_cannot_be_are_refused_with_what_was_typed(checked_once):
    council = checked_once
    page = trying(checked_once)
    page = page.fill({"Date of birth": ("1", "1", "2027")}).press("Begin")

    assert page.status == 422
    assert page.errors["looked_after_on-day"] == (
        "The child became looked after before they were born. Check both dates"
    )
    assert page.value("Date of birth") == ["1", "1", "2027"]

    page = trying(council).press("Begin")
    page = to_day(page, "2026-03-24")
    assert page.errors == {"until-day": "Enter a day after the one that the trial has reached"}


@on_one_store
def test_a_second_window_does_nothing_unseen(checked_once):
    council = checked_once
    first = trying(council).press("Begin")
    first.press("On to 9am on Thu 26 Mar 2026")

    late = first.press("On to 9am on Thu 26 Mar 2026")

    assert late.status == 409
    assert "gone on in another window" in late.text


def test_each_person_has_a_trial_of_their_own_and_the_audit_says_who_tried(checked_once):
    council = checked_once
    trying(council).press("Begin").press("On to 9am on Thu 26 Mar 2026")

    with council.installation.acting(SYSTEM).begin() as work:
        acts = [row.action for row in work.session.scalars(
            select(Audit).where(Audit.about == "procedure:initial-pep").order_by(Audit.seq))]
    assert acts == ["begin_trial", "go_on_with_trial"]


@on_one_store
def test_a_review_is_tried_from_the_review_before(checked_once):
    council = checked_once
    page = trying(council, "review-pep").press("Begin")

    assert "Confirm the review date" in page.section("What is open") or "waits" in page.text


def change_draft(council, old, new):
    by = council.installation.acting(SYSTEM)
    draft = open_draft(by, "initial-pep")
    content = draft.files["initial-pep.bpmn"]
    assert old in content
    save_draft_file(by, "initial-pep", "initial-pep.bpmn", content.replace(old, new),
                    draft.version)


@on_one_store
def test_a_draft_that_the_check_refuses_is_not_run(checked_once):
    council = checked_once
    page = trying(council).press("Begin")
    change_draft(council, b'pepway:role="team_manager"', b'pepway:role="headmaster"')

    for address in ("", "/child", "/steps/initiate_pep/0"):
        page = page.visitor.open(f"/studio/initial-pep/try{address}")
        assert page.status == 409
        assert page.heading == "This draft cannot be tried yet"
    assert "See what the check says" in page.links


@on_one_store
def test_a_trial_follows_the_draft_and_says_where_it_can_go_no_further(checked_once):
    council = checked_once
    page = do(trying(council).press("Begin"), "Initiate the PEP", "social worker")
    page = do(page, "Allocate caseworker, give VSH contact", "virtual school")
    change_draft(council, b'name="Complete education sections"', b'name="Ask the school"')

    page = page.visitor.open("/studio/initial-pep/try")
    assert "Ask the school" in page.section("Designated teacher")

    change_draft(council, b'"allocate_caseworker"', b'"name_caseworker"')
    change_draft(council, b">allocate_caseworker<", b">name_caseworker<")
    change_draft(council, b'pepway:form="name_caseworker"', b'pepway:form="allocate_caseworker"')
    page = page.visitor.open("/studio/initial-pep/try")
    assert "“Allocate caseworker”, done on Wed 25 Mar 2026, can no longer be done then" in page.text
    assert not [link for link in page.links if link.startswith("Do this")]
    page = page.press("Take back “Allocate caseworker”, done on Wed 25 Mar 2026")
    assert "Do this as the virtual school: Allocate caseworker, give VSH contact" in page.links


@on_one_store
def test_replaying_shows_counts_and_no_child(checked_once):
    council = checked_once
    council.gathering()
    page = council.sign_in("olga").visitor.open("/studio/initial-pep/replay")
    assert "No child is named" in page.text

    page = page.press("Go through them now")

    assert "No case of this procedure has come to its end yet" in page.text
    assert "Robin" not in page.whole
