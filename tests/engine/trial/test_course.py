"""A small procedure tried in memory: a letter is written, chased, and sent."""

from datetime import UTC, date, datetime, timedelta

import pytest
from diagrams import diagram, flow, form, text, user_task
from plain_domain import PlainDomain, PlainlyKnown

from engine.domain import Kept, Told
from engine.spiff import compile_procedure
from engine.trial import (
    Budget,
    Done,
    Performed,
    TakesTooLong,
    Waited,
    WasDone,
    Woken,
    acts_from_json,
    acts_to_json,
    carry_on,
    first_difference,
    stages_from_json,
    stages_to_json,
    try_out,
)

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
TELL = '<bpmn:sendTask id="{0}" name="{0}" pepway:action="tell"/>'


class ImaginedLetter:
    """Facts that the story sets, and that an answer may change."""

    def __init__(self, **facts):
        self.facts_now = {"placement_start": date(2026, 3, 2), "signed": False, **facts}
        self.kept = {}

    def known(self, _now):
        return PlainlyKnown(self.facts_now, {}, {})

    def options(self, _name):
        return []

    def save(self, entries, now, _keys, *, strict):
        self.kept |= {each.path: Kept(each.path, each.value, True, 1, None, now)
                      for each in entries}
        moved = next((each.value for each in entries if each.key == "moved_to"), None)
        if moved is None:
            return Told.NOTHING
        self.facts_now["placement_start"] = date.fromisoformat(moved)
        return Told.FACTS

    def perform(self, call, _now):
        return Performed({}, [("virtual_school", call.name)])


def timer(element, when, kind="timeDate"):
    return (f'<bpmn:intermediateCatchEvent id="{element}" name="{element}">'
            f'<bpmn:timerEventDefinition id="{element}_t"><bpmn:{kind}>{when}</bpmn:{kind}>'
            "</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>")


def letter(due="days_after(placement_start, 3)", chase="days_after(placement_start, 5)"):
    """Beside the writing, two dates on which somebody is told; the later one comes first in it."""
    body = (
        '<bpmn:startEvent id="begin"/><bpmn:parallelGateway id="fork"/>'
        '<bpmn:parallelGateway id="join"/><bpmn:endEvent id="sent" name="Sent"/>'
        + user_task("write", "write", due) + user_task("post", "post")
        + timer("chase", chase) + timer("remind", "days_after(placement_start, 2)")
        + TELL.format("chase_them") + TELL.format("remind_them")
        + flow("begin", "fork") + flow("fork", "chase") + flow("fork", "remind")
        + flow("fork", "write") + flow("chase", "chase_them") + flow("remind", "remind_them")
        + flow("chase_them", "join") + flow("remind_them", "join") + flow("write", "post")
        + flow("post", "join") + flow("join", "sent")
    )
    return compiled(body, ["write", "post", "begin", "fork", "join", "sent", "chase", "remind",
                           "chase_them", "remind_them"])


def compiled(body, nodes):
    files = {
        "letter.bpmn": diagram("letter", {"social_worker": nodes}, body),
        "write.form": form("write", text("words", validate={"required": True}),
                           {"type": "datetime", "key": "moved_to", "dateLabel": "Moved to?",
                            "id": "moved_to", "subtype": "date"}),
        "post.form": form("post"),
    }
    return compile_procedure(files, PlainDomain.vocabulary, "letter")


def tried(*acts, of=None, imagined=None):
    return try_out(of or letter(), imagined or ImaginedLetter(), MONDAY, acts)


def told(run, kind):
    return [(each.element, each.at.date().isoformat()) for each in run.course.story
            if each.kind == kind]


def test_steps_are_open_and_due_as_a_case_would_have_them():
    course = tried().course

    [step] = course.steps
    assert (step.element, step.role, step.due_on) == ("write", "social_worker", date(2026, 3, 5))
    assert [each.element for each in sorted(course.dates, key=lambda each: each.due_at)] == [
        "remind", "chase"]
    assert course.next_date().due_at == datetime(2026, 3, 4, tzinfo=UTC)


def test_dates_come_in_their_order_each_when_it_is_due():
    run = tried(Waited(MONDAY + timedelta(days=9)))

    assert told(run, "timer_fired") == [("remind", "2026-03-04"), ("chase", "2026-03-07")]
    assert told(run, "action_performed") == [
        ("remind_them", "2026-03-04"), ("chase_them", "2026-03-07")]
    assert run.course.now == MONDAY + timedelta(days=9)


def test_a_step_is_done_as_its_form_wants_it():
    wrong = tried(Done("write", MONDAY, {}))

    assert wrong.refused.errors == {"words": "Answer: What is the words?"}
    assert [step.element for step in wrong.course.steps] == ["write"]

    right = tried(Done("write", MONDAY, {"words": "Dear all"}))
    assert [step.element for step in right.course.steps] == ["post"]
    assert right.course.imagined.kept["forms.write.words"].value == "Dear all"


def test_what_was_done_in_a_case_is_not_asked_for_more():
    run = tried(WasDone("write", MONDAY, {}), WasDone("post", MONDAY, {}),
                Woken("remind", MONDAY), Waited(MONDAY + timedelta(days=6)))

    assert run.course.ended == "sent"
    assert told(run, "timer_woken") == [("remind", "2026-03-02")]


def test_a_step_that_is_not_open_is_not_done_and_nothing_after_it():
    run = tried(Done("post", MONDAY, {}), Waited(MONDAY + timedelta(days=9)))

    assert (run.refused.number, run.refused.errors) == (0, {})
    assert run.course.now == MONDAY


def test_dates_follow_an_answer_that_changes_a_fact():
    run = tried(Done("write", MONDAY, {"words": "Later", "moved_to": "2026-03-12"}))

    assert told(run, "timer_moved") == [("chase", "2026-03-02"), ("remind", "2026-03-02")]
    assert run.course.next_date().due_at == datetime(2026, 3, 14, tzinfo=UTC)


def test_a_fact_without_a_value_stops_the_trial_in_the_words_of_an_incident():
    run = tried(of=letter(due="review_on"))

    assert run.course.stopped.element == "write"
    assert "review_on" in run.course.stopped.message
    assert told(run, "incident_opened") == [("write", "2026-03-02")]
    assert carry_on(run.course, [Done("write", MONDAY, {"words": "x"})]).refused is not None


def test_what_goes_round_for_ever_is_broken_off():
    body = (
        '<bpmn:startEvent id="begin"/><bpmn:exclusiveGateway id="again"/>'
        '<bpmn:exclusiveGateway id="enough" default="enough_to_again"/>'
        '<bpmn:endEvent id="sent"/>' + timer("hour", "PT1H", "timeDuration")
        + flow("begin", "again") + flow("again", "hour") + flow("hour", "enough")
        + flow("enough", "again") + flow("enough", "sent", "signed")
    )
    round_and_round = compiled(body, ["begin", "again", "hour", "enough", "sent"])

    with pytest.raises(TakesTooLong):
        try_out(round_and_round, ImaginedLetter(), MONDAY, [Waited(MONDAY + timedelta(days=900))],
                Budget(moves=50))


def test_a_course_goes_on_from_where_it_stands():
    run = tried(Done("write", MONDAY, {"words": "Dear all"}))

    further = carry_on(run.course, [Done("post", MONDAY, {})], run.stages)

    whole = tried(Done("write", MONDAY, {"words": "Dear all"}), Done("post", MONDAY, {}))
    assert further.stages == whole.stages
    assert further.since == len(whole.course.story) - 2


def test_acts_and_stages_are_kept_as_json():
    acts = (Done("write", MONDAY, {"words": "Dear all"}, 1), Waited(MONDAY),
            Woken("remind", MONDAY), WasDone("post", MONDAY, {"a.b": True}))

    assert acts_from_json(acts_to_json(acts)) == acts
    stages = tried(Done("write", MONDAY, {"words": "x"})).stages
    assert stages_from_json(stages_to_json(stages)) == stages


def test_two_runs_part_where_a_date_another_step_or_an_end_differs():
    acts = (Done("write", MONDAY, {"words": "x"}), Waited(MONDAY + timedelta(days=9)))
    before = tried(*acts).stages

    assert first_difference(before, tried(*acts).stages) is None

    later = first_difference(before, tried(*acts, of=letter("days_after(placement_start, 4)"))
                             .stages)
    assert (later.number, later.gone[0].due, later.new[0].due) == (0, "2026-03-05", "2026-03-06")

    chased = first_difference(
        before, tried(*acts, of=letter(chase="days_after(placement_start, 6)")).stages)
    assert (chased.number, chased.after, chased.by_time) == (2, "Write", True)
    assert [each.on for each in chased.gone + chased.new] == ["2026-03-07", "2026-03-08"]


def test_an_act_that_can_no_longer_be_done_is_where_they_part():
    acts = (Done("write", MONDAY, {"words": "x"}), Done("post", MONDAY, {}))
    before = tried(*acts).stages
    nobody = tried(acts[0], Done("write", MONDAY, {"words": "x"}))

    found = first_difference(before, nobody.stages, nobody.refused.act)

    assert (found.number, found.cannot) == (2, "Post")
