"""While a case stands still for a process owner, its dates do not stay behind."""

from datetime import UTC, date, datetime, timedelta

import pytest
from diagrams import diagram, flow, form, text, user_task
from plain_domain import ANN, CHILD

import engine.advance
from engine.cases import open_case, retry_incident
from engine.consistency import look_over_all
from engine.domain import SYSTEM
from engine.releases import load_folder
from engine.tasks import complete_task
from engine.timers import fire_due_timers

LATER = date(2026, 3, 5)


def beside_a_step_that_fails(first):
    """A step with an action behind it that fails, beside a date and a task that is due."""
    body = (
        '<bpmn:startEvent id="begun"/><bpmn:parallelGateway id="both"/>' + first
        + '<bpmn:serviceTask id="act" name="Act" pepway:action="fail"/>'
        '<bpmn:intermediateCatchEvent id="wait"><bpmn:timerEventDefinition id="t">'
        "<bpmn:timeDate>days_after(placement_start, 10)</bpmn:timeDate>"
        "</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
        + user_task("look", "look", due="days_after(placement_start, 20)")
        + '<bpmn:parallelGateway id="joined"/><bpmn:endEvent id="done"/>'
        + flow("begun", "both") + flow("both", "first") + flow("first", "act")
        + flow("act", "joined") + flow("both", "wait") + flow("wait", "joined")
        + flow("both", "look") + flow("look", "joined") + flow("joined", "done")
    )
    nodes = ["begun", "both", "first", "act", "wait", "look", "joined", "done"]
    return {
        "waiting.bpmn": diagram("waiting", {"social_worker": nodes}, body),
        "look.form": form("look", text("remark")),
    }


A_TASK = user_task("first", "look")
A_DATE = (
    '<bpmn:intermediateCatchEvent id="first"><bpmn:timerEventDefinition id="t_first">'
    '<bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>'
    "</bpmn:intermediateCatchEvent>"
)


@pytest.fixture(params=[A_TASK, A_DATE], ids=["a task", "a date"])
def case(council, request):
    """Has an incident; with it, or during it, the date has become a later one."""
    council.domain.failing = True
    files = beside_a_step_that_fails(request.param)
    assert load_folder(council.by(ANN), "waiting", files).state == "live"
    case = council.case(open_case(council.by(ANN), "waiting", CHILD))
    council.domain.facts_now["placement_start"] = LATER
    if request.param == A_TASK:
        complete_task(council.by(ANN), case.task("first").id, {})
    else:
        council.clock.move_on(timedelta(days=1))
        fire_due_timers(council.by(SYSTEM))
    assert case.status() == "incident"
    return case


def dates(case):
    [timer] = [each for each in case.timers() if each.element == "wait"]
    return timer.due_at.date(), case.task("look").due_on


def test_at_the_retry_dates_follow_what_has_changed(council, case):
    assert dates(case) == (date(2026, 3, 12), date(2026, 3, 22))
    council.domain.failing = False

    assert retry_incident(council.by(ANN), case.id) is True

    assert dates(case) == (date(2026, 3, 15), date(2026, 3, 25))
    [moved] = case.events("timer_moved")
    assert moved.data["reason"] == "incident retried"


def test_dates_follow_though_the_retry_fails(council, case):
    assert retry_incident(council.by(ANN), case.id) is False

    assert dates(case) == (date(2026, 3, 15), date(2026, 3, 25))
    council.domain.failing = False
    assert retry_incident(council.by(ANN), case.id) is True
    assert len(case.events("timer_moved")) == 1


def test_what_stands_beside_an_incident_goes_on(council, case):
    complete_task(council.by(ANN), case.task("look").id, {})

    assert (case.status(), case.open()) == ("incident", set())
    council.domain.failing = False
    assert retry_incident(council.by(ANN), case.id) is True
    council.clock.move_to(datetime(2026, 3, 15, tzinfo=UTC))
    assert fire_due_timers(council.by(SYSTEM)) == 1
    assert case.status() == "ended"


def test_of_several_moves_that_failed_each_is_retried(council, case, monkeypatch):
    monkeypatch.setattr(engine.advance.Flow, "complete", _slip)
    complete_task(council.by(ANN), case.task("look").id, {})
    monkeypatch.undo()
    assert retry_incident(council.by(ANN), case.id) is False
    council.domain.failing = False

    assert retry_incident(council.by(ANN), case.id) is True

    council.clock.move_to(datetime(2026, 3, 15, tzinfo=UTC))
    assert fire_due_timers(council.by(SYSTEM)) == 1
    assert case.status() == "ended"


def _slip(*_anything):
    raise RuntimeError("a slip of ours")


def test_a_timer_of_a_case_with_an_incident_does_not_fire_by_a_date_that_is_left_behind(
    council, case
):
    council.clock.move_to(datetime(2026, 3, 14, 9, tzinfo=UTC))

    assert fire_due_timers(council.by(SYSTEM)) == 0

    assert dates(case)[0] == date(2026, 3, 15)
    council.clock.move_on(timedelta(days=3))
    assert fire_due_timers(council.by(SYSTEM)) == 1
    assert case.status() == "incident"


def test_a_move_that_is_to_be_made_again_is_no_misfit(council, case):
    """Its task or date is over for people, and stands in the flow still."""
    assert case.status() == "incident"

    assert list(look_over_all(council.by(SYSTEM))) == []
