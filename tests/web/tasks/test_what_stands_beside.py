"""What must be known to do a step stands on its page, and only what the reader may see of it."""

from datetime import timedelta

import pytest

from engine.domain import SYSTEM
from engine.timers import fire_due_timers
from workflows.my_tasks import my_tasks
from workflows.shown_beside import shown_beside

MOVE = {
    "move_reason": "The carers retire", "move_is_emergency": "no",
    "move_home": "With the aunt, in Farrowby", "move_school": "Stays at Testerby High",
    "move_on": "2026-04-20", "move_disruption": "A taxi to the old school until June",
    "teacher_consulted": "yes", "officer_consulted": "yes", "consultation": "Both agree",
}


REVIEWS = {"hold_first_review", "hold_statutory_review"}


def asked_to_move(council, **changed):
    council.start_case(born_on="2010-05-04")
    council.do("wilma", "initiate_pep", disrupts_key_stage_4="yes")
    council.do("vera", "allocate_caseworker", caseworker=str(council.people["vera"]))
    council.do("wilma", "plan_key_stage_4_move", **{**MOVE, **changed})


def at_the_review(council, outcome="changes", **said):
    """The first review is held before the plan is ready."""
    council.start_case()
    council.do("rob", "hold_first_review", plan_seen="no", review_outcome=outcome,
               review_held_on="2026-03-25", **said)


def live_until(council, step, **answers):
    """Everyone does what is open, the reviews last and on their day; then who has the step."""
    usual = {"caseworker": str(council.people["vera"]), "quality_rating": "green",
             "plan_seen": "yes", "review_outcome": "changes", **answers}
    for _ in range(60):
        open_now = {
            row.task.element: (name, row.task)
            for name in ("wilma", "tara", "vera", "rob", "mona")
            for found in [my_tasks(council.by(name))]
            for row in (*found.mine, *found.queue)
        }
        if step in open_now:
            return open_now[step][0]
        if not open_now.keys() - REVIEWS:
            held = [task.due_on - council.clock.now().date() for _, task in open_now.values()]
            council.clock.move_on(max(held, default=timedelta(days=7)))
            fire_due_timers(council.installation.acting(SYSTEM))
        if not open_now:
            continue
        element = min(open_now, key=lambda each: (each in REVIEWS, each))
        council.do(open_now[element][0], element, **usual,
                   review_held_on=council.clock.now().date().isoformat())
    raise AssertionError(f"{step} never came")


def test_whoever_decides_on_a_move_reads_what_was_asked(council):
    asked_to_move(council)

    page = council.open_task("vera", "decide_key_stage_4_move")

    assert "What the social worker says of the move" in page.headings
    assert page.answers["Why the child must move"] == "The carers retire"
    assert page.answers["New placement"] == "With the aunt, in Farrowby"
    assert page.answers["New school, setting or provider"] == "Stays at Testerby High"
    assert page.answers["Day of the move"] == "20 April 2026"
    assert page.answers["Designated teacher consulted"] == "Yes"


def test_a_form_beside_that_knows_of_no_change_takes_nothing_of_the_move_away(council):
    asked_to_move(council)
    council.do("wilma", "complete_social_work_sections", changes_planned=["none"])

    page = council.open_task("vera", "decide_key_stage_4_move")

    assert page.answers["Why the child must move"] == "The carers retire"
    assert page.answers["Day of the move"] == "20 April 2026"


def test_whoever_records_an_emergency_move_reads_why_it_could_not_wait(council):
    asked_to_move(council, move_is_emergency="yes")

    page = council.open_task("vera", "record_emergency_move")

    assert page.answers["Why the child must move"] == "The carers retire"


@pytest.mark.both_stores
def test_a_manager_who_looks_at_the_task_reads_none_of_the_plan(council):
    asked_to_move(council)
    task = council.task("vera", "decide_key_stage_4_move")

    page = council.sign_in("max").visitor.open(f"/tasks/{task}")

    assert page.heading == "Decide on the move"
    assert "The carers retire" not in page.text
    assert "What the social worker says of the move" not in page.headings


@pytest.mark.both_stores
def test_what_is_in_a_class_that_the_reader_may_not_see_is_left_out(council):
    asked_to_move(council)
    task = council.task("vera", "decide_key_stage_4_move")

    beside = shown_beside(council.by("vera"), task, lambda kind: kind == "ordinary")

    assert [field.path for field, _ in beside.answers] == [
        "changes.move_on", "changes.new_school", "changes.move_disruption",
        "changes.teacher_consulted", "changes.reviewing_officer_consulted", "changes.consultation",
    ]
    assert shown_beside(council.by("vera"), task, lambda kind: False) is None


def test_whoever_settles_a_dispute_reads_what_the_review_decided(council):
    at_the_review(council, outcome="dispute", review_decisions="No part-time timetable")

    page = council.open_task("vera", "resolve_dispute")

    assert page.section("What the statutory review decided")
    assert page.answers["Decisions on education"] == "No part-time timetable"
    assert page.answers["Review held on"] == "25 March 2026"


def test_the_teacher_who_makes_the_reviews_changes_reads_what_it_decided(council):
    council.start_case()
    who = live_until(council, "make_review_changes", review_decisions="A laptop by May",
                     review_progress="Two terms behind in maths")

    page = council.open_task(who, "make_review_changes")

    assert who == "tara"
    assert page.answers["Decisions on education"] == "A laptop by May"
    assert page.answers["Educational progress at the review"] == "Two terms behind in maths"
    assert page.answers["Reviewing officer content with the plan"].startswith("Yes, with changes")


def test_the_way_forward_is_agreed_before_the_targets_that_are_not_on_track(council):
    council.start_case()
    live_until(council, "judge_progress")
    rows = [
        {"horizon": "short", "target_area": "english", "target_text": "Read a book alone",
         "target_judgement": "on_track", "target_evidence": "Reads daily",
         "target_likely": "likely"},
        {"horizon": "long", "target_area": "maths", "target_text": "Add fractions",
         "target_judgement": "not_on_track", "target_evidence": "Two of ten right",
         "target_likely": "unsure"},
    ]
    council.do("tara", "judge_progress", targets=rows, all_on_track="no")

    page = council.open_task(live_until(council, "agree_way_forward"), "agree_way_forward")

    told = page.section("Targets that are not on track")
    assert "Target Add fractions" in told
    assert "Evidence Two of ten right" in told
    assert "Read a book alone" not in page.text


def test_a_step_that_needs_nothing_before_it_shows_nothing(council):
    council.start_case()
    task = council.task("wilma", "initiate_pep")

    assert shown_beside(council.by("wilma"), task, lambda kind: True) is None
