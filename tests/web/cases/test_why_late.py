"""Whoever answers for how work goes reads why a case is late, from what happened in it."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from visitor import words

from engine.background import Embedded
from engine.store.models import Case
from workflows.pep.changes.correct_date import correct_date


def to(council, *moment):
    council.clock.move_to(datetime(*moment, tzinfo=UTC))
    Embedded(council.installation, lambda message: None).one_round()


def why(council, case_id, name="max"):
    return council.sign_in(name).visitor.open(f"/cases/{case_id}").follow("Why is this late?")


def story_of(page, step):
    for node in page.tree.xpath("//section[@aria-labelledby='steps']/h3"):
        if words(node) == f"“{step}”":
            return words(node.getnext())
    raise AssertionError(step)


def row_of(page, step):
    rows = page.tree.xpath("//table//tr[th[@scope='row']]")
    found = next(row for row in rows if words(row.find("th")).startswith(f"“{step}”"))
    return [words(cell) for cell in found.xpath("./td")]


def test_a_school_that_is_late_decides_and_who_waited_for_it_is_said(council):
    case_id = council.gathering()
    for name, step in (("wilma", "complete_social_work_sections"), ("tara", "record_child_views"),
                       ("wilma", "record_carer_view"), ("viktor", "convene_meeting")):
        council.do(name, step)
    to(council, 2026, 4, 17, 9)
    council.do("tara", "complete_education_sections")

    page = why(council, case_id)

    short = page.section("In short")
    assert "Plan prepared within 10 working days: it was due Fri 10 Apr 2026, and is not done." in (
        short)
    assert ("What decided it: “Complete education sections”, with the designated teacher, took 15 "
            "working days; its limit was 6 working days. That is 9 too many.") in short
    assert "“Complete education sections”" in short.split("could only begin when these")[1]
    told = story_of(page, "Complete education sections")
    assert "It began on Wed 25 Mar 2026 for the designated teacher (Tara Copley)" in told
    assert "“Hold the PEP meeting” (virtual school) waited for it." in told
    assert "within its limit" in story_of(page, "Complete social work sections")
    assert row_of(page, "Complete education sections")[:3] == [
        "Expected Mon 30 Mar 2026 to Thu 2 Apr 2026",
        "Happened Wed 25 Mar 2026 to Fri 17 Apr 2026", "Working days, limit 15 of 6 9 over"]
    assert "Thu 2 Apr 2026 to" in row_of(page, "Hold the PEP meeting")[0], (
        "it would have begun when the school's limit was over")


def test_a_returned_plan_is_done_again_and_why_is_told(council):
    case_id = council.to_signatures()
    council.both_sign()
    council.clock.move_on(timedelta(days=2))
    council.do("viktor", "assure_quality", quality_rating="red", return_reasons="No measures",
               quality_of_actions="amber", quality_reason_actions="Two have no milestones")
    council.do("tara", "correct_targets_and_actions")
    to(council, 2026, 4, 20, 9)

    page = why(council, case_id)

    assert ("“Sign as social worker” was done on Wed 25 Mar 2026 and had to be done again from "
            "Fri 27 Mar 2026, after “Assure the plan's quality” and then “Correct targets and "
            "actions”.") in page.section("In short")
    assert "No measures" not in page.text, "what was written in the plan is not told here"


def test_dates_that_moved_are_told_with_their_reason(council):
    case_id = council.gathering()
    council.clock.move_on(timedelta(days=2))
    correct_date(council.by("vera"), case_id, which="first_placement",
                 correct=council.clock.now().date(),
                 reason="The letter says so")
    to(council, 2026, 4, 20, 9)

    page = why(council, case_id, "vera")

    assert ("Its date moved from Thu 2 Apr 2026 to Wed 8 Apr 2026. Reason: The letter says so"
            in story_of(page, "Complete education sections"))
    assert "was corrected from" in page.section("What else happened")


def test_a_dispute_after_the_review_decides(council):
    case_id = council.to_signatures()
    council.both_sign()
    council.do("viktor", "assure_quality", quality_rating="green")
    council.clock.move_on(timedelta(days=5))
    council.do("rob", "hold_first_review", review_outcome="dispute")
    to(council, 2026, 5, 20, 9)

    page = why(council, case_id, "mona")

    short = page.section("In short")
    assert "Dispute resolved within 20 working days: it was due Wed 29 Apr 2026" in short
    assert ("“Resolve the dispute”, with the virtual school, has been open for 34 working days; "
            "its limit was 20 working days. That is 14 too many.") in short
    assert "“Sign as social worker”, “Assure the plan's quality”" in short.split("could only")[1]
    assert row_of(page, "Assure the plan's quality")[0] == (
        "Expected Fri 10 Apr 2026 to Wed 15 Apr 2026"), "both would have signed by the limit"


def test_the_next_review_is_told_of_by_its_own_limits(council):
    first = council.to_signatures()
    council.both_sign()
    council.do("viktor", "assure_quality", quality_rating="green")
    council.clock.move_on(timedelta(days=5))
    council.do("rob", "hold_first_review")
    with council.by("vera").begin(writing=False) as work:
        review = work.session.scalar(select(Case.id).where(Case.previous_id == first))
    to(council, 2026, 5, 25, 9)
    to(council, 2026, 6, 29, 9)

    page = council.sign_in("max").visitor.open(f"/cases/{review}/why-late")

    assert ("What decided it: “Confirm the review date”, with the reviewing officer, has been open "
            "for 25 working days; its limit was 6 working days. That is 19 too many."
            ) in page.section("In short")


def test_only_who_answers_for_work_reads_it(council):
    case_id = council.gathering()
    for name in ("wilma", "tara", "rob", "sven"):
        assert council.sign_in(name).visitor.open(f"/cases/{case_id}/why-late").status == 404
    assert council.sign_in("mona").visitor.open(f"/cases/{case_id}/why-late").status == 200
