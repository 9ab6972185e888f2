"""Both procedures walked step by step, as cases go through them."""

import re
from datetime import date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from engine.spiff import Flow, compile_procedure, due_of, timer_due
from workflows.calendar import Calendar
from workflows.pep.domain import vocabulary
from workflows.pep.quality import JUDGED, WITH_THE_TARGETS
from workflows.pep.record import PLACES

LONDON = ZoneInfo("Europe/London")
EASTER_CHILD = {
    "looked_after_since": date(2026, 3, 25),
    "placement_start": date(2026, 3, 25),
    "plan_from": date(2026, 3, 25),
    "plan_due": date(2026, 4, 10),
    "review_limit": date(2026, 4, 24),
    "plan_prepared": False,
    "plan_passed": False,
    "returned_sections": ["targets"],
    "planned_placement": False,
    "review_held": False,
    "review_date": date(2026, 4, 24),
    "age_today": 9,
    "birth_date": date(2016, 5, 4),
    "short_breaks": False,
    "school_open_in_time": True,
    "has_school_place": True,
    "school_place_by": date(2026, 4, 30),
}
SECOND_REVIEW = {
    "review_limit": date(2026, 7, 24),
    "review_date": date(2026, 7, 22),
    "plan_prepared": False,
    "plan_passed": False,
    "returned_sections": ["targets"],
    "plan_is_interim": False,
    "review_held": False,
    "age_today": 9,
    "short_breaks": False,
}
MEETING = date(2026, 4, 7)
GIVEN = {
    "initiate_pep": {"care_plan_reference": "C-1", "disrupts_key_stage_4": "no"},
    "allocate_caseworker": {"caseworker": "someone"},
    "complete_social_work_sections": {"parental_responsibility": "the council"},
    "update_social_work_sections": {"parental_responsibility": "the council"},
    "record_carer_view": {"carers_view": "as told"},
    "complete_education_sections": {"arrangement_statement": "full time"},
    "record_child_views": {"views_given": "in_person"},
    "convene_meeting": {"meeting_planned_on": MEETING, "meeting_place": "library"},
    "fix_meeting": {"meeting_planned_on": date(2026, 7, 8), "meeting_place": "library"},
    "hold_pep_meeting": {"meet_again": "no"},
    "hold_review_meeting": {"meet_again": "no"},
    "collect_progress": {"attendance_percent": 94.0},
    "judge_progress": {"all_on_track": "yes", "delivered": "yes"},
    "revise_targets": {"agreed_with_child": "yes"},
    "decide_pupil_premium": {"premium_decision": "granted"},
    "distribute_copies": {"filed_on": date(2026, 4, 30)},
    "plan_key_stage_4_move": {"move_is_emergency": "no"},
}
"""What a story need not say: of the answers to each step, those that the diagrams ask for."""
REVIEWS = {"hold_first_review", "hold_statutory_review"}
BOTH = ("sign_off_teacher", "sign_off_social_worker")


@cache
def compiled_once(name, files):
    return compile_procedure(dict(files), vocabulary(), name)


class Walk:
    """One case of a procedure, its facts set by the story, its calls to the domain noted."""

    calendar = Calendar()

    def __init__(self, folder, facts, today):
        self.facts_now = dict(facts)
        self.called = []
        self.chased = []
        self._procedure = compiled_once(folder.name, tuple(folder.files.items()))
        self._today = today
        self._flow = Flow.start(self._procedure, self)

    @property
    def now(self):
        return datetime.combine(self._today, time(9), LONDON)

    def facts(self, names):
        return {name: self.facts_now[name] for name in names if name in self.facts_now}

    def perform(self, call):
        process = self._procedure.elements[call.element].process
        told = self.chased if process.endswith("-chasing") else self.called
        told.append((call.name, call.to))
        return {}

    @property
    def open(self):
        """Of the work on the plan; the review is open beside it from the first day on."""
        return {task.element for task in self._flow.open_tasks} - REVIEWS

    @property
    def review_is_open(self):
        return any(task.element in REVIEWS for task in self._flow.open_tasks)

    @property
    def ended(self):
        return self._flow.ended

    def do(self, *steps, **outcomes):
        for step in steps:
            (task,) = [task for task in self._flow.open_tasks if task.element == step]
            self._flow.complete(task.token, {**GIVEN.get(step, {}), **outcomes}, self)

    def day(self, day):
        """Let the day begin: what waited for it, or for a day before, goes on."""
        self._today = day
        while due := [each for each in self._flow.timers if self.waits_until(each.element) <= day]:
            self._flow.fire(due[0].token, self)

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


def to_gathering(walk, disrupts="no"):
    walk.do("initiate_pep", disrupts_key_stage_4=disrupts)
    walk.do("allocate_caseworker")


def gather(walk):
    walk.do("convene_meeting", "complete_education_sections", "record_child_views",
            "record_carer_view", "complete_social_work_sections")


def to_the_signatures(walk):
    to_gathering(walk)
    gather(walk)
    walk.do("hold_pep_meeting", "set_targets_and_actions")


def test_from_coming_into_care_to_a_plan_in_force(initial_case):
    walk = initial_case
    assert walk.open == {"initiate_pep"}
    to_gathering(walk)
    assert walk.called == [("tell_of_new_case", None)]
    assert walk.open == {"complete_social_work_sections", "complete_education_sections",
                         "record_child_views", "record_carer_view", "convene_meeting"}
    gather(walk)
    assert walk.open == {"hold_pep_meeting"}
    walk.do("hold_pep_meeting", "set_targets_and_actions")
    assert walk.open == set(BOTH)
    walk.do(*BOTH)
    walk.do("assure_quality", quality_rating="green")
    assert walk.open == {"decide_pupil_premium"}
    assert walk.called[-1] == ("pass_plan_on", None)
    walk.do("hold_first_review", review_outcome="content")
    assert walk.called[-1] == ("open_next_review", None)
    assert walk.open == {"distribute_copies", "decide_pupil_premium"}
    walk.do("distribute_copies")
    assert walk.ended is None
    walk.do("decide_pupil_premium")
    assert walk.ended == "plan_in_force"


def test_short_breaks_and_grown_up_people_need_no_plan(initial):
    for facts in ({"short_breaks": True}, {"age_today": 18}):
        walk = Walk(initial, {**EASTER_CHILD, **facts}, date(2026, 3, 25))
        assert walk.ended == "not_in_scope"


def test_a_case_of_a_two_year_old_waits_for_the_third_birthday(initial):
    facts = {**EASTER_CHILD, "age_today": 2, "birth_date": date(2023, 5, 4),
             "plan_from": date(2026, 5, 4), "plan_due": date(2026, 5, 18),
             "review_limit": date(2026, 7, 24), "review_date": date(2026, 7, 24)}
    walk = Walk(initial, facts, date(2026, 3, 25))
    assert walk.open == set()
    assert walk.waits_until("third_birthday") == date(2026, 5, 4)
    walk.day(date(2026, 5, 4))
    assert walk.open == {"initiate_pep"}
    assert walk.due("initiate_pep") == date(2026, 5, 5)
    assert (walk.called, walk.chased) == ([], [])


def test_in_school_holidays_the_virtual_school_makes_an_interim_plan(initial):
    walk = Walk(initial, {**EASTER_CHILD, "school_open_in_time": False}, date(2026, 3, 25))
    to_gathering(walk)
    assert walk.open == {"make_plan_in_holidays"}
    walk.do("make_plan_in_holidays", "sign_interim_plan")
    assert walk.open == {"decide_pupil_premium"}
    assert walk.called[-1] == ("pass_plan_on", None)


def test_after_an_interim_plan_the_next_review_begins_with_the_term(review):
    facts = {**SECOND_REVIEW, "plan_is_interim": True, "term_begins": date(2026, 5, 5)}
    assert Walk(review, facts, date(2026, 4, 24)).waits_until("review_comes_due") == date(
        2026, 5, 5)


def test_a_child_without_a_school_place_gets_one_while_the_plan_goes_on(initial):
    walk = Walk(initial, {**EASTER_CHILD, "has_school_place": False}, date(2026, 3, 25))
    to_gathering(walk)
    assert {"arrange_interim_education", "secure_school_place", "convene_meeting"} <= walk.open
    assert walk.due("secure_school_place") == date(2026, 4, 30)
    walk.do("arrange_interim_education")
    walk.facts_now["plan_passed"] = walk.facts_now["plan_prepared"] = True
    walk.facts_now["review_held"] = True
    walk.day(date(2026, 5, 1))
    assert ("escalate", "manager") in walk.called
    assert {"ask_for_direction", "secure_school_place"} <= walk.open
    walk.do("ask_for_direction", "secure_school_place")
    assert "secure_school_place" not in walk.open


def test_a_case_does_not_end_while_the_child_has_no_school(initial):
    walk = Walk(initial, {**EASTER_CHILD, "has_school_place": False}, date(2026, 3, 25))
    to_the_signatures(walk)
    walk.do(*BOTH)
    walk.do("assure_quality", quality_rating="green")
    walk.do("decide_pupil_premium")
    walk.do("hold_first_review", review_outcome="content")
    walk.do("distribute_copies", "arrange_interim_education")
    assert walk.open == {"secure_school_place"}
    walk.do("secure_school_place")
    assert walk.ended == "plan_in_force"


@pytest.mark.parametrize(
    ("decision", "told"), [("approved", []), ("refused", [("tell", "social_worker")])]
)
def test_a_move_in_key_stage_4_is_decided_and_a_refusal_reaches_the_social_worker(
    initial_case, decision, told
):
    to_gathering(initial_case, disrupts="yes")
    assert "plan_key_stage_4_move" in initial_case.open
    initial_case.do("plan_key_stage_4_move")
    before = len(initial_case.called)
    initial_case.do("decide_key_stage_4_move", move_decision=decision)
    assert initial_case.called[before:] == told
    assert "decide_key_stage_4_move" not in initial_case.open
    assert "convene_meeting" in initial_case.open


def test_a_child_who_had_to_move_in_an_emergency_is_not_kept_waiting(initial_case):
    to_gathering(initial_case, disrupts="yes")
    initial_case.do("plan_key_stage_4_move", move_is_emergency="yes")
    assert "record_emergency_move" in initial_case.open
    assert initial_case.due("record_emergency_move") == date(2026, 4, 1)


def test_nobody_is_asked_about_key_stage_4_before_it(initial_case):
    """The question is hidden then, so its answer is not there."""
    initial_case.do("initiate_pep", disrupts_key_stage_4=None)
    initial_case.do("allocate_caseworker")
    assert "plan_key_stage_4_move" not in initial_case.open


def test_a_meeting_that_was_not_complete_is_held_again_on_another_day(initial_case):
    to_gathering(initial_case)
    gather(initial_case)
    assert initial_case.due("hold_pep_meeting") == MEETING
    initial_case.do("hold_pep_meeting", meet_again="yes", meeting_planned_on=date(2026, 4, 9))
    assert initial_case.open == {"hold_pep_meeting"}
    assert initial_case.due("hold_pep_meeting") == date(2026, 4, 9)
    initial_case.do("hold_pep_meeting", meet_again="no")
    assert initial_case.open == {"set_targets_and_actions"}


def test_quality_assurance_never_makes_a_plan_late_for_its_review(initial_case):
    to_the_signatures(initial_case)
    initial_case.do(*BOTH)
    initial_case.facts_now["plan_prepared"] = True
    assert initial_case.waits_until("quality_is_late") == date(2026, 4, 21)
    initial_case.day(date(2026, 4, 21))
    assert initial_case.open == {"decide_pupil_premium"}
    assert ("pass_plan_on", None) in initial_case.called


@pytest.mark.parametrize(
    ("outcome", "then"),
    [("changes", {"make_review_changes"}), ("no_plan", set()),
     ("dispute", {"resolve_dispute"}), ("content", set())],
)
def test_what_the_reviewing_officer_says_of_the_plan_is_followed(initial_case, outcome, then):
    to_the_signatures(initial_case)
    initial_case.do(*BOTH)
    initial_case.do("assure_quality", quality_rating="amber")
    initial_case.do("decide_pupil_premium")
    initial_case.do("hold_first_review", review_outcome=outcome)
    assert initial_case.open == (then or {"distribute_copies"})
    initial_case.do(*then, "distribute_copies")
    assert initial_case.ended == "plan_in_force"


def test_the_review_is_held_in_time_though_the_plan_is_late(initial_case):
    walk = initial_case
    assert walk.review_is_open
    to_the_signatures(walk)
    walk.do("hold_first_review", review_outcome="no_plan")
    assert walk.open == set(BOTH)
    assert ("open_next_review", None) not in walk.called
    walk.do(*BOTH)
    walk.do("assure_quality", quality_rating="green")
    assert walk.called[-1] == ("open_next_review", None)
    assert walk.open == {"distribute_copies", "decide_pupil_premium"}


def test_an_amber_plan_goes_on_as_a_green_one_does(initial_case):
    to_the_signatures(initial_case)
    initial_case.do(*BOTH)
    initial_case.do("assure_quality", quality_rating="amber")
    assert initial_case.open == {"decide_pupil_premium"}


@pytest.mark.parametrize("first_round", [BOTH, BOTH[::-1]])
@pytest.mark.parametrize("second_round", [BOTH, BOTH[::-1]])
def test_after_a_returned_plan_both_sign_again(initial_case, first_round, second_round):
    walk = initial_case
    to_the_signatures(walk)
    walk.do(*first_round)
    walk.do("assure_quality", quality_rating="red")
    assert walk.open == {"correct_targets_and_actions"}
    walk.do("correct_targets_and_actions", second_round[0])
    assert walk.open == {second_round[1]}
    walk.do(second_round[1])
    assert walk.open == {"assure_quality"}


SOCIAL_WORK, EDUCATION, TARGETS = ("correct_social_work_sections", "correct_education_sections",
                                   "correct_targets_and_actions")
GOES_BACK = [
    (["identity"], {SOCIAL_WORK}),
    (["changes", "needs"], {SOCIAL_WORK, EDUCATION}),
    (["attainment", "support"], {EDUCATION}),
    (["actions"], {TARGETS}),
    (["views"], {TARGETS}),
    (["what_works"], {SOCIAL_WORK, EDUCATION, TARGETS}),
]


@pytest.mark.parametrize(("red", "again"), [*GOES_BACK, (["chronology"], {SOCIAL_WORK, EDUCATION})])
def test_what_was_red_is_done_again_by_whoever_writes_it(initial_case, red, again):
    to_the_signatures(initial_case)
    initial_case.do(*BOTH)
    was_red(initial_case, red, again)


@pytest.mark.parametrize(("red", "again"), [*GOES_BACK, (["chronology"], {EDUCATION})])
def test_what_was_red_in_a_review_is_done_again_by_whoever_writes_it(review_case, red, again):
    to_the_meeting(review_case, "yes")
    to_the_quality(review_case)
    was_red(review_case, red, again)


def was_red(walk, red, again):
    """All at the same time, and nobody signs before all of it is there; a second round likewise."""
    walk.facts_now["returned_sections"] = red
    for _ in range(2):
        walk.do("assure_quality", quality_rating="red")
        for step in sorted(again):
            assert step in walk.open
            assert not walk.open & set(BOTH)
            walk.do(step)
        assert walk.open == set(BOTH)
        walk.do(*BOTH)
    walk.do("assure_quality", quality_rating="green")
    assert walk.open == {"decide_pupil_premium"}


@pytest.mark.parametrize(("day", "due"), [
    (date(2026, 4, 10), date(2026, 4, 17)),
    (date(2026, 4, 20), date(2026, 4, 23)),
    (date(2026, 4, 24), date(2026, 4, 27)),
])
def test_what_was_returned_is_due_in_five_working_days_and_before_the_review(
    initial_case, day, due
):
    initial_case.day(day)
    assert initial_case.due("correct_social_work_sections") == due


def test_every_section_that_can_be_red_goes_back_to_someone(pep):
    (chart,) = (each for name, each in pep.flowcharts.items() if name.endswith("-correction"))
    asked = " ".join("".join(each.itertext()) for each in chart.root.iter("{*}conditionExpression"))
    assert {key for key in JUDGED if f'"{key}" in returned_sections' in asked} == set(JUDGED)


def test_who_corrects_a_section_is_asked_something_of_it(pep):
    (chart,) = (each for name, each in pep.flowcharts.items() if name.endswith("-correction"))
    for flow in chart.root.iter("{*}sequenceFlow"):
        condition = "".join(flow.itertext())
        if "returned_sections" in condition:
            form = chart.elements[flow.get("targetRef")].form
            written = {PLACES[each.path].section for each in pep.forms[form].inputs()
                       if each.path in PLACES}
            named = set(re.findall(r'"(\w+)" in', condition))
            assert named - WITH_THE_TARGETS <= written, flow.get("id")


def test_each_step_is_due_on_its_working_day_over_easter(initial_case):
    dues = {
        "initiate_pep": date(2026, 3, 26),
        "allocate_caseworker": date(2026, 3, 30),
        "complete_social_work_sections": date(2026, 4, 1),
        "complete_education_sections": date(2026, 4, 2),
        "record_child_views": date(2026, 4, 2),
        "record_carer_view": date(2026, 4, 2),
        "convene_meeting": date(2026, 4, 1),
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
    walk.do("initiate_pep", disrupts_key_stage_4="no")
    assert walk.waits_until("two_days_left") == date(2026, 4, 8)
    walk.day(date(2026, 4, 10))
    assert walk.waits_until("ten_working_days_over") == date(2026, 4, 11)
    assert walk.open == {"allocate_caseworker"}
    assert walk.called[1:] == [("remind_of_signatures", None)]
    walk.day(date(2026, 4, 11))
    assert walk.open == {"allocate_caseworker", "explain_delay"}
    assert walk.due("explain_delay") == date(2026, 4, 14)
    walk.do("explain_delay")
    assert walk.open == {"allocate_caseworker"}
    assert walk.ended is None


def test_a_late_plan_climbs_the_ladder_until_it_is_prepared(initial_case):
    walk = initial_case
    walk.do("initiate_pep", disrupts_key_stage_4="no")
    for day in (8, 11, 14, 16):
        walk.day(date(2026, 4, day))
    told = [each for each in walk.called if each[0] == "escalate"]
    assert told == [("escalate", "team_manager"), ("escalate", "virtual_school")]
    walk.facts_now["plan_prepared"] = True
    walk.day(date(2026, 4, 20))
    assert [each for each in walk.called if each == ("escalate", "manager")] == []


def test_a_planned_placement_that_begins_without_a_plan_is_told(initial):
    walk = Walk(initial, {**EASTER_CHILD, "planned_placement": True}, date(2026, 3, 25))
    walk.day(date(2026, 3, 25))
    assert ("tell", "social_worker") in walk.called


def test_a_plan_that_both_signed_in_time_is_not_told(initial_case):
    to_the_signatures(initial_case)
    initial_case.do(*BOTH)
    initial_case.facts_now["plan_prepared"] = True
    initial_case.day(date(2026, 4, 8))
    initial_case.day(date(2026, 4, 11))
    assert initial_case.called == [("tell_of_new_case", None)]
    assert initial_case.open == {"assure_quality"}


def test_a_returned_plan_stays_prepared(initial_case):
    to_the_signatures(initial_case)
    initial_case.do(*BOTH)
    initial_case.facts_now["plan_prepared"] = True
    initial_case.do("assure_quality", quality_rating="red")
    initial_case.day(date(2026, 4, 11))
    assert initial_case.open == {"correct_targets_and_actions"}


def test_a_corrected_placement_date_moves_what_is_watched(initial_case):
    initial_case.facts_now["plan_due"] = date(2026, 4, 15)
    assert initial_case.waits_until("two_days_left") == date(2026, 4, 13)


def test_whatever_is_missing_is_chased_and_then_told_to_the_next_level(initial_case):
    walk = initial_case
    walk.day(date(2026, 3, 27))
    assert walk.chased == [("tell", "social_worker")]
    walk.day(date(2026, 3, 30))
    assert walk.chased[1:] == [("tell", "social_worker"), ("escalate", "team_manager")]
    walk.do("initiate_pep", "allocate_caseworker", "complete_social_work_sections")
    walk.day(date(2026, 4, 3))
    assert set(walk.chased[3:]) == {("tell", "social_worker"), ("tell", "designated_teacher"),
                                    ("tell", "virtual_school"), ("escalate", "virtual_school")}


def test_nobody_who_has_done_their_part_is_chased(initial_case):
    to_the_signatures(initial_case)
    for day in range(26, 32):
        initial_case.day(date(2026, 3, day))
    for day in range(1, 11):
        initial_case.day(date(2026, 4, day))
    assert initial_case.chased == []


def test_for_an_interim_plan_nobody_is_chased_for_the_full_one(initial):
    walk = Walk(initial, {**EASTER_CHILD, "school_open_in_time": False}, date(2026, 3, 25))
    to_gathering(walk)
    for day in (1, 2, 3, 7, 8):
        walk.day(date(2026, 4, day))
    assert walk.chased == []


def test_a_planned_placement_has_its_track_before_the_child_moves(initial):
    facts = {**EASTER_CHILD, "planned_placement": True, "placement_start": date(2026, 3, 25),
             "plan_due": date(2026, 3, 24)}
    walk = Walk(initial, facts, date(2026, 3, 10))
    assert walk.due("initiate_pep") == date(2026, 3, 11)
    assert walk.due("complete_education_sections") == date(2026, 3, 18)
    assert walk.due("sign_off_social_worker") == date(2026, 3, 24)


def test_a_case_that_begins_late_gives_everyone_at_least_the_next_working_day(initial):
    walk = Walk(initial, EASTER_CHILD, date(2026, 4, 9))
    assert walk.due("complete_social_work_sections") == date(2026, 4, 10)
    assert walk.due("set_targets_and_actions") == date(2026, 4, 10)
    assert walk.due("sign_off_social_worker") == date(2026, 4, 10)


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
    walk.do("confirm_review_date")
    walk.do("fix_meeting", "update_social_work_sections", "record_child_views",
            "record_carer_view", "collect_progress")
    walk.do("judge_progress", all_on_track=all_on_track)


def to_the_quality(walk):
    walk.do("hold_review_meeting", "revise_targets", *BOTH)


def test_from_the_review_date_to_an_updated_plan(review_case):
    walk = review_case
    walk.do("confirm_review_date")
    assert walk.open == {"update_social_work_sections", "record_carer_view", "collect_progress",
                         "record_child_views", "fix_meeting"}
    walk.do("fix_meeting", "update_social_work_sections", "record_child_views",
            "record_carer_view", "collect_progress", "judge_progress")
    assert walk.open == {"hold_review_meeting"}
    to_the_quality(walk)
    walk.do("assure_quality", quality_rating="green")
    assert walk.open == {"decide_pupil_premium"}
    walk.do("decide_pupil_premium")
    walk.do("hold_statutory_review", review_outcome="content")
    assert walk.called == [("pass_plan_on", None), ("open_next_review", None)]
    walk.do("distribute_copies")
    assert walk.ended == "plan_updated"


def test_a_young_person_who_is_not_on_track_agrees_the_way_forward(review_case):
    to_the_meeting(review_case, "no")
    assert review_case.open == {"agree_way_forward"}
    review_case.do("agree_way_forward")
    assert review_case.open == {"hold_review_meeting"}


def test_a_returned_review_plan_is_revised_and_signed_again(review_case):
    to_the_meeting(review_case, "yes")
    to_the_quality(review_case)
    review_case.do("assure_quality", quality_rating="red")
    review_case.do("correct_targets_and_actions", "sign_off_teacher")
    assert review_case.open == {"sign_off_social_worker"}
    review_case.do("sign_off_social_worker")
    assert review_case.open == {"assure_quality"}


def test_dates_of_a_review_count_back_from_the_planned_day(review_case):
    dues = {
        "update_social_work_sections": date(2026, 7, 1),
        "fix_meeting": date(2026, 6, 17),
        "collect_progress": date(2026, 7, 2),
        "judge_progress": date(2026, 7, 3),
        "record_child_views": date(2026, 7, 3),
        "agree_way_forward": date(2026, 7, 7),
        "revise_targets": date(2026, 7, 13),
        "sign_off_teacher": date(2026, 7, 14),
        "sign_off_social_worker": date(2026, 7, 15),
        "assure_quality": date(2026, 7, 16),
        "hold_statutory_review": date(2026, 7, 24),
    }
    assert {element: review_case.due(element) for element in dues} == dues


def test_a_plan_that_is_not_passed_on_before_the_review_is_told_and_explained(review_case):
    to_the_meeting(review_case, "yes")
    review_case.day(date(2026, 7, 8))
    assert review_case.waits_until("review_is_here") == date(2026, 7, 22)
    review_case.day(date(2026, 7, 15))
    review_case.day(date(2026, 7, 17))
    assert review_case.called == [("remind_of_signatures", None), ("escalate", "virtual_school"),
                                  ("escalate", "reviewing_officer")]
    review_case.day(date(2026, 7, 22))
    assert review_case.open == {"hold_review_meeting", "explain_delay"}


def test_a_plan_that_was_passed_on_before_the_review_is_not_told(review_case):
    to_the_meeting(review_case, "yes")
    to_the_quality(review_case)
    review_case.do("assure_quality", quality_rating="green")
    review_case.facts_now["plan_prepared"] = review_case.facts_now["plan_passed"] = True
    for day in (8, 15, 17, 22):
        review_case.day(date(2026, 7, day))
    assert review_case.called == [("pass_plan_on", None)]
    assert review_case.open == {"decide_pupil_premium"}


def test_a_review_brought_forward_leaves_a_working_day_for_each_step_and_chases_nobody_yet(review):
    """Seven working days are left: no task is late on the day on which it opens."""
    facts = {**SECOND_REVIEW, "review_date": date(2026, 6, 23), "review_limit": date(2026, 6, 23)}
    walk = Walk(review, facts, date(2026, 6, 12))
    walk.day(date(2026, 6, 12))
    walk.do("confirm_review_date")
    for step in ("update_social_work_sections", "collect_progress", "fix_meeting",
                 "record_child_views", "revise_targets"):
        assert walk.due(step) == date(2026, 6, 15)
    assert walk.chased == []
    walk.day(date(2026, 6, 15))
    assert ("tell", "social_worker") in walk.chased


def test_a_date_that_is_not_fixed_is_told_to_the_managers(review):
    walk = Walk(review, SECOND_REVIEW, date(2026, 4, 24))
    walk.day(date(2026, 6, 12))
    walk.day(date(2026, 6, 27))
    assert walk.called == [("escalate", "manager")]
    assert walk.open == {"confirm_review_date"}


def test_provision_that_was_not_delivered_is_told_to_the_virtual_school(review):
    walk = Walk(review, SECOND_REVIEW, date(2026, 4, 24))
    walk.day(date(2026, 6, 12))
    walk.do("confirm_review_date", "fix_meeting", "update_social_work_sections",
            "record_child_views", "record_carer_view", "collect_progress")
    walk.do("judge_progress", delivered="no")
    walk.day(date(2026, 7, 8))
    assert walk.chased == [("tell", "virtual_school")]


def test_the_review_after_an_interim_plan_meets_in_the_first_ten_days_of_term(review):
    facts = {**SECOND_REVIEW, "plan_is_interim": True, "term_begins": date(2026, 5, 5)}
    walk = Walk(review, facts, date(2026, 4, 24))
    walk.day(date(2026, 5, 5))
    assert walk.due("confirm_review_date") == date(2026, 5, 7)
    assert walk.due("fix_meeting") == date(2026, 5, 12)
