"""Field by field, what a plan of this country's practice holds, and where this one holds it.

A path of the record; or a sentence that says why there is none.
"""

import pytest
from names import forms

from workflows.pep.record import PLACES

BOTH = ("initial-pep", "review-pep")

IDENTITY = {
    "name, known as, date of birth": "Kept of the child and not of one plan: the start of a case.",
    "year group, key stage": "Counted from the date of birth: the fact school_year.",
    "sex": "identity.sex",
    "ethnicity": "identity.ethnicity",
    "first language": "identity.first_language",
    "interpreter needed, and for whom": "identity.interpreter_needed identity.interpreter_for",
    "UPN, ULN": "Kept of the child and not of one plan: the start of a case asks for the UPN.",
    "social care number": "identity.social_care_id",
    "pronouns": "identity.pronouns",
    "communication needs": "identity.communication_needs",
    "avatar": "No picture of a child, and none in place of one: it helps nobody to learn.",
    "looked after since, first placement, legal status, planned or emergency":
        "Kept of the child and the placement: the start of a case, changed by a command.",
    "authority that looks after the child": "One installation serves one council: its own name.",
    "area authority": "Kept of the child: the fact out_of_area; its head is asked for below.",
    "placement: kind and address": "Kept of the placement, and changed by a command.",
    "appropriate person": "placement.appropriate_person",
    "carers": "placement.carers",
    "parental responsibility": "responsibility.holders",
    "who may consent to what": "responsibility.consents",
    "who must not have contact": "responsibility.no_contact",
    "social worker, team manager, reviewing officer, teacher":
        "Involvements with the child, from when to when, each with name and e-mail address.",
    "deputy of the designated teacher": "contacts.deputy_teacher",
    "school: name, number, area": "Enrolments of the child, and the register of schools.",
    "Ofsted grade and date": "school.ofsted",
    "roll status": "school.roll_status",
    "Virtual School Head": "virtual_school.head_name virtual_school.head_email "
        "virtual_school.head_phone",
    "Virtual School Head of the area": "virtual_school.area_head",
    "date of the statutory review": "review.planned_on",
    "Care Plan": "care.care_plan_reference care.care_plan_prepared_on",
    "other plans, none allowed": "plans.linked plans.ehcp_reference",
    "Pastoral Support Plan included": "plans.pastoral_included plans.pastoral_reason",
}
CHRONOLOGY = {
    "institution, kind, from, to, reason": "chronology.institutions[].name "
        "chronology.institutions[].kind chronology.institutions[].from "
        "chronology.institutions[].to chronology.institutions[].reason",
    "institutions not reasonably practicable to obtain":
        "chronology.institutions_found chronology.institutions_missing",
    "results by stage with source": "chronology.assessments[].stage "
        "chronology.assessments[].result chronology.assessments[].source",
    "results not reasonably practicable to obtain":
        "chronology.assessments_found chronology.assessments_missing",
    "attendance by year, unauthorised": "chronology.attendance[].percent "
        "chronology.attendance[].unauthorised",
    "persistent absence": "Less than 90 % of a year's attendance: told by the number itself.",
    "attendance not reasonably practicable to obtain":
        "chronology.attendance_found chronology.attendance_missing",
    "conduct, rewards, managed moves": "chronology.conduct",
    "suspensions and exclusions": "chronology.suspensions[].sessions "
        "chronology.suspensions[].reason",
    "special educational needs": "chronology.sen_history",
    "disruption before care": "chronology.disruption_schools chronology.disruption_months "
        "chronology.disruption chronology.disruption_found",
}
ARRANGEMENTS = {
    "statement of arrangements": "arrangements.statement",
    "hours a week": "arrangements.hours",
    "full or part time, why and until when": "arrangements.full_time "
        "arrangements.part_time_reason",
    "special educational provision": "arrangements.sen_provision",
    "other provision": "arrangements.other_provision",
    "interim education, hours, from": "arrangements.interim arrangements.interim_hours "
        "arrangements.interim_from",
}
CHANGES = {
    "any planned change, date, reason": "changes.planned changes.date changes.reason",
    "how disruption is kept small": "changes.minimise_disruption",
    "approval in Key Stage 4": "changes.agreed_by changes.agreed_on changes.teacher_consulted "
        "changes.reviewing_officer_consulted changes.consistent_with_pep",
}
NEEDS = {
    "four boxes": "needs.skills needs.knowledge needs.subjects needs.experiences",
    "what the assessment stands on": "needs.assessments[].kind needs.assessments[].on",
    "strengths": "needs.strengths",
}
ATTAINMENT = {
    "by subject": "attainment.subjects[].current attainment.subjects[].expected "
        "attainment.subjects[].gap attainment.subjects[].source attainment.subjects[].on",
    "early years": "attainment.early_areas[].area attainment.early_areas[].stage",
    "after Year 11": "attainment.courses[].course attainment.courses[].level",
    "attendance this term": "education.attendance.percent education.attendance.missed",
    "suspensions this term, reduced timetable": "education.attendance.exclusions "
        "education.attendance.reduced_timetable",
    "how progress is monitored": "attainment.monitoring attainment.monitored_by "
        "attainment.next_data_on",
    "strategies judged": "progress.strategies_achievement progress.strategies_wellbeing "
        "progress.evidence",
    "likely to meet targets": "progress.likely_to_meet",
}
SUPPORT = {
    "what, by whom, from, state": "support.needed support.additional[].what "
        "support.additional[].by support.additional[].from support.additional[].state",
    "EHC plan by reference": "support.ehcp_reference support.plans_work_together",
    "mental health": "support.mental_health_state support.mental_health",
    "SDQ": "support.sdq_score support.sdq_date",
}
TARGETS = {
    "horizon, area, text": "targets[].horizon targets[].area targets[].text",
    "baseline, measure, due": "targets[].baseline targets[].measure targets[].due_on",
    "at the ends of key stages": "targets_agreed.ks2_english targets_agreed.ks2_maths "
        "targets_agreed.ks4_english targets_agreed.ks4_maths",
    "agreed with child and carer": "targets_agreed.child targets_agreed.child_reason "
        "targets_agreed.carer targets_agreed.carer_reason",
    "judged": "targets[].judgement targets[].evidence targets[].likely",
    "way forward, agreed": "progress.way_forward progress.young_person_agrees",
}
INTERVENTIONS = {
    "name, target, provider, intensity": "interventions[].name interventions[].target "
        "interventions[].provider interventions[].intensity",
    "from, to, cost, who pays": "interventions[].from interventions[].to interventions[].cost "
        "interventions[].funding",
    "for the end of a key stage": "interventions[].key_stage",
    "delivered, reason, effect": "interventions[].delivered interventions[].reason "
        "interventions[].effect interventions[].evidence",
}
ACTIONS = {
    "action, kind, milestones, party": "actions[].text actions[].kind actions[].milestones "
        "actions[].party",
    "each kind answered": "actions_agreed.homework actions_agreed.homework_reason "
        "actions_agreed.tuition actions_agreed.tuition_reason actions_agreed.study_support "
        "actions_agreed.study_support_reason",
    "owner in school": "actions[].owner",
    "due, reviewed, status, outcome": "actions[].due_on actions[].review_on actions[].status "
        "actions[].outcome",
    "not taken forward, resource, source": "actions[].reason actions[].resource "
        "actions[].resource_source",
}
WHAT_WORKS = {
    "learning, calming, triggers, rewards, key adult": "what_works.learning",
    "aspiration": "aspiration.nurtured",
    "longer-term goals, since when": "aspiration.goals aspiration.discussion_started_on",
    "outcomes the young person wants": "aspiration.outcomes",
    "achievements": "achievements.academic achievements.wider",
    "leisure": "leisure.interests leisure.support",
    "role of the appropriate person": "carer_role.achievement carer_role.leisure",
    "others who care": "carer_role.others[].name carer_role.others[].part",
}
VOICES = {
    "progress, support, changes": "views.child.progress views.child.support views.child.changes",
    "how given, when": "views.child.given views.child.on",
    "declined, offered twice": "views.child.declined views.child.declined_again",
    "took part, why not, how it was": "meeting.child_attended meeting.child_absent_reason "
        "meeting.child_feedback",
    "carer, parent, not shared with": "views.carer views.parent views.not_shared_with",
}
MEETING = {
    "kind of meeting": "Told by its procedure and by what the review is for: not asked again.",
    "date, mode, chair": "meeting.held_on meeting.mode meeting.chair",
    "invited, took part, in writing": "meeting.attendees[].role meeting.attendees[].took_part "
        "meeting.written_input",
    "who takes it forward, timescales, next": "meeting.lead meeting.timescales meeting.next_on",
    "premium, bursary, transition discussed": "meeting.premium_discussed "
        "meeting.bursary_discussed meeting.transition",
}
PREMIUM = {
    "how it helps": "pupil_premium.narrative pupil_premium.early_years",
    "request, decision, amount": "pupil_premium.request pupil_premium.outcome "
        "pupil_premium.amount pupil_premium.decision",
    "spent, impact": "pupil_premium.spent pupil_premium.impact",
    "bursary: applied, when, outcome": "bursary.state bursary.applied_on bursary.outcome",
    "bursary: the social worker's letter": "bursary.letter",
}
TRANSITIONS = {
    "early years": "attainment.early_areas[] arrangements.funded_hours transition.reception",
    "Year 6": "transition.secondary meeting.invited",
    "Year 11": "transition.post_16_offer transition.post_16_backup "
        "transition.careers_interview_on transition.neet_risk",
    "after 16": "arrangements.after_16 arrangements.neet_plan attainment.courses[] "
        "contacts.personal_adviser plans.pathway_link transition.after_course",
    "unaccompanied": "identity.arrived_on chronology.abroad attainment.english_level "
        "support.english identity.age_assessment",
    "custody": "arrangements.establishment arrangements.custody_education changes.release",
    "elsewhere than at school": "arrangements.provider arrangements.commissioner "
        "arrangements.provider_registered",
}
CONTROL = {
    "version, state, stamps": "Versions of the plan, with the moment of each stamp.",
    "in time or not, breaches with reasons": "delay.reason delay.done",
    "quality": "quality.rating quality.section.targets quality.section_reason.targets "
        "quality.reasons quality.feedback",
    "signatures": "signoff.designated_teacher.agreed signoff.social_worker.agreed "
        "signoff.carer.acknowledged signoff.child.acknowledged",
    "who has a copy": "review.copies_to review.child_copy",
    "attachments": "Drawings and photos with the child's views; what another file says is "
        "written into its answer.",
    "who saw and changed what": "The audit, and name and moment beside each answer.",
    "retention": "Nothing is destroyed yet: README says that children's records are not to come.",
}
MODEL = {
    "B1": IDENTITY, "B2": CHRONOLOGY, "B3": ARRANGEMENTS, "B4": CHANGES, "B5": NEEDS,
    "B6": ATTAINMENT, "B7": SUPPORT, "B8": TARGETS, "B9": INTERVENTIONS, "B10": ACTIONS,
    "B11": WHAT_WORKS, "B12": VOICES, "B13": MEETING, "B14": PREMIUM, "B15": TRANSITIONS,
    "B16": CONTROL,
}
ONLY_FIRST = {
    "chronology.", "care.", "virtual_school.", "plans.", "identity.", "placement.",
    "responsibility.", "arrangements.interim", "changes.agreed", "changes.teacher_consulted",
    "changes.reviewing_officer", "changes.consistent",
}
"""Asked once, for the first plan, and carried over; what befalls a child later is a command."""
ONLY_REVIEW = {
    "progress.", "targets[].judgement", "targets[].evidence", "targets[].likely",
    "interventions[].delivered", "interventions[].reason", "interventions[].effect",
    "interventions[].evidence", "actions[].status", "actions[].outcome", "actions[].reason",
    "actions[].resource", "pupil_premium.spent", "pupil_premium.impact",
    "review.planned_on",
}
"""Judges what an earlier plan agreed."""


def asked_in(procedure):
    return {
        path for (folder, _), form in forms().items() if folder == procedure
        for field in form.inputs() for path in (field.path, *(cell.path for cell in field.fields))
    }


@pytest.mark.parametrize("part", MODEL)
def test_every_field_has_a_place_that_a_form_asks_for_or_a_reason(part):
    for field, where in MODEL[part].items():
        if where.endswith("."):
            assert len(where.split()) > 4, field
            continue
        for path in where.split():
            assert path in PLACES, (part, field, path)
            for procedure, others in ((BOTH[0], ONLY_REVIEW), (BOTH[1], ONLY_FIRST)):
                if not path.startswith(tuple(others)):
                    assert path in asked_in(procedure), (part, field, path, procedure)


def test_what_is_asked_in_one_procedure_only_is_asked_there():
    paths = {path for fields in MODEL.values() for where in fields.values()
             if not where.endswith(".") for path in where.split()}
    first, review = asked_in(BOTH[0]), asked_in(BOTH[1])
    assert {each for each in paths if each.startswith(tuple(ONLY_FIRST))} <= first
    assert {each for each in paths if each.startswith(tuple(ONLY_REVIEW))} <= first | review
