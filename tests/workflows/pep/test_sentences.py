"""The procedure's sentences at work: one child lives through both procedures, on the real diagrams.

Robin comes into care on Wednesday 25 March 2026, in Year 6, with an EHC plan and a Pastoral Support
Plan; the plan is in force after the review of 24 April, and the next review's plan is made from 12
June on, whose quality nobody assures in time. Whoever does a step sends it off with nothing in it
first. The README of workflows/pep names these tests, each for its sentence.
"""

import re
import shutil
from dataclasses import dataclass

import pytest
from beginning import AUDIT_KEY, MORNING
from sqlalchemy import select

from engine.clock import FixedClock
from engine.errors import AnswersInvalid
from engine.forms import read_answers, settled
from engine.store.database import Database
from engine.store.models import Case, Outbox
from engine.tasks import complete_task, task_form
from engine.work import Installation
from workflows.pep.domain import PepDomain
from workflows.pep.record import SECTIONS
from workflows.plan_page import plan_page

PLANS = ["ehcp", "pastoral"]
FIRST = (
    ("initiate_pep", "wilma"), ("allocate_caseworker", "vera"),
    ("complete_social_work_sections", "wilma"), ("complete_education_sections", "tara"),
    ("record_carer_view", "wilma"), ("convene_meeting", "vera"),
    ("record_child_views", "tara"), ("hold_pep_meeting", "vera"),
    ("set_targets_and_actions", "tara"),
)
REVIEW = (
    ("confirm_review_date", "rob"), ("update_social_work_sections", "wilma"),
    ("collect_progress", "tara"), ("record_carer_view", "wilma"), ("fix_meeting", "vera"),
    ("judge_progress", "tara"), ("record_child_views", "tara"), ("agree_way_forward", "tara"),
    ("hold_review_meeting", "vera"), ("revise_targets", "tara"),
)
SIGNED = (("sign_off_teacher", "tara"), ("sign_off_social_worker", "wilma"))
CHOSEN = {
    "initiate_pep": {"linked_plans": PLANS},
    "judge_progress": {"all_on_track": "no", "likely_to_meet": "unsure", "delivered": "partly"},
    "assure_quality": {"quality_rating": "green"},
}
TARGETS = ("set_targets_and_actions", "revise_targets")
EDUCATION = ("complete_education_sections", "collect_progress")
MEETINGS = ("hold_pep_meeting", "hold_review_meeting")
BOOKINGS = ("convene_meeting", "fix_meeting")
HOME = ("complete_social_work_sections", "update_social_work_sections")
SECOND = 3
"""The version of the next review's plan; the second holds what the first review decided."""
LAST = ("hold_first_review", "hold_statutory_review")


@dataclass(frozen=True)
class Step:
    """A step as it came to be done: in whose lane, what it asked, and what was known by then."""

    role: str
    form: object
    facts: dict

    def refuses(self, said, facts):
        """Places without whose answer it is not taken."""
        rows = {each.key: [{"id": "a row"}] for each in self.form.inputs() if each.kind == "list"}
        errors = read_answers(self.form, {**rows, **said}, {**self.facts, **facts}).errors
        return {self._path(key) for key in errors}

    def asks(self, facts):
        """Places that it offers without insisting on them."""
        for each in settled(self.form, {**self.facts, **facts}).inputs():
            yield from (each.path, *(cell.path for cell in each.fields))

    def _path(self, key):
        of_list, _, cell = re.sub(r"\[\d+\]", "", key).partition(".")
        field = self.form.input(of_list)
        return next(each.path for each in field.fields if each.key == cell) if cell else field.path


class Life:
    def __init__(self, council):
        self._council = council
        self.steps = {}
        """By element; of a step that both procedures have, a list in their order."""
        self.open_after = {}
        self.told = {}

    def do(self, case, element, who, **chosen):
        by, task = self._council.by(who), case.open()[element]
        asked = task_form(by, task.id)
        empty = {each.key: [{"id": "a row"}] for each in asked.form.inputs() if each.kind == "list"}
        with pytest.raises(AnswersInvalid):
            complete_task(by, task.id, empty)
        step = Step(task.role, asked.form, dict(asked.facts))
        self.steps.setdefault(element, []).append(step)
        case.do(element, who, **{**CHOSEN.get(element, {}), **chosen})
        self.open_after.setdefault(element, []).append({*case.open()} - {*LAST})

    def must(self, elements, paths, said=None, **facts):
        """None of these steps is taken without each of these answers."""
        for element, step in self._each(elements):
            assert set(paths.split()) <= step.refuses(said or {}, facts), element

    def may(self, elements, paths, **facts):
        for element, step in self._each(elements):
            assert set(paths.split()) <= set(step.asks(facts)), element

    def plan(self, number):
        """By section: places that the plan shows with an answer."""
        page = plan_page(self._council.by("vera"), self.child_id, lambda field_class: True, number)
        return {each.section.key: {answer.path for answer in each.answers}
                for each in page.sections}

    def holds(self, paths, numbers=(1, SECOND)):
        for number in numbers:
            assert set(paths.split()) <= set().union(*self.plan(number).values()), number

    def _each(self, elements):
        for element in [elements] if isinstance(elements, str) else elements:
            yield from ((element, step) for step in self.steps[element])


@pytest.fixture(scope="module")
def life(sqlite_template, tmp_path_factory, council_of):
    path = tmp_path_factory.mktemp("life") / "pepway.db"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    council = council_of(Installation(database, FixedClock(MORNING), PepDomain(), AUDIT_KEY))
    life = Life(council)
    case = council.start()
    life.child_id = case.child_id
    _live(life, case, FIRST)
    life.do(case, "assure_quality", "vera")
    _reviewed(life, case, "2026-04-24", "hold_first_review")
    following = case.next()
    with council.by("vera").begin(writing=False) as work:
        life.procedures = [work.session.get_one(Case, each.id).procedure
                           for each in (case, following)]
    council.move_to("2026-06-12")
    _live(life, following, REVIEW)
    council.move_to("2026-07-20")
    _reviewed(life, following, "2026-07-22", "hold_statutory_review")
    yield life
    database.engine.dispose()


def _live(life, case, steps):
    for element, name in (*steps, *SIGNED):
        life.do(case, element, name)


def _reviewed(life, case, day, review):
    life.told[review] = _told(case, "plan_passed_on")
    life.do(case, "decide_pupil_premium", "vera")
    case.council.move_to(day)
    life.do(case, review, "rob", review_held_on=day)
    life.do(case, "distribute_copies", "wilma")


def _told(case, kind):
    names = {person: name for name, person in case.council.people.items()}
    with case.council.by("vera").begin(writing=False) as work:
        rows = work.session.scalars(select(Outbox).where(Outbox.case_id == case.id,
                                                         Outbox.kind == kind))
        return {names[row.person_id] for row in rows}


def test_s1_a_child_in_care_gets_a_plan_that_says_something_in_each_section(life):
    for number in (1, SECOND):
        said = {key for key, paths in life.plan(number).items() if paths}
        assert said >= {*SECTIONS} - {"review"}, "the review comes after the plan"


def test_s2_the_plan_names_the_care_plan_and_other_plans_and_is_put_into_the_care_plan(life):
    life.must("initiate_pep", "care.care_plan_reference plans.linked")
    life.must("initiate_pep", "plans.ehcp_reference", {"linked_plans": ["ehcp"]})
    life.must("distribute_copies", "review.filed_on")
    life.holds("care.care_plan_reference plans.linked plans.ehcp_reference")


def test_s2b_what_a_pastoral_support_plan_says_is_taken_in_or_it_is_said_why_not(life):
    life.must(EDUCATION, "plans.pastoral_included")
    life.must(EDUCATION, "plans.pastoral_reason", {"pastoral_included": "no"})


def test_s3_when_the_care_plan_was_prepared_stands_in_the_plan(life):
    life.may("initiate_pep", "care.care_plan_prepared_on")
    life.holds("care.care_plan_prepared_on")


def test_s5_needs_in_skills_knowledge_subjects_and_experiences(life):
    needs = "needs.skills needs.knowledge needs.subjects needs.experiences"
    life.must(EDUCATION, f"{needs} needs.assessments[].kind needs.assessments[].on")
    life.holds(f"{needs} needs.assessments[]")


def test_s6_short_and_long_term_targets_agreed_with_the_child_and_the_carer(life):
    life.must(TARGETS, "targets[].text targets[].horizon targets_agreed.child targets_agreed.carer")
    for horizon in ("short", "long"):
        life.must(TARGETS, "targets[]", {"targets": [{"horizon": horizon}]})
    for said in ("partly", "no"):
        life.must(TARGETS, "targets_agreed.child_reason targets_agreed.carer_reason",
                  {"agreed_with_child": said, "agreed_with_carer": said})
    life.must("sign_off_teacher", "signoff.child.acknowledged")
    life.must("sign_off_social_worker", "signoff.carer.acknowledged")
    life.must("sign_off_teacher", "signoff.child.reason", {"child_acknowledged": "no"})
    life.must("sign_off_social_worker", "signoff.carer.reason", {"carer_acknowledged": "no"})
    life.holds("targets[] targets_agreed.child targets_agreed.carer")


def test_s7_actions_of_school_and_others_on_homework_tuition_and_study_support(life):
    life.must(TARGETS, "actions[].text actions[].kind actions[].milestones actions[].party "
              "actions[].due_on")
    for kind in ("homework", "tuition", "study_support"):
        life.must(TARGETS, f"actions_agreed.{kind}")
        life.must(TARGETS, f"actions_agreed.{kind}",
                  {f"{kind}_planned": "yes", "actions": [{"action_kind": "other"}]})
        life.must(TARGETS, f"actions_agreed.{kind}_reason", {f"{kind}_planned": "no"})
    life.holds("actions[] actions_agreed.homework needs.assessments[]")


def test_s8_how_progress_is_monitored_and_by_whom(life):
    life.must(EDUCATION, "attainment.monitoring attainment.monitored_by attainment.next_data_on")
    life.holds("attainment.monitoring attainment.monitored_by attainment.next_data_on")


def test_s9_interventions_for_each_target_and_at_the_end_of_key_stages_2_and_4(life):
    life.must(TARGETS, "interventions[].name interventions[].target interventions[].provider "
              "interventions[].intensity")
    life.must(TARGETS, "interventions[]",
              {"targets": [{"target_area": "maths"}], "interventions": [{"serves": "english"}]})
    life.must(TARGETS, "targets_agreed.ks2_english targets_agreed.ks2_maths "
              "interventions[].key_stage")
    for year in (10, 11):
        life.must(TARGETS, "targets_agreed.ks4_english targets_agreed.ks4_maths "
                  "targets_agreed.ks4_examinations interventions[].key_stage", school_year=year)
    life.holds("interventions[] targets_agreed.ks2_english targets_agreed.ks2_maths")


def test_s10_additional_support_and_the_ehc_plan_by_reference(life):
    life.must(EDUCATION, "support.needed support.ehcp_reference support.plans_work_together")
    life.must(EDUCATION, "support.additional[].what support.additional[].by "
              "support.additional[].state", {"support_needed": "yes"})
    life.must(EDUCATION, "support.plans_apart", {"plans_work_together": "no"})


def test_s11_mental_health_needs_and_what_is_done_about_them(life):
    life.must(EDUCATION, "support.mental_health_state")
    life.must(EDUCATION, "support.mental_health", {"mental_health_state": "in_place"})
    life.may(HOME, "support.sdq_score")


def test_s12_aspiration_confidence_and_longer_term_goals(life):
    life.must(TARGETS, "aspiration.nurtured")
    life.must(TARGETS, "aspiration.goals", {"goals_discussed": "yes"})
    life.must(TARGETS, "transition.post_16_offer transition.post_16_backup", school_year=11)
    life.holds("aspiration.nurtured aspiration.goals")


def test_s12b_goals_are_asked_about_from_year_5_on_and_when_they_are_not_yet(life):
    for year in (5, 8):
        life.must(TARGETS, "aspiration.discussed", school_year=year)
    life.must(TARGETS, "aspiration.discussion_started_on", {"goals_discussed": "yes"})
    life.must(TARGETS, "aspiration.discussion_planned", {"goals_discussed": "not_yet"})


def test_s12c_strengths_and_the_outcomes_that_the_child_wants(life):
    life.must(EDUCATION, "needs.strengths")
    for age in (6, 10, 15):
        life.must("record_child_views", "aspiration.outcomes", age_today=age)
    life.holds("needs.strengths aspiration.outcomes")


def test_s13_the_childs_views_on_progress_and_on_what_support_works(life):
    for age in (6, 10, 15):
        life.must("record_child_views", "views.child.progress views.child.support", age_today=age)
    life.must("record_child_views", "views.child.declined views.child.offered_by",
              {"views_given": "declined"})
    for before in ("convene_meeting", "judge_progress"):
        assert life.open_after[before] == [{"record_child_views"}], "no meeting begins without"
    assert life.open_after["record_child_views"] == [{"hold_pep_meeting"}, {"agree_way_forward"}]
    life.holds("views.child.progress views.child.support")


def test_s14_achievements_in_school_and_outside_it(life):
    life.must(EDUCATION, "achievements.academic achievements.wider attainment.subjects[].subject "
              "attainment.subjects[].current attainment.subjects[].expected")
    life.holds("achievements.academic achievements.wider attainment.subjects[]")


def test_s15_what_works_for_the_child_at_school_and_at_home(life):
    life.must(EDUCATION, "what_works.learning")
    life.may("initiate_pep", "identity.communication_needs")
    life.may("record_carer_view", "carer_role.at_home")
    life.holds("what_works.learning identity.communication_needs carer_role.at_home")


def test_s16_each_action_has_an_owner_and_the_school_signs(life):
    life.must(TARGETS, "actions[].owner")
    life.must("sign_off_teacher", "signoff.designated_teacher.agreed")


def test_s17_the_designated_teacher_sets_targets_monitors_and_says_what_was_done(life):
    for element in (*TARGETS, *EDUCATION, "judge_progress", "sign_off_teacher"):
        assert {step.role for step in life.steps[element]} == {"designated_teacher"}, element
    life.must("judge_progress", "progress.delivered")


def test_s18_where_when_and_how_people_meet_is_arranged_with_the_school(life):
    life.must(BOOKINGS, "meeting.place meeting.starts_at meeting.mode meeting.invited "
              "meeting.child_takes_part")
    life.must(MEETINGS, "arrangements.plan_review")
    life.holds("meeting.place meeting.mode arrangements.plan_review")


def test_s19_a_chronology_of_education_before_and_in_care(life):
    first, school = HOME[0], EDUCATION[0]
    life.must(first, "chronology.institutions[].name", {"institutions_found": "yes"})
    life.may(first, "chronology.institutions[].reason")
    life.must(first, "chronology.disruption", {"disruption_found": "yes"})
    life.must(first, "chronology.not_practicable", {"disruption_found": "no"})
    life.must(school, "chronology.assessments[].stage chronology.assessments[].result",
              {"assessments_found": "yes"})
    life.must(school, "chronology.attendance[].year chronology.attendance[].percent",
              {"attendance_found": "yes"})
    life.must(school, "chronology.conduct chronology.sen_history achievements.academic")
    life.must(EDUCATION, "education.attendance.percent chronology.conduct")
    life.may(EDUCATION, "chronology.suspensions[]")
    life.holds("chronology.institutions[] chronology.assessments[] chronology.attendance[] "
               "chronology.disruption chronology.sen_history")


def test_s20_arrangements_for_education_and_special_provision(life):
    life.must(EDUCATION, "arrangements.statement arrangements.hours arrangements.sen_provision "
              "arrangements.other_provision")
    life.holds("arrangements.statement arrangements.sen_provision arrangements.other_provision")


def test_s21_planned_changes_and_what_keeps_disruption_small(life):
    life.must(HOME, "changes.planned")
    life.must(HOME, "changes.reason changes.minimise_disruption", {"changes_planned": ["school"]})


def test_s22_leisure_interests(life):
    life.must(HOME, "leisure.interests leisure.support")
    life.holds("leisure.interests leisure.support")


def test_s23_what_carers_do_for_achievement_and_leisure(life):
    life.must(HOME, "placement.appropriate_person carer_role.achievement carer_role.leisure")
    life.may(HOME, "carer_role.others[] carer_role.others[].name carer_role.others[].part")
    life.must("record_carer_view", "views.carer")
    life.holds("carer_role.achievement carer_role.leisure views.carer")


def test_s24_the_pupil_premium_and_bursaries_are_described_and_talked_about(life):
    life.must(TARGETS, "pupil_premium.narrative")
    life.must(MEETINGS, "meeting.premium_discussed")
    life.must(MEETINGS, "meeting.bursary_discussed", school_year=12)
    life.must(TARGETS, "bursary.state", school_year=12)
    life.must(TARGETS, "bursary.applied_on", {"bursary_state": "applied"}, school_year=12)
    life.must("decide_pupil_premium", "pupil_premium.outcome")
    life.holds("pupil_premium.narrative meeting.premium_discussed")


def test_s25_who_takes_the_plan_forward_and_by_when(life):
    life.must(MEETINGS, "meeting.lead meeting.timescales")
    life.may(MEETINGS, "meeting.next_on")
    life.must(TARGETS, "actions[].due_on actions[].review_on")
    life.holds("meeting.lead meeting.timescales")


def test_s26_the_teacher_asks_other_staff_before_progress_is_judged(life):
    life.must("collect_progress", "progress.staff_asked attainment.subjects[].current "
              "education.attendance.percent")
    life.holds("progress.staff_asked", (SECOND,))


def test_s27_whether_teaching_and_interventions_work(life):
    life.must("judge_progress", "progress.strategies_achievement progress.strategies_wellbeing "
              "progress.evidence")
    life.holds("progress.strategies_achievement progress.strategies_wellbeing", (SECOND,))


def test_s28_whether_the_targets_are_likely_to_be_met(life):
    life.must("judge_progress", "progress.likely_to_meet progress.all_on_track")
    life.holds("progress.likely_to_meet", (SECOND,))


def test_s29_not_on_track_means_a_way_forward_agreed_with_the_young_person_in_the_plan(life):
    assert life.open_after["record_child_views"][1] == {"agree_way_forward"}
    life.must("agree_way_forward", "progress.way_forward progress.young_person_agrees")
    assert life.steps["agree_way_forward"][0].role == "designated_teacher"
    life.holds("progress.way_forward progress.young_person_agrees", (SECOND,))


def test_s31_the_reviewing_officer_asks_about_progress_and_has_the_plan_by_then(life):
    life.must(LAST, "review.progress review.plan_seen review.decisions")
    for element in LAST:
        assert life.steps[element][0].role == "reviewing_officer"
        assert "rob" in life.told[element]


def test_s32_the_plan_holds_what_is_new_and_whether_provision_was_delivered(life):
    life.must("collect_progress", "progress.new_information")
    life.must("judge_progress", "progress.delivered")
    life.holds("progress.new_information progress.delivered", (SECOND,))


def test_s33_what_was_not_taken_forward_and_what_it_would_need(life):
    life.must("judge_progress", "progress.not_taken_forward progress.resources "
              "progress.resources_source", {"delivered": "partly"})
    life.must("judge_progress", "actions[].status actions[].reason actions[].resource",
              {"actions": [{"action_status": ""}]})
    life.holds("progress.not_taken_forward progress.resources progress.resources_source", (SECOND,))


def test_s34_the_plan_goes_to_social_worker_and_virtual_school_before_the_review(life):
    assert life.told["hold_first_review"] >= {"wilma"}, "vera assured its quality and passed it on"
    assert life.told["hold_statutory_review"] >= {"wilma", "vera"}


def test_s35_school_and_council_both_sign(life):
    life.must("sign_off_teacher", "signoff.designated_teacher.agreed")
    life.must("sign_off_social_worker", "signoff.social_worker.agreed")
    assert life.open_after["sign_off_teacher"] == [{"sign_off_social_worker"}] * 2
    assert life.open_after["sign_off_social_worker"] == [{"assure_quality"}] * 2


def test_s35b_what_was_decided_at_the_meeting_stands_in_the_plan(life):
    life.must(MEETINGS, "meeting.decisions")
    life.may(MEETINGS, "meeting.notes")
    life.holds("meeting.decisions meeting.notes")


def test_s36_the_young_person_carers_social_worker_and_virtual_school_meet(life):
    life.must(MEETINGS, "meeting.attendees[].role meeting.attendees[].took_part "
              "meeting.child_attended")
    life.may(MEETINGS, "meeting.written_input")
    for element in BOOKINGS:
        [step] = life.steps[element]
        [invited] = [each for each in step.form.inputs() if each.path == "meeting.invited"]
        assert {"child", "carer", "social_worker", "designated_teacher", "virtual_school"} <= {
            option.value for option in invited.options}
    life.holds("meeting.invited meeting.attendees[] meeting.child_attended")


def test_s37_the_contact_details_of_the_virtual_school_head(life):
    head = "virtual_school.head_name virtual_school.head_email virtual_school.head_phone"
    life.must("allocate_caseworker", head)
    life.holds(head)


def test_s38_the_initial_plan_is_followed_by_one_for_each_review(life):
    assert life.procedures == ["initial-pep", "review-pep"]
