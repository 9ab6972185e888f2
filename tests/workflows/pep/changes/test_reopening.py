"""A plan that was passed on is reopened by the virtual school: put right, signed again, passed on
again; what was signed before stays as it was."""

from datetime import UTC, datetime

import pytest

from engine.errors import AnswersInvalid, NotAllowed, NotFound, Refused
from workflows.pep.changes.carrying_out import carry_out
from workflows.pep.plan import VersionState
from workflows.pep.starting import start_case
from workflows.plan_page import plan_page, versions_of

WHY = "The wrong school stands in it"


@pytest.fixture
def passed(changing):
    """The plan was prepared on Wednesday 25 March 2026, and is passed on."""
    changing.case.to_signatures()
    changing.case.do("sign_off_teacher", "tara")
    changing.case.do("sign_off_social_worker", "wilma")
    changing.case.do("assure_quality", "vera", quality_rating="green")
    return changing


def versions(passed):
    with passed.council.by("vera").begin(writing=False) as work:
        return {each.number: each for each in versions_of(work, passed.case.child_id)}


def stands(passed, number=None):
    page = plan_page(passed.council.by("vera"), passed.case.child_id, lambda _: True, number)
    return {answer.path: answer.value for part in page.sections for answer in part.answers}


def test_a_plan_that_was_passed_on_is_put_right_and_signed_again(passed):
    stamped = versions(passed)[1].prepared_at
    before = dict(versions(passed)[1].document)
    passed.move_to("2026-03-30")

    done = passed.change("viktor", "reopen_plan", reason=WHY)

    assert [(line.what, line.after) for line in done.of("cases")] == [("Reopened plan", "runs")]
    assert {line.what for line in done.of("tasks")} == {
        "“Correct social work sections”", "“Correct education sections”",
        "“Correct targets and actions”",
    }
    reopened = type(passed.case)(passed.council, done.case_id)
    assert done.of("dates")
    assert all("is due" in line.what for line in done.of("dates"))
    assert (versions(passed)[2].reason, versions(passed)[2].state) == (WHY, VersionState.OPEN)
    assert stands(passed)["views.child.progress"] == stands(passed, 1)["views.child.progress"]
    assert stands(passed)["signoff.social_worker.agreed"] == "No"

    reopened.do("correct_social_work_sections", "wilma")
    reopened.do("correct_targets_and_actions", "tara")
    reopened.do("correct_education_sections", "tara", needs_skills="To read a timetable")
    assert set(reopened.open()) == {"sign_off_teacher", "sign_off_social_worker"}
    reopened.do("sign_off_teacher", "tara")
    assert versions(passed)[2].passed_at is None
    reopened.do("sign_off_social_worker", "wilma")

    first, second = versions(passed)[1], versions(passed)[2]
    assert passed.status(done.case_id) == "ended"
    assert (first.prepared_at, first.document) == (stamped, before)
    assert (second.state, second.passed_at) == (
        VersionState.SIGNED, datetime(2026, 3, 30, 9, tzinfo=UTC))
    assert stands(passed)["needs.skills"] == "To read a timetable"
    assert passed.nothing_is_altered()


def test_it_stands_in_the_story_and_the_audit_and_happens_once(passed):
    council = passed.council
    seen = passed.preview("vera", "reopen_plan", reason=WHY).fingerprint
    for _ in range(2):
        carry_out(council.by("vera"), "reopen_plan", passed.case.id, {"reason": WHY}, seen, "once")

    assert passed.kinds().count("plan_reopened") == 1
    assert passed.audited("reopen_plan") == 1
    assert sorted(versions(passed)) == [1, 2]
    with pytest.raises(NotFound):  # it is open already
        passed.preview("vera", "reopen_plan", reason="Once more")


def test_only_the_virtual_school_reopens_a_plan_and_says_why(passed):
    for name in ("wilma", "tara", "rob", "mona", "max", "sven"):
        assert "reopen_plan" not in passed.offered(name)
        with pytest.raises(NotAllowed):
            passed.preview(name, "reopen_plan", reason=WHY)
    with pytest.raises(AnswersInvalid) as refused:
        passed.preview("vera", "reopen_plan", reason=" ")
    assert refused.value.errors == {"reason": "Enter what has to be put right, and why"}


def test_a_plan_that_is_still_being_made_is_not_reopened(gathering):
    assert "reopen_plan" not in gathering.offered("vera")


def test_a_plan_is_reopened_after_its_case_is_over_but_not_once_the_next_one_has_begun(waiting):
    assert "reopen_plan" in waiting.offered("vera")

    waiting.move_to("2026-06-20")
    waiting.case.do("confirm_review_date", "rob")

    assert "reopen_plan" not in waiting.offered("vera")


def test_what_the_review_decides_meanwhile_does_not_touch_the_reopened_plan(passed):
    done = passed.change("vera", "reopen_plan", reason=WHY)
    passed.case.do("hold_first_review", "rob")

    assert versions(passed)[2].state == VersionState.OPEN
    assert "review.progress" not in stands(passed)
    assert set(type(passed.case)(passed.council, done.case_id).open()) >= {
        "correct_targets_and_actions"}


def test_when_care_ends_the_reopened_plan_is_kept_as_it_stands(passed):
    done = passed.change("vera", "reopen_plan", reason=WHY)

    passed.change("vera", "cease_to_be_looked_after", on="2026-03-25",
                  outcome="home", reason="Home again")

    assert passed.status(done.case_id) == "closed"
    assert versions(passed)[1].state == VersionState.SIGNED
    assert versions(passed)[2].state == VersionState.KEPT


def test_no_program_opens_a_reopened_plan_by_its_procedure(passed):
    with pytest.raises(Refused):
        start_case(passed.council.by("vera"), "reopened-plan", passed.case.child_id)


def test_care_that_another_council_takes_over_keeps_what_was_passed_on_as_it_was(passed):
    before = dict(versions(passed)[1].document)

    passed.change("mona", "transfer_to_other_council", on="2026-03-25", council="Farrowby",
                  reason="The placement is there")

    assert (versions(passed)[1].state, versions(passed)[1].document) == (
        VersionState.SIGNED, before)
    assert passed.case.open() == {}
    for name in ("vera", "mona"):
        assert "reopen_plan" not in passed.offered(name)


def test_a_child_who_returns_finds_the_plan_that_was_passed_on(passed):
    passed.change("wilma", "cease_to_be_looked_after", on="2026-03-25", outcome="home",
                  reason="Home again")
    passed.move_to("2026-06-01")
    people = passed.council.people
    done = passed.change("vera", "return_to_care", became_looked_after_on="2026-06-01",
                         first_placement_on="2026-06-01", entry="emergency",
                         lives_out_of_area="no", reason="The carers asked for help",
                         social_worker=people["sven"], designated_teacher=people["tara"],
                         reviewing_officer=people["rob"], school=passed.council.school)

    assert done.case_id != passed.case.id
    assert versions(passed)[1].state == VersionState.SIGNED
    assert versions(passed)[1].prepared_at is not None
    assert stands(passed)["needs.strengths"] == stands(passed, 1)["needs.strengths"]
    assert "signoff.social_worker.agreed" not in stands(passed)
