"""A review brought forward, and one that is wanted now."""

from datetime import date

import pytest

from engine.errors import AnswersInvalid, NotFound, Refused
from workflows.pep.changes.outcome import Group

REASON = "The placement may break down"


def test_the_reviewing_officer_brings_a_waiting_review_forward_and_it_wakes(waiting):
    limit = waiting.deadlines()["Second review within 3 months of the first"]
    assert limit == date(2026, 7, 24)
    assert not waiting.case.open()

    seen = waiting.preview("rob", "bring_review_forward", on="2026-05-20", reason=REASON)
    assert not waiting.case.open()
    done = waiting.change("rob", "bring_review_forward", on="2026-05-20", reason=REASON)

    assert done.lines == seen.lines
    assert waiting.deadlines()["Second review within 3 months of the first"] == date(2026, 5, 20)
    assert set(waiting.case.open()) == {"confirm_review_date"}
    [moved] = [line for line in done.of(Group.DATES) if line.what.startswith("Second review")]
    assert (moved.before, moved.after) == ("Fri 24 Jul 2026", "Wed 20 May 2026")
    [told] = waiting.case.events("review_brought_forward")
    assert told.data["reason"] == REASON
    assert waiting.audited("bring_review_forward") == 1
    assert waiting.nothing_is_altered()


def test_a_preview_leaves_nothing_behind(waiting):
    before = waiting.all_rows()

    seen = waiting.preview("rob", "bring_review_forward", on="2026-05-20", reason=REASON)

    assert seen.lines
    assert waiting.all_rows() == before


def test_dates_that_are_past_by_then_are_called_so(waiting):
    waiting.move_to("2026-06-15")
    waiting.case.do("confirm_review_date", "rob", planned_review_on="2026-07-20")
    waiting.move_to("2026-06-22")

    seen = waiting.preview("rob", "bring_review_forward", on="2026-06-26", reason=REASON)

    assert any(line.after.endswith(", which is past") for line in seen.of(Group.DATES))


def test_a_review_brought_a_little_forward_waits_for_its_earlier_day(waiting):
    before = waiting.timers()["review_comes_due"]

    done = waiting.change("rob", "bring_review_forward", on="2026-07-15", reason=REASON)

    assert waiting.timers()["review_comes_due"] < before
    assert not waiting.case.open()
    assert any(line.what == "Next review begins" for line in done.of(Group.DATES))


def test_the_first_review_brought_forward_moves_the_day_for_the_plan(gathering):
    gathering.change("rob", "bring_review_forward", on="2026-04-14", reason=REASON)

    found = gathering.deadlines()
    assert found["First statutory review within 20 working days"] == date(2026, 4, 14)
    assert found[
        "Plan with the reviewing officer 3 working days before the first review"
    ] == date(2026, 4, 9)


@pytest.mark.parametrize(
    ("on", "says"),
    [
        ("2026-04-23", "in the past"),
        ("2026-07-24", "is expected on Fri 24 Jul 2026 already. Enter an earlier day"),
        ("2026-12-01", "Enter an earlier day"),
    ],
)
def test_a_day_that_cannot_be_is_refused_with_a_sentence(waiting, on, says):
    before = waiting.all_rows()

    with pytest.raises(AnswersInvalid) as problem:
        waiting.preview("rob", "bring_review_forward", on=on, reason=REASON)

    assert says in problem.value.errors["on"]
    assert waiting.all_rows() == before


def test_the_reviewing_officer_puts_the_day_that_they_asked_for_right(waiting):
    waiting.change("rob", "bring_review_forward", on="2026-05-20", reason=REASON)

    waiting.change("rob", "bring_review_forward", on="2026-06-02", reason="The month was wrong")

    assert waiting.deadlines()["Second review within 3 months of the first"] == date(2026, 6, 2)
    for on, says in (("2026-06-02", "You have asked for this day already"),
                     ("2026-07-24", "is expected on Fri 24 Jul 2026 without your request")):
        with pytest.raises(AnswersInvalid) as problem:
            waiting.preview("rob", "bring_review_forward", on=on, reason=REASON)
        assert says in problem.value.errors["on"]


def test_nobody_but_the_reviewing_officer_brings_a_review_forward(waiting):
    for name in ("wilma", "vera", "mona", "tara", "sven"):
        with pytest.raises(NotFound):
            waiting.preview(name, "bring_review_forward", on="2026-05-20", reason=REASON)


def test_a_change_needs_a_reason(waiting):
    with pytest.raises(AnswersInvalid) as problem:
        waiting.preview("rob", "bring_review_forward", on="2026-05-20", reason=" ")

    assert problem.value.errors["reason"] == "Enter why the review is to be held earlier"


def test_a_waiting_review_begins_at_once_when_the_teacher_sees_no_progress(waiting):
    done = waiting.change("tara", "start_review_now", why="not_on_track",
                          reason="Three targets of four are missed")

    assert set(waiting.case.open()) == {"confirm_review_date"}
    assert waiting.kinds().count("timer_woken") == 1
    [begun] = done.of(Group.TASKS)
    assert (begun.what, begun.before, begun.after) == (
        "“Confirm the review date”", "", "Rob"
    )


def test_a_request_merges_into_the_review_that_is_under_way(waiting):
    waiting.change("tara", "start_review_now", why="not_on_track", reason="Targets are missed")

    done = waiting.change("wilma", "start_review_now", why="carer", reason="The carer rang")

    assert done.lines == []
    assert waiting.kinds().count("timer_woken") == 1
    [joined] = waiting.case.events("review_request_joined")
    assert joined.data["why"] == "carer"


def test_the_first_plan_under_way_takes_a_request_in(gathering):
    gathering.change("rob", "start_review_now", why="young_person", reason="Robin asked me")

    assert len(gathering.case.events("review_request_joined")) == 1


def test_a_review_that_was_held_is_brought_forward_no_more(changing, waiting):
    assert changing.status() == "ended"
    with pytest.raises((NotFound, Refused)):
        changing.preview("rob", "bring_review_forward", on="2026-05-20", reason=REASON)
