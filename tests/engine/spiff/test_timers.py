"""Timers fire when they are told to, and never by the machine's clock."""

from datetime import UTC, date, datetime, timedelta

import pytest
from walking import (
    MORNING,
    Walk,
    arrow,
    ask,
    begin,
    choice,
    compiled,
    drawn,
    end,
    path,
    reminder,
    start,
    step,
    wait,
)

from engine.errors import DiagramRefused, FlowFailed
from engine.spiff import Flow, due_of, explain_moment, timer_due

LONG_AGO = datetime(2001, 1, 1, 9, 0, tzinfo=UTC)

REMINDED = drawn(
    start() + step("write") + end() + reminder("late", "write", "P2D") + step("explain")
    + end("explained") + path("begun", "write", "done") + path("late", "explain", "explained")
)
STOPPED = drawn(
    start() + step("write") + end() + reminder("late", "write", "P2D", stops=True)
    + step("take_over") + end("taken") + path("begun", "write", "done")
    + path("late", "take_over", "taken")
)


def waiting_until(when, kind="timeDate"):
    return drawn(
        start() + wait("wait", when, kind) + step("look") + end()
        + path("begun", "wait", "look", "done")
    )


def test_a_reminder_fires_once_and_the_step_stays_open():
    case = begin(REMINDED)
    assert (case.open, case.waiting) == (["write"], ["late"])
    case.fire("late")
    assert (case.open, case.waiting) == (["explain", "write"], [])
    case.complete("write")
    assert (case.open, case.ended) == (["explain"], None)
    assert case.complete("explain").ended == "explained"


def test_a_reminder_is_over_with_its_step():
    case = begin(REMINDED).complete("write")
    assert (case.open, case.waiting, case.ended) == ([], [], "done")


def test_a_deadline_that_stops_a_step_closes_it():
    case = begin(STOPPED)
    write = case.flow.open_tasks[0].token
    case.fire("late")
    assert (case.open, case.waiting) == (["take_over"], [])
    with pytest.raises(FlowFailed, match="does not wait here any more"):
        case.flow.complete(write, {}, case)


def test_whoever_completes_before_the_timer_was_fired_wins():
    case = begin(STOPPED)
    late = case.flow.timers[0].token
    case.complete("write")
    assert case.ended == "done"
    with pytest.raises(FlowFailed, match="does not wait here any more"):
        case.flow.fire(late, case)


def test_a_timer_long_due_waits_until_it_is_told():
    case = begin(waiting_until("2001-01-01"), now=LONG_AGO)
    for _ in range(3):
        case._reopen()
        assert (case.open, case.waiting) == ([], ["wait"])
    assert case.fire("wait").open == ["look"]


def test_a_token_of_another_kind_is_not_mistaken():
    case = begin(REMINDED)
    write, late = case.flow.open_tasks[0].token, case.flow.timers[0].token
    for act in (lambda: case.flow.fire(write, case), lambda: case.flow.complete(late, {}, case)):
        with pytest.raises(FlowFailed, match="does not wait here any more"):
            act()
    assert (case.open, case.waiting) == (["write"], ["late"])


@pytest.mark.parametrize(
    ("when", "kind", "due"),
    [
        ("2026-03-20", "timeDate", datetime(2026, 3, 20, 0, 0, tzinfo=UTC)),
        ("2026-06-20", "timeDate", datetime(2026, 6, 19, 23, 0, tzinfo=UTC)),
        ("2026-06-20T09:00+01:00", "timeDate", datetime(2026, 6, 20, 8, 0, tzinfo=UTC)),
        ("days_after(placement_start, 120)", "timeDate",
         datetime(2026, 6, 29, 23, 0, tzinfo=UTC)),
        ("days_after(started_on, 1)", "timeDate", datetime(2026, 3, 3, tzinfo=UTC)),
        ("P2D", "timeDuration", MORNING + timedelta(days=2)),
        ('duration("36h")', "timeDuration", MORNING + timedelta(hours=36)),
    ],
)
def test_a_date_means_midnight_in_london_and_a_duration_counts_from_the_start(when, kind, due):
    [timer] = begin(waiting_until(when, kind)).flow.timers
    assert timer.due_at == due
    assert (timer.started_at, timer.expression) == (MORNING, when)


def test_a_timer_of_an_earlier_step_keeps_its_start_and_leaves_its_due_time_to_the_table():
    case = begin(REMINDED)
    case.now = MORNING + timedelta(days=1)
    case._reopen()
    [timer] = case.flow.timers
    assert (timer.started_at, timer.due_at) == (MORNING, None)
    assert timer_due(case.procedure, "late", case, timer.started_at, {}) == MORNING + timedelta(2)


def test_each_round_starts_its_own_timer():
    case = begin(drawn(
        start() + choice("again") + step("write", form="write") + choice("good", "good_to_done")
        + end() + reminder("late", "write") + step("explain") + end("explained")
        + path("begun", "again", "write", "good", "done") + path("late", "explain", "explained")
        + arrow("good", "again", 'rating == "red"'),
        write=ask({"type": "textfield", "key": "rating"}),
    ))
    case.fire("late")
    case.now = MORNING + timedelta(days=3)
    case.complete("write", rating="red")
    [timer] = case.flow.timers
    assert timer.started_at == case.now
    assert case.fire("late").open == ["explain", "explain", "write"]
    case.complete("explain").complete("write", rating="green").complete("explain")
    assert case.ended == "explained"


def test_a_case_may_begin_by_waiting():
    body = (
        '<bpmn:startEvent id="review_comes_due"><bpmn:timerEventDefinition><bpmn:timeDate>'
        "days_after(placement_start, 30)</bpmn:timeDate></bpmn:timerEventDefinition>"
        "</bpmn:startEvent>" + step("prepare") + end()
        + path("review_comes_due", "prepare", "done")
    )
    case = begin(drawn(body))
    assert (case.open, case.waiting, case.flow.passed) == ([], ["review_comes_due"], ())
    case.fire("review_comes_due")
    assert case.open == ["prepare"]
    assert case.flow.passed == ("review_comes_due", "review_comes_due_to_prepare")


@pytest.mark.parametrize(
    ("when", "kind"),
    [("P2D", "timeDate"), ("2026-03-20", "timeDuration"), ("signed", "timeDate"),
     ("2026-03-20T09:00", "timeDate"), ("__import__('os').getcwd()", "timeDate"),
     ("R3/PT10S", "timeDuration"), ("R3/PT10S", "timeCycle"), ("", "timeDate")],
)
def test_a_timer_takes_only_what_it_can_wait_for(when, kind):
    with pytest.raises(DiagramRefused):
        compiled(waiting_until(when, kind))


def test_a_timer_whose_date_has_no_value_is_a_failure_that_names_it():
    with pytest.raises(FlowFailed, match="needs review_on") as failure:
        begin(waiting_until("review_on"))
    assert failure.value.element == "wait"


def test_a_timer_beyond_the_calendar_is_a_failure_that_names_it():
    with pytest.raises(FlowFailed) as failure:
        begin(waiting_until('duration("80000000h")', "timeDuration"))
    assert failure.value.element == "wait"


@pytest.mark.parametrize(
    ("due", "day"),
    [
        ("", None),
        ("P2D", date(2026, 3, 4)),
        ("2026-03-20", date(2026, 3, 20)),
        ("days_after(placement_start, 5)", date(2026, 3, 7)),
        ("days_after(started_on, 1)", date(2026, 3, 3)),
        ("2026-06-20T23:30Z", date(2026, 6, 21)),
        ('duration("15h")', date(2026, 3, 3)),
    ],
)
def test_a_step_is_due_on_a_whole_day(due, day):
    files = drawn(start() + step("write", due=due.replace('"', "&quot;")) + end()
                  + path("begun", "write", "done"))
    case = begin(files)
    assert due_of(case.procedure, "write", case, MORNING, {}) == day


def test_a_due_date_follows_the_fact_that_it_hangs_on():
    case = begin(drawn(start() + step("write", due="days_after(placement_start, 5)") + end()
                       + path("begun", "write", "done")))
    case.known_facts["placement_start"] = date(2026, 4, 1)
    assert due_of(case.procedure, "write", case, MORNING, {}) == date(2026, 4, 6)
    expression = case.procedure.moments["write"]
    assert explain_moment(expression, case, MORNING, {}) == (date(2026, 4, 6), [])


def test_two_cases_of_one_procedure_do_not_share_a_timer():
    procedure = compiled(REMINDED)
    one, other = Walk(procedure).begin(), Walk(procedure).begin()
    one.fire("late")
    assert other.waiting == ["late"]
    assert Flow.decode(procedure, other.flow.encode()).timers[0].element == "late"
