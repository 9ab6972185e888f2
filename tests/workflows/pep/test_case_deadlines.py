"""The deadlines of one case: which have a meaning now, their dates, and what met them.

Today is Wednesday 25 March 2026: ten working days later is Friday 10 April, because of Easter.
"""

from datetime import date

import pytest

from workflows.case_deadlines import deadlines_of
from workflows.pep.anchors import ANCHORS, MEETS
from workflows.pep.changes.carrying_out import carry_out, preview
from workflows.pep.deadlines import DEADLINES, Anchor, Met
from workflows.prepared import prepared

GATHERING = (
    ("initiate_pep", "wilma"), ("allocate_caseworker", "vera"),
    ("complete_social_work_sections", "wilma"), ("complete_education_sections", "tara"),
    ("record_child_views", "tara"), ("record_carer_view", "wilma"),
    ("convene_meeting", "vera"),
)
TO_SIGNATURES = (*GATHERING, ("hold_pep_meeting", "vera"), ("set_targets_and_actions", "tara"),
                 ("sign_off_teacher", "tara"))


def rows(case):
    """By their number in the table; of the case's own deadlines, not of its tasks."""
    found = deadlines_of(case.council.by("vera"), case.id)
    return {row.id: row for row in found if row.id}


def live(case, steps, **chosen):
    for element, name in steps:
        case.do(element, name, **chosen)


def change(case, name, command, **answers):
    by = case.council.by(name)
    seen = preview(by, command, case.id, answers)
    carry_out(by, command, case.id, answers, seen.fingerprint)


def said(case, may_see=lambda _class: True):
    return prepared(case.council.by("vera"), case.id, may_see)


def test_every_anchor_and_every_way_to_meet_one_is_answered_for():
    assert set(ANCHORS) == set(Anchor) == {deadline.anchor for deadline in DEADLINES}
    also = {deadline.also.met for deadline in DEADLINES if deadline.also}
    assert set(MEETS) == set(Met) == {deadline.met for deadline in DEADLINES} | also


def test_on_the_first_day_both_clocks_run_and_only_what_has_a_meaning_is_there(small_council):
    found = rows(small_council.start())

    assert list(found) == ["T2", "T3", "T4", "T11", "T17"]
    assert found["T2"].due_on == date(2026, 4, 10)
    assert found["T3"].due_on == date(2026, 4, 24)
    assert found["T2"].day_of == (0, 10)
    assert found["T2"].because == (
        "10 working days from Wed 25 Mar 2026, skipping 3 and 6 Apr: Fri 10 Apr 2026."
    )
    assert found["T11"].due_on == date(2026, 3, 27)
    assert found["T17"].met_on == date(2026, 3, 25)


def test_a_planned_placement_may_be_prepared_before_and_else_falls_to_ten_days(small_council):
    case = small_council.start(became_looked_after_on="2026-04-20",
                               first_placement_on="2026-04-20", entry="planned")
    assert rows(case)["T1"].due_on == date(2026, 4, 17)
    assert rows(case)["T2"].due_on == date(2026, 5, 5)

    small_council.move_to("2026-04-20")

    assert "T1" not in rows(case)
    assert rows(case)["T2"].day_of == (0, 10)


def test_around_the_meeting_the_sections_and_the_form_are_counted_from_its_day(small_council):
    case = small_council.start()
    live(case, GATHERING, meeting_planned_on="2026-04-02")

    found = rows(case)
    assert found["T12"].due_on == date(2026, 3, 26)
    assert found["T12"].met_on == date(2026, 3, 25)
    assert found["T13"].due_on == date(2026, 3, 30)
    assert "The form is with the school 15" in found["T13"].because
    assert "Done on Wed 25 Mar 2026." in found["T13"].because
    assert "The term dates do not reach" not in found["T12"].because
    assert found["T14"].due_on == date(2026, 4, 13)
    assert not found["T12"].is_late(date(2026, 5, 1))


def test_that_the_officer_met_the_child_is_told_beside_the_appointment(small_council):
    case = small_council.start()
    assert rows(case)["T17"].because.endswith(
        "The officer meets the child before the first review. Not on record yet."
    )

    live(case, (*TO_SIGNATURES, ("sign_off_social_worker", "wilma")))
    small_council.move_to("2026-04-24")
    case.do("hold_first_review", "rob", review_held_on="2026-04-24", child_met_on="2026-04-20")

    assert rows(case)["T17"].because.endswith("Done on Mon 20 Apr 2026.")


def test_signed_returned_and_signed_again(small_council):
    case = small_council.start()
    live(case, (*TO_SIGNATURES, ("sign_off_social_worker", "wilma")))
    assert rows(case)["T15"].due_on == date(2026, 4, 1)
    assert rows(case)["T15"].met_on is None
    assert "T16" not in rows(case)

    small_council.move_to("2026-03-26")
    case.do("assure_quality", "vera", quality_rating="red", return_reasons="No measures")
    assert rows(case)["T15"].met_on == date(2026, 3, 26)
    assert (rows(case)["T16"].due_on, rows(case)["T16"].met_on) == (date(2026, 4, 2), None)

    small_council.move_to("2026-03-27")
    live(case, (("correct_targets_and_actions", "tara"), ("sign_off_teacher", "tara")))
    assert rows(case)["T16"].met_on is None
    case.do("sign_off_social_worker", "wilma")
    assert rows(case)["T16"].met_on == date(2026, 3, 27)
    assert rows(case)["T2"].met_on == date(2026, 3, 25), "the stamp of the first time stays"


def test_a_new_school_a_lost_place_and_a_suspension_begin_clocks_of_their_own(small_council):
    case = small_council.start()
    case.do("initiate_pep", "wilma")

    small_council.move_to("2026-03-26")
    change(case, "tara", "report_suspension", kind="suspension", from_on="2026-03-26",
           to_on="2026-03-27", sessions="4", reason="A fight at lunch")
    assert rows(case)["T19"].due_on == date(2026, 3, 26)

    small_council.move_to("2026-03-30")
    assert "T19" not in rows(case), "it is over"
    change(case, "wilma", "change_school", from_on="2026-03-31", school="", reason="Closed")
    place = rows(case)["T10"]
    assert place.due_on == date(2026, 4, 29)
    assert "working days are counted" in place.because
    assert "T9" not in rows(case)

    small_council.move_to("2026-04-13")
    change(case, "wilma", "change_school", from_on="2026-04-13", school=str(small_council.school),
           reason="Open again")
    assert rows(case)["T10"].met_on == date(2026, 4, 13)
    assert rows(case)["T9"].due_on == date(2026, 4, 27)
    assert rows(case)["T9"].met_on is None


def test_after_the_review_a_dispute_and_the_copies_are_watched(small_council):
    case = small_council.start()
    live(case, (*TO_SIGNATURES, ("sign_off_social_worker", "wilma")))
    case.do("assure_quality", "vera", quality_rating="green")
    small_council.move_to("2026-04-20")
    case.do("hold_first_review", "rob", review_held_on="2026-04-20", review_outcome="dispute")

    found = rows(case)
    assert found["T3"].met_on == date(2026, 4, 20)
    assert found["T20"].due_on == date(2026, 4, 27)
    assert found["T18"].due_on == date(2026, 5, 19)

    small_council.move_to("2026-05-20")
    assert found["T18"].is_late(small_council.by("vera").today)


def test_prepared_in_time_says_the_day_and_which_it_was(small_council):
    case = small_council.start()
    live(case, TO_SIGNATURES)
    assert said(case) is None
    small_council.move_to("2026-04-09")
    case.do("sign_off_social_worker", "wilma")

    assert said(case).sentence == "Prepared on 9 April 2026, on time (working day 9 of 10)"
    assert not said(case).late


def test_late_is_asked_why_and_the_reason_is_for_those_who_may_see_it(small_council):
    case = small_council.start()
    live(case, TO_SIGNATURES)
    small_council.move_to("2026-04-11")
    assert said(case).sentence == "Not prepared yet, late"
    assert said(case).asked
    case.do("explain_delay", "mona", delay_reason="The school was closed")
    small_council.move_to("2026-04-14")
    case.do("sign_off_social_worker", "wilma")

    told = said(case)
    assert told.sentence == "Prepared on 14 April 2026, late by 2 working days"
    assert (told.late, told.asked, told.reason) == (True, False, "The school was closed")
    assert said(case, lambda kind: kind != "ordinary").reason == ""


@pytest.mark.parametrize(("days", "due"), [(9, date(2026, 4, 9)), (10, date(2026, 4, 10))])
def test_the_limit_itself_is_in_time(small_council, days, due):
    case = small_council.start()
    live(case, TO_SIGNATURES)
    small_council.move_to(due.isoformat())
    case.do("sign_off_social_worker", "wilma")

    assert rows(case)["T2"].day_of == (days, 10)
    assert not rows(case)["T2"].is_late(date(2026, 6, 1))
