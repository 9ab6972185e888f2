"""A trial is kept as an example; a draft that goes another way shows where. Today is 25 March 2026.
"""

from datetime import date

import pytest
from sqlalchemy import select

from engine.domain import SYSTEM
from engine.drafts import open_draft, save_draft_file
from engine.store.models import Audit
from workflows.council import add_closure
from workflows.trying.examples import failing_examples

on_one_store = pytest.mark.parametrize("store", ["sqlite"])

STEPS = "/studio/initial-pep/try/steps/{}/0"


def do(page, step, role):
    page = page.follow(f"Do this as the {role}: {step}")
    return page.press("Fill in what is empty with invented answers").press("Do this step")


def kept(council, name="Begun in time"):
    page = council.sign_in("olga").visitor.open("/studio/initial-pep/try/child").press(
        "Begin")
    page = do(page, "Initiate the PEP", "social worker")
    page = do(page, "Allocate caseworker, give VSH contact", "virtual school")
    page = page.press("On to 9am on Thu 26 Mar 2026")
    return page.press("Save as an example").fill({"What does it show?": name}).press(
        "Save the example")


def change_draft(council, old, new, path="initial-pep.bpmn"):
    by = council.installation.acting(SYSTEM)
    draft = open_draft(by, "initial-pep")
    assert old in draft.files[path]
    save_draft_file(by, "initial-pep", path, draft.files[path].replace(old, new), draft.version)


def failing(council):
    by = council.installation.acting(SYSTEM)
    runs = failing_examples(by, "initial-pep", open_draft(by, "initial-pep").files)
    return {run.example.name: run.difference for run in runs}


@on_one_store
def test_an_example_says_what_is_expected_and_passes_until_the_draft_goes_elsewhere(checked_once):
    council = checked_once
    page = kept(checked_once)

    assert "The one example goes its way in the draft" in page.text
    assert "As expected" in page.text
    assert failing(council) == {}
    page = page.follow("Begun in time")
    expected = page.section("What is expected")
    assert "The case begins on Wed 25 Mar 2026" in expected
    assert "“Initiate the PEP” begins, due Thu 26 Mar 2026" in expected
    assert "“Complete education sections” begins, due Thu 2 Apr 2026" in expected

    change_draft(council, b'name="Complete education sections" pepway:form="complete_education_'
                 b'sections" pepway:due="later_of(working_days(plan_due, -4)',
                 b'name="Complete education sections" pepway:form="complete_education_'
                 b'sections" pepway:due="later_of(working_days(plan_due, -3)')

    said = ("In the example “Complete education sections” was due on Thu 2 Apr 2026; in the draft "
            "it is due on Tue 7 Apr 2026.")
    assert failing(council) == {"Begun in time": said}
    page = page.visitor.open("/studio/initial-pep/examples")
    assert "1 of 1 goes another way in the draft" in page.text
    assert said in page.text


@on_one_store
def test_a_step_that_is_gone_is_named(checked_once):
    council = checked_once
    kept(checked_once)
    change_draft(council, b'targetRef="tell_everyone"', b'targetRef="allocate_caseworker"')

    assert "tell" in failing(council)["Begun in time"].lower()


def test_the_new_way_is_agreed_to_with_a_reason_once_it_was_looked_at(checked_once):
    council = checked_once
    page = kept(checked_once)
    change_draft(council, b'pepway:due="working_days(started_on, 5)" pepway:source="S24"',
                 b'pepway:due="working_days(started_on, 6)" pepway:source="S24"')
    assert failing(council) == {}
    change_draft(council, b"working_days(plan_due, -7)", b"working_days(plan_due, -6)")
    page = page.visitor.open("/studio/initial-pep/examples").follow("Begun in time")

    refused = page.press("Expect the new way from now on")
    assert refused.errors == {"agree_reason": "Enter why the new way is right"}

    page = refused.fill({"Why is the new way right?": "One day more"}).press(
        "Expect the new way from now on")
    assert "As expected" in page.text
    assert failing(council) == {}
    with council.installation.acting(SYSTEM).begin(writing=False) as work:
        row = work.session.scalars(
            select(Audit).where(Audit.action == "agree_to_example")).one()
    assert row.reason == "One day more"


def test_an_example_is_renamed_opened_as_a_trial_and_deleted_with_a_reason(checked_once):
    council = checked_once
    page = kept(council).follow("Begun in time")

    page = page.fill({"Name": ""}).press("Rename")
    assert page.status == 422
    page = page.fill({"Name": "At the start"}).press("Rename")
    assert page.heading == "At the start"

    trial = page.press("Open it as a trial")
    assert trial.heading == "It is Thursday 26 March 2026, 9:00am"

    page = page.visitor.open("/studio/initial-pep/examples").follow("At the start")
    page = page.press("Delete the example")
    assert page.errors == {"delete_reason": "Enter why this example is no longer needed"}
    page = page.fill({"Why is this example no longer needed?": "Twice the same"}).press(
        "Delete the example")
    assert "There is no example yet" in page.text


@on_one_store
def test_a_trial_that_went_on_in_another_window_is_not_saved_unseen(checked_once):
    page = checked_once.sign_in("olga").visitor.open("/studio/initial-pep/try/child").press(
        "Begin")
    page = do(page, "Initiate the PEP", "social worker")
    keeping = page.press("Save as an example")
    page.press("On to 9am on Thu 26 Mar 2026")

    refused = keeping.fill({"What does it show?": "Begun"}).press("Save the example")

    assert refused.errors == {
        "name": "This trial has gone on in another window since. Nothing was done."}
    kept = refused.fill({"What does it show?": "Begun"}).press("Save the example")
    assert "2 acts" in kept.text


def test_two_examples_do_not_share_a_name(checked_once):
    council = checked_once
    kept(checked_once)

    page = kept(council, "begun in time")

    assert page.errors == {"name": "Another example has this name. Choose a different one"}


@on_one_store
def test_a_draft_that_goes_another_way_is_not_proposed_until_it_was_looked_at(checked_once):
    council = checked_once
    page = kept(council)
    change_draft(council, b"working_days(plan_due, -7)", b"working_days(plan_due, -6)")

    refused = propose(page)

    assert refused.status == 422
    [said] = refused.errors.values()
    assert said.startswith("The example “Begun in time” goes another way: In the example “Allocate "
                           "caseworker, give VSH contact” was due on Mon 30 Mar 2026; in the draft")
    assert said.endswith("Look at it under Examples.")

    page = page.visitor.open("/studio/initial-pep/examples").follow("Begun in time")
    page.fill({"Why is the new way right?": "One day more"}).press(
        "Expect the new way from now on")
    assert "waits for a colleague to approve it" in propose(page).whole


@on_one_store
def test_whoever_approves_reads_where_an_example_leads_in_the_release(checked_once):
    """One that was saved while the release waited, and that the live release still goes."""
    council = checked_once
    page = council.sign_in("olga").visitor.open("/studio")
    change_draft(council, b"working_days(plan_due, -7)", b"working_days(plan_due, -6)")
    release = propose(page).address
    kept(council)

    page = council.sign_in("vera").visitor.open(release)
    refused = page.press("Approve and make it live")
    [said] = refused.errors.values()
    assert "; in release 2 it is due on" in said
    assert said.endswith("Look at it under Examples.")

    read = refused.follow("Examples: where each leads in this release")
    assert read.heading == "Examples in release 2"
    section = read.section("Begun in time")
    assert "was due on Mon 30 Mar 2026; in release 2 it is due on" in section
    assert "“Initiate the PEP” begins, due Thu 26 Mar 2026" in section
    assert set(read.buttons) == {"Find", "Sign out", "Menu"}


def propose(page):
    changes = page.visitor.open("/studio/initial-pep/changes")
    return changes.fill({"What did you change, and why?": "A day more"}).press("Send for approval")


@on_one_store
def test_a_new_closure_makes_no_example_fail(checked_once):
    """What is expected was expected by the calendar as it stood then."""
    council = checked_once
    change_draft(council, b'pepway:due="later_of(working_days(plan_due, -9), '
                 b'working_days(started_on, 1))"', b'pepway:due="council_days(started_on, 1)"')
    kept(council)

    add_closure(council.installation.acting(SYSTEM), date(2026, 3, 26), "Election")

    assert failing(council) == {}
    page = council.sign_in("olga").visitor.open("/studio/initial-pep/try/child").press("Begin")
    assert "Due Fri 27 Mar 2026" in page.section("Social worker")
