"""Every form of both procedures asks in plain English and says what is wrong."""

import json

import pytest

from engine.checker.certainty import certain_keys
from engine.forms import read_answers, settled
from engine.forms.conditions import names_in
from workflows.pep.facts import FACTS
from workflows.pep.record import NOT_JUDGED, PLACES, SECTIONS
from workflows.shown_beside import NEEDED

MUST_HOLD = {
    "who the child is": "identity.sex identity.ethnicity identity.first_language "
        "identity.interpreter_needed identity.circumstances",
    "the Care Plan and other plans": "care.care_plan_reference plans.linked "
        "plans.ehcp_reference plans.pastoral_included plans.pastoral_reason",
    "home and responsibility": "placement.carers placement.appropriate_person "
        "responsibility.holders responsibility.consents responsibility.no_contact",
    "the Virtual School Head": "virtual_school.head_name virtual_school.head_email "
        "virtual_school.head_phone virtual_school.area_head",
    "education so far": "chronology.institutions[] chronology.institutions[].name "
        "chronology.assessments[] chronology.attendance[] chronology.conduct "
        "chronology.sen_history chronology.disruption_schools chronology.disruption_months "
        "chronology.disruption",
    "education now": "arrangements.statement arrangements.hours arrangements.full_time "
        "arrangements.part_time_reason arrangements.sen_provision arrangements.other_provision "
        "school.roll_status arrangements.plan_review",
    "planned changes": "changes.planned changes.reason changes.minimise_disruption",
    "needs": "needs.skills needs.knowledge needs.subjects needs.experiences "
        "needs.assessments[] needs.strengths",
    "attainment": "attainment.subjects[] attainment.early_areas[] education.attendance.percent "
        "attainment.monitoring attainment.monitored_by attainment.next_data_on",
    "support": "support.needed support.additional[] support.ehcp_reference "
        "support.plans_work_together support.mental_health_state support.mental_health",
    "targets": "targets[] targets[].horizon targets[].area targets[].text targets[].baseline "
        "targets[].measure targets[].due_on targets_agreed.child targets_agreed.carer "
        "targets_agreed.ks2_english targets_agreed.ks2_maths targets_agreed.ks4_english "
        "targets_agreed.ks4_maths targets_agreed.ks4_examinations",
    "interventions": "interventions[] interventions[].name interventions[].target "
        "interventions[].provider interventions[].intensity interventions[].funding "
        "interventions[].key_stage",
    "actions": "actions[] actions[].kind actions[].text actions[].milestones actions[].party "
        "actions[].owner actions[].due_on actions[].review_on actions_agreed.homework "
        "actions_agreed.homework_reason actions_agreed.tuition actions_agreed.tuition_reason "
        "actions_agreed.study_support actions_agreed.study_support_reason",
    "what works": "what_works.learning aspiration.nurtured aspiration.discussed "
        "aspiration.discussion_started_on aspiration.goals aspiration.outcomes "
        "achievements.academic achievements.wider leisure.interests leisure.support "
        "carer_role.achievement carer_role.leisure",
    "voices": "views.child.given views.child.on views.child.progress views.child.support "
        "views.child.declined views.child.declined_again views.child.offered_by views.carer",
    "the meeting": "meeting.held_on meeting.mode meeting.chair meeting.invited "
        "meeting.attendees[] meeting.attendees[].took_part meeting.child_attended "
        "meeting.child_feedback meeting.decisions meeting.premium_discussed "
        "meeting.bursary_discussed meeting.transition meeting.lead meeting.timescales",
    "pupil premium and bursary": "pupil_premium.narrative pupil_premium.early_years "
        "bursary.state bursary.applied_on pupil_premium.outcome pupil_premium.amount",
    "transitions": "transition.reception transition.secondary transition.post_16_offer "
        "transition.post_16_backup transition.neet_risk transition.after_course "
        "arrangements.after_16 arrangements.establishment arrangements.provider "
        "attainment.english_level",
}
"""What the plan must hold of a child to whom it applies: each a required question."""

MUST_JUDGE = {
    "each target": "targets[].judgement targets[].evidence targets[].likely",
    "each intervention": "interventions[].delivered interventions[].reason "
        "interventions[].effect interventions[].evidence",
    "each action": "actions[].status actions[].outcome actions[].reason actions[].resource",
    "all in all": "progress.strategies_achievement progress.strategies_wellbeing "
        "progress.evidence progress.likely_to_meet progress.all_on_track progress.delivered "
        "progress.not_taken_forward progress.resources progress.resources_source "
        "progress.staff_asked progress.new_information progress.way_forward "
        "progress.young_person_agrees progress.young_person_wants pupil_premium.impact",
}
"""What a review adds."""

NOT_PRACTICABLE = {
    "chronology.institutions[]": "chronology.institutions_missing",
    "chronology.assessments[]": "chronology.assessments_missing",
    "chronology.attendance[]": "chronology.attendance_missing",
    "chronology.disruption": "chronology.not_practicable",
    "chronology.disruption_schools": "chronology.not_practicable",
    "chronology.disruption_months": "chronology.not_practicable",
}
"""What may be marked not reasonably practicable to obtain (regulation 5(b)(ii)), and the reason."""

STATEMENTS = ("checkbox", "list")
"""A box to tick says what is ticked, and a list is headed by what it holds."""

OF_TYPE = {
    "text": {"text"}, "textarea": {"text"}, "number": {"number"}, "date": {"date"},
    "radio": {"choice", "yes_no"}, "select": {"choice"}, "checkboxes": {"choices"},
    "checkbox": {"yes_no"}, "list": {"list"},
}


def test_every_form_is_for_the_task_of_its_name(folder):
    assert set(folder.forms) == {task.form for task in folder.of_kind("userTask")}
    for name, content in folder.files.items():
        if name.endswith(".form"):
            assert json.loads(content)["id"] == name.removesuffix(".form")


MOST_IN_ONE_PART = 14


def test_the_initial_plan_asks_all_that_a_plan_must_hold(initial):
    required = {field.path for _, field in _fields(initial) if field.required}
    for part, paths in MUST_HOLD.items():
        assert set(paths.split()) <= required, part


def test_a_review_judges_what_was_agreed(review):
    required = {field.path for _, field in _fields(review) if field.required}
    for part, paths in MUST_JUDGE.items():
        assert set(paths.split()) <= required, part


@pytest.mark.parametrize(("path", "reason"), NOT_PRACTICABLE.items())
def test_what_cannot_be_obtained_in_time_is_answered_by_its_reason(initial, path, reason):
    form, field = next(found for found in _fields(initial) if found[1].path == path)
    why = next(each for each in form.inputs() if each.path == reason)
    (found,) = names_in(field.hidden_when)

    errors = read_answers(form, {found: "no"}, {}).errors

    assert field.key not in errors
    assert errors[why.key] == "Enter why this could not be found out"
    assert why.key not in read_answers(form, {found: "no", why.key: "Asked twice"}, {}).errors
    assert field.key in read_answers(form, {found: "yes"}, {}).errors


def test_mental_health_and_contact_are_in_the_class_that_few_see(initial):
    for path in ("responsibility.no_contact", "support.mental_health",
                 "support.mental_health_state", "support.sdq_score"):
        assert PLACES[path].field_class == "restricted", path


def test_every_long_form_is_cut_into_parts_that_are_short(folder):
    """A tired person on a phone sees headings, and of a long list only what applies."""
    for form in folder.forms.values():
        parts = [each for each in form.fields if each.kind == "group" and each.label]
        loose = len(list(form.inputs())) - sum(len(list(_within(part))) for part in parts)
        assert loose <= MOST_IN_ONE_PART, form.name
        for part in parts:
            assert 1 <= len(list(_within(part))) <= MOST_IN_ONE_PART, (form.name, part.label)


def test_every_field_asks_a_question(folder):
    for form, field in _fields(folder):
        if field.kind not in STATEMENTS and not field.read_only:
            assert field.label.endswith("?"), (form.name, field.key)


def test_every_required_field_says_what_to_do_when_it_is_empty(folder):
    for form, field in _fields(folder):
        if field.required and not field.read_only:
            said = field.error_messages.get("required", "")
            assert said.startswith(("Enter", "Choose", "Add", "Tick")), (form.name, field.key)


def test_every_list_says_what_stands_in_a_row(folder):
    for form, field in _fields(folder):
        assert field.hint or field.kind != "list", (form.name, field.key)


def test_every_date_and_number_says_what_it_must_be(folder):
    for form, field in _fields(folder):
        wrong = {"date": {"date"}, "number": {"type", "min", "max"}}.get(field.kind, set())
        for rule in wrong:
            assert "must be a" in field.error_messages[rule], (form.name, field.key)


def test_whatever_may_be_hidden_is_hidden_by_what_this_form_or_the_product_knows(folder):
    """A condition reads facts that are always there, and answers that stand above it."""
    for form in folder.forms.values():
        above = set()
        for each in _all(form.fields):
            for name in names_in(each.hidden_when or ""):
                assert name in above or FACTS[name].certain, (form.name, each.key, name)
            above.add(each.key)


def test_every_field_says_what_it_stands_on(folder):
    for form, field in _fields(folder):
        assert field.source, (form.name, field.key)


def test_every_answer_has_a_declared_place_of_its_type(folder):
    for form, field in _fields(folder):
        assert field.path in PLACES, (form.name, field.key)
        assert PLACES[field.path].type in OF_TYPE[field.kind], (form.name, field.key)


def test_what_a_step_shows_beside_its_questions_is_asked_by_a_form_before(folder):
    asked = {field.path for _, field in _fields(folder)}
    for task in folder.of_kind("userTask"):
        if task.id in NEEDED:
            assert set(NEEDED[task.id].paths) <= asked, task.id


def test_only_steps_that_are_drawn_have_something_shown_beside(initial, review):
    steps = {task.id for each in (initial, review) for task in each.of_kind("userTask")}
    assert steps >= NEEDED.keys()


def test_no_key_is_the_name_of_a_fact(folder):
    assert not {field.key for _, field in _fields(folder)} & {*FACTS, "started_on"}


def test_a_key_means_the_same_place_everywhere(initial, review):
    """A cell is known by its list and its key: no expression reads one from outside."""
    places = {}
    for folder in (initial, review):
        for form in folder.forms.values():
            for field in form.inputs():
                assert places.setdefault(field.key, field.path) == field.path
                for cell in field.fields:
                    key = (field.key, cell.key)
                    assert places.setdefault(key, cell.path) == cell.path
                    assert cell.path.startswith(field.path)


def test_a_list_that_several_forms_write_has_the_same_cells_in_each(initial, review):
    """Rows are kept whole: a cell that one form left out would be lost when it is saved."""
    cells = {}
    for folder in (initial, review):
        for form in folder.forms.values():
            for field in form.inputs():
                if field.kind == "list":
                    keys = {cell.key for cell in field.fields}
                    assert cells.setdefault(field.path, keys) == keys, (form.name, field.key)


DECIDES = {"quality_rating", "meet_again", "review_outcome", "move_decision", "all_on_track"}
"""Not `disrupts_key_stage_4`: asked in Key Stage 4 only, its arrow tests `known` first."""


def test_what_a_diagram_reads_is_always_asked(folder):
    for form, field in _fields(folder):
        if field.key in DECIDES:
            assert (field.kind, field.required) == ("radio", True), form.name
            assert field.key in certain_keys(form), form.name


ALWAYS_ASKED = {
    "initiate_pep": "care_plan_reference", "allocate_caseworker": "caseworker",
    "complete_social_work_sections": "carers",
    "complete_education_sections": "arrangement_statement", "record_child_views": "views_given",
    "record_carer_view": "carers_view", "convene_meeting": "meeting_planned_on",
    "distribute_copies": "filed_on", "hold_pep_meeting": "meet_again",
    "set_targets_and_actions": "agreed_with_child",
}


def test_each_step_has_an_answer_by_which_a_diagram_knows_that_it_was_done(initial):
    for form, key in ALWAYS_ASKED.items():
        assert key in certain_keys(initial.forms[form]), form


def test_forms_of_the_same_name_are_the_same_in_both_procedures(initial, review):
    same = {"assure_quality", "convene_meeting", "decide_pupil_premium", "distribute_copies",
            "make_review_changes", "record_carer_view", "record_child_views", "resolve_dispute"}
    for name in same:
        assert initial.files[f"{name}.form"] == review.files[f"{name}.form"], name


def test_a_reopened_plan_is_put_right_in_the_forms_in_which_it_was_made(initial, reopened):
    for name in reopened.forms:
        assert reopened.files[f"{name}.form"] == initial.files[f"{name}.form"], name


def test_what_decides_the_way_is_a_choice_that_must_be_made(initial, review):
    for form, key in (
        (initial.forms["assure_quality"], "quality_rating"),
        (review.forms["assure_quality"], "quality_rating"),
        (review.forms["judge_progress"], "all_on_track"),
    ):
        field = form.input(key)
        assert (field.kind, field.required, field.hidden_when) == ("radio", True, None)


def test_a_signature_is_a_box_that_must_be_ticked(folder):
    for form, path in (("sign_off_teacher", "signoff.designated_teacher.agreed"),
                       ("sign_off_social_worker", "signoff.social_worker.agreed")):
        (field,) = [each for each in folder.forms[form].inputs() if each.kind == "checkbox"]
        assert (field.required, field.path) == (True, path)


def test_nobody_is_kept_from_signing_by_a_carer_or_a_child_who_has_not_read_the_plan(folder):
    for form, who in (("sign_off_teacher", "child"), ("sign_off_social_worker", "carer")):
        asked = folder.forms[form]
        signed = next(each.key for each in asked.inputs() if each.kind == "checkbox")
        said = {signed: True, f"{who}_acknowledged": "no",
                f"{who}_not_acknowledged": "On Monday"}
        assert not read_answers(asked, said, {}).errors


def all_green():
    return {f"quality_of_{key}": "green" for key in SECTIONS if key not in NOT_JUDGED}


def test_a_red_plan_is_not_returned_without_reasons(pep):
    form = pep.forms["assure_quality"]
    assert read_answers(form, {**all_green(), "quality_rating": "red"}, {}).errors == {
        "return_reasons": "Enter why the plan is returned"
    }
    assert not read_answers(form, {**all_green(), "quality_rating": "amber"}, {}).errors


def test_each_section_of_the_plan_is_judged_and_what_is_not_green_says_why(pep):
    form = pep.forms["assure_quality"]
    said = {**all_green(), "quality_rating": "amber", "quality_of_targets": "red",
            "quality_of_needs": "amber", "quality_of_views": ""}
    assert read_answers(form, said, {}).errors == {
        "quality_of_views": "Choose green, amber or red for “In their own words”",
        "quality_reason_targets": "Enter why “Targets” is not green",
        "quality_reason_needs": "Enter why “Needs and strengths” is not green",
    }


def test_a_child_who_does_not_want_to_speak_is_not_asked_for_words(pep):
    form = pep.forms["record_child_views"]
    answers = read_answers(form, {"views_given": "declined", "views_on": "2026-03-27"}, {})
    assert answers.errors == {
        "view_offered_by": "Enter who offered",
        "view_declined": "Enter what the child said",
        "view_declined_again": "Enter who offered a second time, and when",
    }


@pytest.mark.parametrize(("age", "asked"), [
    (5, "If you had a magic wand, what would you change?"),
    (7, "If you had a magic wand, what would you change?"),
    (8, "What would you like to change?"),
    (13, "What would you like to change?"),
    (14, "What would you change about your education or this plan?"),
    (17, "What would you change about your education or this plan?"),
])
def test_a_child_is_asked_in_words_for_their_age(pep, age, asked):
    """Each place of the record is asked for once, whatever the age; scales have five faces."""
    shown = settled(pep.forms["record_child_views"], {"age_today": age})
    questions = list(shown.inputs())
    assert [each.label for each in questions if each.path == "views.child.changes"] == [asked]
    assert len({each.path for each in questions}) == len(questions)
    scales = [each for each in questions if each.faces]
    assert [len(each.options) for each in scales] == [5, 5]


def test_history_that_cannot_be_found_in_time_is_left_out_with_a_reason(initial):
    form = initial.forms["complete_social_work_sections"]
    errors = read_answers(form, {"disruption_found": "no"}, {}).errors
    assert errors["not_practicable"] == "Enter why this could not be found out"
    assert not {"disruption_schools", "disruption"} & set(errors)


def test_provision_that_was_not_delivered_is_explained(review):
    form = review.forms["judge_progress"]
    assert "not_taken_forward" in read_answers(form, {"delivered": "partly"}, {}).errors
    assert "not_taken_forward" not in read_answers(form, {"delivered": "yes"}, {}).errors


def test_a_date_that_does_not_exist_is_refused_in_words(review):
    form = review.forms["confirm_review_date"]
    for typed in ({"day": "31", "month": "2", "year": "2026"},
                  {"day": "3", "month": "", "year": "2026"}):
        assert read_answers(form, {"planned_review_on": typed}, {}).errors == {
            "planned_review_on": "The day of the review must be a real date, such as 27 3 2026"
        }


@pytest.mark.parametrize("typed", ["about 90", "101", "-1"])
def test_an_impossible_attendance_is_refused_in_words(initial, typed):
    form = initial.forms["complete_education_sections"]
    errors = read_answers(form, {"attendance_percent": typed}, {}).errors
    assert errors["attendance_percent"] == "Attendance must be a number from 0 to 100"


@pytest.mark.parametrize("name", ["set_targets_and_actions", "revise_targets"])
def test_targets_and_actions_are_lists_whose_rows_are_complete(initial, review, name):
    form = {**initial.forms, **review.forms}[name]
    errors = read_answers(form, {"targets": [{"horizon": "short"}], "actions": []}, {}).errors
    assert errors["actions"] == "Add at least one action"
    assert errors["targets"] == "Add at least one short-term and one long-term target"
    assert errors["targets[0].target_text"] == "Enter what the child will be able to do"
    assert "targets[0].horizon" not in errors


@pytest.mark.parametrize("name", ["set_targets_and_actions", "revise_targets"])
@pytest.mark.parametrize("kind", ["homework", "tuition", "study_support"])
def test_what_is_planned_stands_in_an_action_of_its_kind(initial, review, name, kind):
    form = {**initial.forms, **review.forms}[name]

    def told(actions):
        said = {f"{kind}_planned": "yes", "actions": actions}
        return f"{kind}_planned" in read_answers(form, said, {}).errors

    assert told([{"action_kind": "other"}])
    assert not told([{"action_kind": kind}])


def _within(group):
    for each in group.fields:
        yield from _within(each) if each.kind == "group" else ([each] if each.is_input else [])


def _all(fields):
    """Every field, groups, notes and cells too, in the order of the page."""
    for each in fields:
        yield each
        yield from _all(each.fields)


def _fields(folder):
    """Every field that takes an answer, the cells of lists too, with its form."""
    for form in folder.forms.values():
        for field in form.inputs():
            yield form, field
            yield from ((form, cell) for cell in field.fields)
