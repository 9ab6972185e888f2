"""Both procedures walked step by step, as cases go through them."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from engine.spiff import Flow, compile_procedure, due_of, timer_due
from workflows.calendar import Calendar
from workflows.pep.domain import vocabulary

LONDON = ZoneInfo("Europe/London")
EASTER_CHILD = {
    "looked_after_since": date(2026, 3, 25),
    "placement_start": date(2026, 3, 25),
    "plan_prepared": False,
    "plan_passed": False,
}
SECOND_REVIEW = {
    "review_limit": date(2026, 7, 24),
    "review_date": date(2026, 7, 22),
    "plan_passed": False,
}
BOTH = ("sign_off_teacher", "sign_off_social_worker")


class Walk:
    """One case of a procedure, its facts set by the story, its calls to the domain noted."""

    calendar = Calendar()

    def __init__(self, folder, facts, today):
        self.facts_now = dict(facts)
        self.called = []
        self._procedure = compile_procedure(folder.files, vocabulary())
        self._today = today
        self._flow = Flow.start(self._procedure, self)

    @property
    def now(self):
        return datetime.combine(self._today, time(9), LONDON)

    def facts(self, names):
        return {name: self.facts_now[name] for name in names}

    def perform(self, call):
        self.called.append((call.name, call.to))
        return {}

    @property
    def open(self):
        return {task.element for task in self._flow.open_tasks}

    @property
    def ended(self):
        return self._flow.ended

    def do(self, *steps, **outcomes):
        for step in steps:
            (task,) = [task for task in self._flow.open_tasks if task.element == step]
            self._flow.complete(task.token, outcomes, self)

    def day(self, day):
        """Let the day begin: what waited for it, or for a day before, goes on."""
        self._today = day
        for timer in self._flow.timers:
            if self.waits_until(timer.element) <= day:
                self._flow.fire(timer.token, self)

    def waits_until(self, element):
        (timer,) = [timer for timer in self._flow.timers if timer.element == element]
        moment = timer_due(self._procedure, element, self, timer.started_at, {})
        assert moment.astimezone(LONDON).time() == time()
        return moment.astimezone(LONDON).date()

    def due(self, element):
        return due_of(self._procedure, element, self, self.now, self._flow.outcomes)


@pytest.fixture
def initial_case(initial):
    return Walk(initial, EASTER_CHILD, date(2026, 3, 25))


@pytest.fixture
def review_case(review):
    walk = Walk(review, SECOND_REVIEW, date(2026, 4, 24))
    walk.day(date(2026, 6, 12))
    return walk


def to_the_signatures(walk):
    walk.do("initiate_pep", "allocate_caseworker", "complete_education_sections",
            "record_child_views", "complete_social_work_sections", "hold_pep_meeting",
            "set_targets_and_actions")


def test_from_coming_into_care_to_a_plan_in_force(initial_case):
    walk = initial_case
    assert walk.open == {"initiate_pep"}
    walk.do("initiate_pep", "allocate_caseworker")
    assert walk.open == {"complete_social_work_sections", "complete_education_sections",
                         "record_child_views"}
    walk.do("record_child_views", "complete_social_work_sections")
    assert walk.open == {"complete_education_sections"}
    walk.do("complete_education_sections", "hold_pep_meeting", "set_targets_and_actions")
    assert walk.open == set(BOTH)
    walk.do(*BOTH)
    walk.do("assure_quality", quality_rating="green")
    assert walk.called == [("pass_plan_on", None)]
    walk.do("hold_first_review")
    assert walk.called[-1] == ("open_next_review", None)
    assert walk.ended == "plan_in_force"


def test_an_amber_plan_goes_on_as_a_green_one_does(initial_case):
    to_the_signatures(initial_case)
    initial_case.do(*BOTH)
    initial_case.do("assure_quality", quality_rating="amber")
    assert initial_case.open == {"hold_first_review"}


@pytest.mark.parametrize("first_round", [BOTH, BOTH[::-1]])
@pytest.mark.parametrize("second_round", [BOTH, BOTH[::-1]])
def test_after_a_returned_plan_both_sign_again(initial_case, first_round, second_round):
    walk = initial_case
    to_the_signatures(walk)
    walk.do(*first_round)
    walk.do("assure_quality", quality_rating="red")
    assert walk.open == {"set_targets_and_actions"}
    walk.do("set_targets_and_actions", second_round[0])
    assert walk.open == {second_round[1]}
    walk.do(second_round[1])
    assert walk.open == {"assure_quality"}


def test_each_step_is_due_on_its_working_day_over_easter(initial_case):
    dues = {
        "initiate_pep": date(2026, 3, 26),
        "allocate_caseworker": date(2026, 3, 30),
        "complete_social_work_sections": date(2026, 4, 1),
        "complete_education_sections": date(2026, 4, 2),
        "record_child_views": date(2026, 4, 2),
        "hold_pep_meeting": date(2026, 4, 7),
        "set_targets_and_actions": date(2026, 4, 8),
        "sign_off_teacher": date(2026, 4, 9),
        "sign_off_social_worker": date(2026, 4, 10),
        "hold_first_review": date(2026, 4, 24),
    }
    assert {element: initial_case.due(element) for element in dues} == dues


def test_quality_is_due_three_working_days_after_both_have_signed(initial_case):
    initial_case.day(date(2026, 4, 2))
    assert initial_case.due("assure_quality") == date(2026, 4, 9)


def test_a_plan_that_is_not_prepared_in_time_is_told_and_explained(initial_case):
    walk = initial_case
    walk.do("initiate_pep")
    assert walk.waits_until("ten_working_days_over") == date(2026, 4, 11)
    walk.day(date(2026, 4, 10))
    assert walk.open == {"allocate_caseworker"}
    walk.day(date(2026, 4, 11))
    assert walk.called == [("escalate", "virtual_school")]
    assert walk.open == {"allocate_caseworker", "explain_delay"}
    assert walk.due("explain_delay") == date(2026, 4, 14)
    walk.do("explain_delay")
    assert walk.open == {"allocate_caseworker"}
    assert walk.ended is None


def test_a_plan_that_both_signed_in_time_is_not_told(initial_case):
    to_the_signatures(initial_case)
    initial_case.do(*BOTH)
    initial_case.facts_now["plan_prepared"] = True
    initial_case.day(date(2026, 4, 11))
    assert initial_case.called == []
    assert initial_case.open == {"assure_quality"}


def test_a_returned_plan_stays_prepared(initial_case):
    to_the_signatures(initial_case)
    initial_case.do(*BOTH)
    initial_case.facts_now["plan_prepared"] = True
    initial_case.do("assure_quality", quality_rating="red")
    initial_case.day(date(2026, 4, 11))
    assert initial_case.open == {"set_targets_and_actions"}


def test_a_corrected_placement_date_moves_what_is_watched(initial_case):
    initial_case.facts_now["placement_start"] = date(2026, 3, 30)
    assert initial_case.waits_until("ten_working_days_over") == date(2026, 4, 16)


def test_a_review_sleeps_until_thirty_working_days_before_its_limit(review):
    walk = Walk(review, SECOND_REVIEW, date(2026, 4, 24))
    assert walk.open == set()
    assert walk.waits_until("review_comes_due") == date(2026, 6, 12)
    walk.day(date(2026, 6, 11))
    assert walk.open == set()
    walk.day(date(2026, 6, 12))
    assert walk.open == {"confirm_review_date"}
    assert walk.due("confirm_review_date") == date(2026, 6, 26)


def to_the_meeting(walk, all_on_track):
    walk.do("confirm_review_date", "update_social_work_sections", "record_child_views")
    walk.do("judge_progress", all_on_track=all_on_track)


def test_from_the_review_date_to_an_updated_plan(review_case):
    walk = review_case
    walk.do("confirm_review_date")
    assert walk.open == {"update_social_work_sections", "judge_progress", "record_child_views"}
    walk.do("update_social_work_sections", "record_child_views")
    walk.do("judge_progress", all_on_track="yes")
    assert walk.open == {"hold_review_meeting"}
    walk.do("hold_review_meeting", "revise_targets", *BOTH)
    walk.do("assure_quality", quality_rating="green")
    assert walk.open == {"hold_statutory_review"}
    walk.do("hold_statutory_review")
    assert walk.called == [("pass_plan_on", None), ("open_next_review", None)]
    assert walk.ended == "plan_updated"


def test_a_young_person_who_is_not_on_track_agrees_the_way_forward(review_case):
    to_the_meeting(review_case, "no")
    assert review_case.open == {"agree_way_forward"}
    review_case.do("agree_way_forward")
    assert review_case.open == {"hold_review_meeting"}


def test_a_returned_review_plan_is_revised_and_signed_again(review_case):
    to_the_meeting(review_case, "yes")
    review_case.do("hold_review_meeting", "revise_targets", *BOTH)
    review_case.do("assure_quality", quality_rating="red")
    review_case.do("revise_targets", "sign_off_teacher")
    assert review_case.open == {"sign_off_social_worker"}
    review_case.do("sign_off_social_worker")
    assert review_case.open == {"assure_quality"}


def test_dates_of_a_review_count_back_from_the_planned_day(review_case):
    dues = {
        "update_social_work_sections": date(2026, 7, 1),
        "judge_progress": date(2026, 7, 3),
        "record_child_views": date(2026, 7, 3),
        "agree_way_forward": date(2026, 7, 7),
        "hold_review_meeting": date(2026, 7, 8),
        "revise_targets": date(2026, 7, 13),
        "sign_off_teacher": date(2026, 7, 14),
        "sign_off_social_worker": date(2026, 7, 15),
        "assure_quality": date(2026, 7, 17),
        "hold_statutory_review": date(2026, 7, 24),
    }
    assert {element: review_case.due(element) for element in dues} == dues


def test_a_plan_that_is_not_passed_on_before_the_review_is_told_and_explained(review_case):
    to_the_meeting(review_case, "yes")
    assert review_case.waits_until("review_is_here") == date(2026, 7, 22)
    review_case.day(date(2026, 7, 22))
    assert review_case.called == [("escalate", "virtual_school")]
    assert review_case.open == {"hold_review_meeting", "explain_delay"}


def test_a_plan_that_was_passed_on_before_the_review_is_not_told(review_case):
    to_the_meeting(review_case, "yes")
    review_case.do("hold_review_meeting", "revise_targets", *BOTH)
    review_case.do("assure_quality", quality_rating="green")
    review_case.facts_now["plan_passed"] = True
    review_case.day(date(2026, 7, 22))
    assert review_case.called == [("pass_plan_on", None)]
    assert review_case.open == {"hold_statutory_review"}
