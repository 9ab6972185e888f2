"""The same acts lead a real case and a trial the same way: steps, days, dates and the end.

Today is Wednesday 25 March 2026: the plan is due on Friday 10 April, over Easter.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from engine.releases import compiled
from engine.store.models import Case, Event
from engine.tasks import task_form
from engine.trial import Done, Waited, try_out
from engine.trial.budget import Budget
from engine.work import LONDON
from workflows.case_deadlines import clocks_of
from workflows.demonstration.answers import answers_for
from workflows.pep.actions import ACTIONS
from workflows.pep.facts import CaseFacts
from workflows.trying.beginning import (
    AtSchool,
    Beginning,
    PlacementBegun,
    ReviewAhead,
    council_days,
)
from workflows.trying.clocks import clocks_of_trial
from workflows.trying.imagined_case import PERFORMED, ImaginedCase

WHO = {"social_worker": "wilma", "designated_teacher": "tara", "virtual_school": "vera",
       "reviewing_officer": "rob", "team_manager": "mona", "manager": "max"}
KINDS = {"task_opened", "task_completed", "task_cancelled", "timer_started", "timer_fired",
         "timer_cancelled", "timer_moved", "due_moved", "action_performed", "case_ended",
         "path_taken", "incident_opened"}

on_one_store = pytest.mark.parametrize("store", ["sqlite"])


class BothWays:
    """A real case, and the acts of its trial."""

    def __init__(self, council, case):
        self.council, self.case = council, case
        with council.by("vera").begin(writing=False) as work:
            row = work.session.get_one(Case, case.id)
            self.procedure, self.began = compiled(work, row.release_id), row.opened_at
        self.acts = []

    def do(self, element, **chosen):
        """Whoever the step is for does it now, in both."""
        task = self.case.open()[element]
        by = self.council.by(WHO[task.role])
        asked = task_form(by, task.id)
        chosen = {"caseworker": str(self.council.people["vera"]), **chosen}
        answers = answers_for(asked.form, asked.facts, by.today, chosen, asked.kept)
        self.case.do(element, WHO[task.role], **{**chosen, **answers})
        invented = {"caseworker": next(iter(dict(_somebody("virtual_school"))))}
        answers |= {key: value for key, value in invented.items() if key in answers}
        self.acts.append(Done(element, self.council.clock.now(), answers))

    def on(self, day, *elements, **chosen):
        self.wait_until(day)
        for element in elements:
            self.do(element, **chosen)

    def wait_until(self, day):
        """Each day comes, as it does where Pepway runs."""
        wanted = date.fromisoformat(day)
        while (today := self.council.clock.now().date()) < wanted:
            self.council.move_to((today + timedelta(days=1)).isoformat())
        self.acts.append(Waited(self.council.clock.now()))

    def trial(self, begins):
        case = ImaginedCase(begins, council_days(self.council.by("olga")))
        run = try_out(self.procedure, case, begins.opened_at, self.acts, Budget(60))
        return run, clocks_of_trial(run.course, case)

    def clocks(self):
        with self.council.by("vera").begin(writing=False) as work:
            row = work.session.get_one(Case, self.case.id)
            return clocks_of(CaseFacts(work.session, row, work.today))

    def events(self):
        with self.council.by("vera").begin(writing=False) as work:
            rows = work.session.query(Event).filter(Event.case_id == self.case.id).order_by(
                Event.seq).all()
            return [_told(row) for row in rows if row.kind in KINDS]


def _somebody(role):
    return ImaginedCase(_EMERGENCY, None).options(role)


def _told(happened):
    """What happened on which day; in what order on one day is compared where it is one act."""
    due = happened.data.get("due") or happened.data.get("new") or ""
    return (happened.at.astimezone(LONDON).date(), happened.kind, happened.element or "",
            str(due)[:10], str(happened.data.get("passed", "")))


def _dated(row):
    return row.id, row.due_on, row.met_on, row.because


def _same(both, begins):
    run, clocks = both.trial(begins)

    assert run.refused is None
    told = [_told(each) for each in run.course.story if each.kind in KINDS]
    real = both.events()
    assert sorted(set(told) - set(real)) == []
    assert sorted(set(real) - set(told)) == []
    assert sorted(told) == sorted(real)
    assert [_dated(row) for row in clocks] == [_dated(row) for row in both.clocks()]
    return run


_EMERGENCY = Beginning(
    "initial-pep", datetime(2026, 3, 25, 9, tzinfo=UTC), date(2015, 5, 4), date(2026, 3, 25),
    placements=[PlacementBegun(date(2026, 3, 25), planned=False)],
    schools=[AtSchool(date(2026, 3, 25), None, "A")],
    review=ReviewAhead(1, date(2026, 4, 24)),
)


@pytest.fixture
def both(small_council):
    council = small_council
    council.move_to("2026-03-25")
    case = council.start()
    council.move_to("2026-03-25")
    return BothWays(council, case)


def until_signed(both, signed_on="2026-04-08"):
    both.do("initiate_pep")
    both.on("2026-03-26", "allocate_caseworker")
    both.on("2026-04-01", "complete_social_work_sections", "complete_education_sections",
            "record_child_views", "record_carer_view", "convene_meeting")
    both.on("2026-04-07", "hold_pep_meeting", "set_targets_and_actions")
    both.on(signed_on, "sign_off_teacher", "sign_off_social_worker")


def to_the_end(both, reviewed_on="2026-04-20"):
    both.do("decide_pupil_premium")
    both.on(reviewed_on, "hold_first_review")
    both.on("2026-04-27", "distribute_copies")


def test_an_initial_plan_goes_the_same_way_to_its_end(both):
    until_signed(both)
    both.on("2026-04-09")
    both.do("assure_quality", quality_rating="green")
    to_the_end(both)

    run = _same(both, _EMERGENCY)

    assert run.course.ended == "plan_in_force"
    assert run.stages[-1].went[-1].name == "Plan in force"


@on_one_store
def test_so_does_one_that_is_late_and_escalated(both):
    """Signed four working days after the limit: the reason for the delay is asked for."""
    until_signed(both, signed_on="2026-04-16")
    assert "explain_delay" in both.case.open()
    both.do("explain_delay")
    both.do("assure_quality", quality_rating="green")
    to_the_end(both, reviewed_on="2026-04-24")

    run = _same(both, _EMERGENCY)

    escalated = sorted((row.element, row.data["to"], row.data["message"])
                       for row in both.case.events("escalated"))
    told = sorted((each.element, *said) for each in run.course.story
                  if each.data.get("action") == "escalate" for said in each.data["told"])
    assert told == escalated != []


@on_one_store
def test_so_does_one_that_is_returned_and_corrected(both):
    until_signed(both)
    both.do("assure_quality", quality_rating="red", return_reasons="Say how you will know")
    for _ in range(6):
        for element in sorted(both.case.open()):
            if element.startswith(("correct", "complete", "set_targets", "sign_off", "add")):
                both.do(element)
    both.do("assure_quality", quality_rating="green")
    to_the_end(both)

    _same(both, _EMERGENCY)


@on_one_store
def test_so_does_the_review_after_it(both):
    until_signed(both)
    both.do("assure_quality", quality_rating="green")
    to_the_end(both)
    review = BothWays(both.council, both.case.next())
    begins = replace(
        _EMERGENCY, procedure="review-pep", opened_at=review.began,
        review=ReviewAhead(2, date(2026, 7, 20)), last_review_on=date(2026, 4, 20),
        last_plan_on=date(2026, 4, 8),
    )
    review.wait_until("2026-06-10")
    for day in ("2026-06-10", "2026-06-22", "2026-07-01", "2026-07-03", "2026-07-06"):
        review.on(day)
        for element in sorted(review.case.open()):
            if element not in ("hold_statutory_review", "distribute_copies"):
                review.do(element, all_on_track="no", delivered="yes", quality_rating="green",
                          planned_review_on="2026-07-15")
    while left := sorted(review.case.open().keys() - {"hold_statutory_review"}):
        review.do(left[0], quality_rating="green")
    review.on("2026-07-15", "hold_statutory_review")
    review.on("2026-07-16", "distribute_copies")

    run = _same(review, begins)

    assert run.course.ended


@on_one_store
def test_a_planted_slip_is_found(both, monkeypatch):
    """Were a signature followed one day late, the two would part."""
    monkeypatch.setattr(ImaginedCase, "_stamp_prepared", lambda _self, _now: None)
    until_signed(both)
    both.on("2026-04-13")

    with pytest.raises(AssertionError):
        _same(both, _EMERGENCY)


def test_every_action_of_the_diagrams_has_its_counterpart():
    assert PERFORMED.keys() == ACTIONS.keys()
