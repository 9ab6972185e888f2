"""Who was told of a plan that was passed on, who has opened it, and which copies there are."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.store.models import Audit, Event
from web import typesetting
from workflows.pep.changes.reopen import reopen_plan


@pytest.fixture
def passed(plan):
    """Viktor passed the plan on; then an hour went by."""
    plan.council.do("tara", "sign_off_teacher")
    plan.council.do("wilma", "sign_off_social_worker")
    plan.council.do("viktor", "assure_quality", quality_rating="green")
    plan.council.clock.move_on(timedelta(hours=1))
    return plan


def page_of(plan, name, version=""):
    return plan.council.sign_in(name).visitor.open(
        f"/children/{plan.child_id}/copies{f'?version={version}' if version else ''}")


def test_before_a_plan_is_passed_on_there_is_nothing_to_have(plan):
    page = page_of(plan, "wilma")
    assert "No plan has been passed on yet." in page.section("Passed to")
    assert page.section("Copies made here") == "None."


def test_whoever_was_told_has_not_opened_it_until_they_look_at_the_plan(passed):
    page = page_of(passed, "rob")
    assert "Version 1, passed on" in page.section("Passed to")
    assert page.answers["Social worker"] == "Wilma Ashdown Not yet opened"
    assert page.answers["Reviewing officer"] == "Rob Fairburn Not yet opened"
    assert "Not yet opened" in page_of(passed, "rob").answers["Reviewing officer"]

    passed.council.sign_in("rob").visitor.open(f"/children/{passed.child_id}/documents/plan")
    assert "Not yet opened" in page_of(passed, "rob").answers["Reviewing officer"]

    passed.council.sign_in("rob").visitor.open(f"/children/{passed.child_id}/plan")
    page = page_of(passed, "vera")
    assert page.answers["Reviewing officer"].startswith("Rob Fairburn Opened 25 March 2026 at ")
    assert page.answers["Social worker"] == "Wilma Ashdown Not yet opened"


def test_whoever_passed_it_on_themselves_is_said_to_have_done_so(passed):
    for look in ("", "plan"):
        if look:
            passed.council.sign_in("viktor").visitor.open(f"/children/{passed.child_id}/plan")
        page = page_of(passed, "viktor")
        assert page.answers["Virtual school"] == "Viktor Elsworth passed it on"
        assert "I have received it" not in page.text


def plan_of(plan, name):
    return plan.council.sign_in(name).visitor.open(f"/children/{plan.child_id}/plan")


def say_received(page, plan, number):
    return page.visitor.send(f"/children/{plan.child_id}/plan/{number}/received",
                             [("csrf_token", page.token)])


def test_a_recipient_says_in_one_press_that_they_have_it(passed):
    for name in ("wilma", "rob"):
        page = plan_of(passed, name)
        assert "Version 1 of this plan was passed on to you." in page.text
        passed.council.clock.move_on(timedelta(hours=1))
        page = page.press("I have received it: version 1 of the plan")
        assert "Kept: you have received version 1 of the plan." in page.whole
        assert "I have received it" not in page.text

    page = page_of(passed, "vera")
    assert page.answers["Social worker"] == "Wilma Ashdown Received 25 March 2026 at 11:00am"
    assert page.answers["Reviewing officer"] == "Rob Fairburn Received 25 March 2026 at 12:00pm"
    assert "I have received it" not in plan_of(passed, "wilma").text
    story = passed.council.sign_in("vera").visitor.open(f"/cases/{passed.case_id}")
    assert "Version 1 of the plan was received." in story.section("What happened")


@pytest.mark.both_stores
def test_it_is_kept_once_with_its_moment_in_events_and_audit(passed):
    page = page_of(passed, "rob")
    for _ in range(2):
        assert say_received(page, passed, 1).status == 200
        passed.council.clock.move_on(timedelta(hours=1))

    with passed.council.by("vera").begin(writing=False) as work:
        [said] = work.session.scalars(select(Event).where(Event.kind == "plan_received"))
        [audited] = work.session.scalars(select(Audit).where(Audit.action == "say_received"))
    assert (said.actor_id, said.data) == (passed.council.people["rob"], {"version": 1})
    assert (audited.actor_id, audited.child_id) == (said.actor_id, passed.child_id)
    assert audited.at == said.at


@pytest.mark.both_stores
def test_only_they_say_so_and_only_of_what_was_passed_on(passed):
    for name in ("tara", "mona", "sven", "max"):
        page = passed.council.sign_in(name).visitor.open("/tasks")
        assert say_received(page, passed, 1).status == 404, name
    assert "I have received it" not in plan_of(passed, "tara").text
    page = page_of(passed, "rob")
    assert say_received(page, passed, 2).status == 404
    assert "Received" not in page_of(passed, "rob").answers["Reviewing officer"]


def test_each_copy_says_what_it_is_for_whom_of_which_version_and_by_whom(passed):
    passed.document("wilma", "plan", "carer")
    passed.document("tara", "what-works", "child")

    told = page_of(passed, "mona").section("Copies made here")

    assert told.index("Copy 2") < told.index("Copy 1")
    assert "Copy 1, Personal Education Plan, version 1, for the carer Wilma Ashdown, " in told
    assert "Copy 2, What works for me, version 1, for the child or young person Tara" in told


def test_a_copy_that_could_not_be_made_says_so(passed, monkeypatch, tmp_path):
    monkeypatch.setattr(typesetting, "TYPESETTER", tmp_path / "nowhere.py")
    form = passed.council.sign_in("wilma").visitor.open(
        f"/children/{passed.child_id}/documents/plan")
    form.fill({"Who is it for?": "Carer"}).press("Get the PDF")

    assert "Could not be made" in page_of(passed, "wilma").section("Copies made here")


def test_copies_given_by_hand_are_said_when_the_plan_is_filed(passed):
    passed.council.clock.move_on(timedelta(days=30))
    passed.council.do("rob", "hold_first_review")
    passed.council.do("wilma", "distribute_copies", copies_by_hand=[
        {"copy_document": "plan", "copy_recipient": "carer", "copy_given_on": "2026-04-24"},
        {"copy_document": "part", "copy_recipient": "other", "copy_given_on": "2026-04-23"},
    ])

    told = page_of(passed, "wilma").section("Copies given by hand")

    assert told == ("The whole plan, for the carer Fri 24 Apr 2026 "
                    "A part of the plan, for someone else Thu 23 Apr 2026")


def test_a_version_that_was_not_passed_on_has_no_receipts(passed):
    assert page_of(passed, "vera", "1").status == 200
    for wrong in ("2", "99"):
        assert page_of(passed, "vera", wrong).status == 404


def test_a_look_at_the_next_plan_is_no_receipt_for_the_one_before(passed):
    council = passed.council
    reopen_plan(council.by("vera"), passed.case_id, reason="The wrong school stands in it")
    for name, step in (("wilma", "correct_social_work_sections"),
                       ("tara", "correct_targets_and_actions"),
                       ("tara", "correct_education_sections"),
                       ("tara", "sign_off_teacher"), ("wilma", "sign_off_social_worker")):
        council.do(name, step)
    council.clock.move_on(timedelta(hours=1))
    council.sign_in("rob").visitor.open(f"/children/{passed.child_id}/plan")

    assert "Opened" in page_of(passed, "rob").answers["Reviewing officer"]
    assert page_of(passed, "rob", "1").answers["Reviewing officer"] == (
        "Rob Fairburn Not yet opened")

    plan_of(passed, "rob").press("I have received it: version 2 of the plan")

    assert "Received" in page_of(passed, "rob").answers["Reviewing officer"]
    assert page_of(passed, "rob", "1").answers["Reviewing officer"] == (
        "Rob Fairburn Not yet opened")


@pytest.mark.both_stores
def test_whoever_does_not_see_the_plan_does_not_see_who_has_it(passed):
    for name in ("sven", "max", "olga"):
        assert page_of(passed, name).status == 404
