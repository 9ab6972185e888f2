"""A review tried by the verbs alone, from the review before to its own. Today is 20 April 2026."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.errors import AnswersInvalid
from engine.work import LONDON
from workflows.pep.domain import vocabulary
from workflows.trying.page import page_of, step_form
from workflows.trying.trials import (
    TrialChanged,
    begin_trial,
    do_step,
    end_trial,
    go_back,
    let_time_pass,
    try_draft,
)
from workflows.trying.usual import child_asked, usual_answers

REVIEW, ONE_VOCABULARY = "review-pep", vocabulary()
on_one_store = pytest.mark.parametrize("store", ["sqlite"])
LAST = ("hold_statutory_review", "distribute_copies")


@pytest.fixture
def olga(small_council, monkeypatch):
    """Whose diagrams were found to be sound in the test before."""
    monkeypatch.setattr(small_council.installation.domain, "vocabulary", ONE_VOCABULARY)
    small_council.move_to("2026-04-20")
    return small_council.by("olga")


def begun(by, **changed):
    begin_trial(by, REVIEW, {**child_asked(by, REVIEW).usual, **changed})
    return try_draft(by, REVIEW)


def do(by, element, **answers):
    tried = try_draft(by, REVIEW)
    form = step_form(tried, element, 0)
    given = usual_answers(form, answers)
    do_step(by, REVIEW, element, 0, given, tried.kept.version)


def wait_until(by, day):
    tried = try_draft(by, REVIEW)
    moment = datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=LONDON)
    let_time_pass(by, REVIEW, moment, tried.kept.version)


def open_steps(by):
    return [step.element for step in try_draft(by, REVIEW).run.course.steps]


def test_a_review_is_tried_to_its_end(olga):
    page = page_of(begun(olga))

    assert page.open_steps == []
    assert (page.next.name, page.next.on.isoformat()) == ("Next review begins", "2026-06-08")
    [limit] = [row for row in page.clocks if row.id == "T5"]
    assert (limit.due_on.isoformat(), limit.met_on) == ("2026-07-20", None)

    wait_until(olga, "2026-06-10")
    do(olga, "confirm_review_date", planned_review_on="2026-07-15")
    wait_until(olga, "2026-06-22")
    while left := [each for each in open_steps(olga) if each not in LAST]:
        do(olga, left[0], all_on_track="no", delivered="no", quality_rating="green",
           meeting_planned_on="2026-06-30")
        if left[0] in ("fix_meeting", "convene_meeting"):
            wait_until(olga, "2026-06-30")
    wait_until(olga, "2026-07-15")
    do(olga, "hold_statutory_review", review_held_on="2026-07-15")
    do(olga, "distribute_copies")

    page = page_of(try_draft(olga, REVIEW))
    assert page.end
    assert page.open_steps == []
    [limit] = [row for row in page.clocks if row.id == "T5"]
    assert limit.met_on.isoformat() == "2026-07-15"
    assert any("limit would be Fri 15 Jan 2027" in line.text
               for day in page.story for line in day.lines)


@on_one_store
def test_a_review_that_nobody_prepares_is_escalated_day_by_day(olga):
    begun(olga)
    wait_until(olga, "2026-07-22")

    page = page_of(try_draft(olga, REVIEW))

    told = [line.text for day in page.story for line in day.lines if "would be told" in line.text]
    assert any("the manager would be told" in text for text in told)
    assert any(step.late for role in page.open_steps for step in role.steps)


@on_one_store
def test_what_the_law_does_not_allow_is_refused_as_in_a_case(olga):
    begun(olga)
    wait_until(olga, "2026-06-10")

    with pytest.raises(AnswersInvalid) as refused:
        do(olga, "confirm_review_date", planned_review_on="2026-08-03")

    assert refused.value.errors == {
        "planned_review_on": "The law gives until Mon 20 Jul 2026. Enter that day or an earlier one"
    }


def test_an_act_is_taken_back_and_each_change_is_seen(olga):
    begun(olga)
    wait_until(olga, "2026-06-10")
    version = try_draft(olga, REVIEW).kept.version

    go_back(olga, REVIEW, version)

    assert try_draft(olga, REVIEW).run.course.now == datetime(2026, 4, 20, 8, tzinfo=UTC)
    with pytest.raises(TrialChanged):
        go_back(olga, REVIEW, version)
    end_trial(olga, REVIEW)
    assert try_draft(olga, REVIEW) is None


@on_one_store
def test_time_goes_forward_and_no_further_than_three_years(olga):
    tried = begun(olga)
    version, now = tried.kept.version, tried.run.course.now

    for moment in (now, now + timedelta(days=1200)):
        with pytest.raises(AnswersInvalid):
            let_time_pass(olga, REVIEW, moment, version)


@on_one_store
def test_only_what_the_procedure_reads_is_asked_of_the_child(olga):
    asked = {field.key for field in child_asked(olga, REVIEW).form.inputs()}

    assert {"last_review_on", "review_number", "was_interim"} <= asked
    assert "planned" not in asked
    initial = {field.key for field in child_asked(olga, "initial-pep").form.inputs()}
    assert "planned" in initial
    assert not {"last_review_on", "was_interim"} & initial
