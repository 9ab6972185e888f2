"""The declared places of a child's Personal Education Plan: path, type, owner, field class.

Law and product need these; a form may keep answers at other, free paths too. A path that ends
in `[]` is a list; its fields are declared below it.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    source: str
    """Sentences of the procedure (S1 to S38) and regulations that it stands on."""


@dataclass(frozen=True, slots=True)
class Place:
    path: str
    label: str
    type: str
    """text, date, number, yes_no, choice, choices or list."""
    section: str
    owner: str
    """The role that normally fills it."""
    field_class: str = "ordinary"
    """ordinary, social_care, placement_address or restricted."""


SECTIONS = {
    section.key: section
    for section in (
        Section("identity", "The child and the people around them", "S3, S19, S30, S37"),
        Section("chronology", "Education so far", "S19; Schedule 1, 2(1)"),
        Section("arrangements", "Education now", "S20; Schedule 1, 2(2)"),
        Section("changes", "Planned changes", "S21; Schedule 1, 2(3); regulation 10"),
        Section("needs", "Needs and strengths", "S5, S12c"),
        Section("attainment", "Attainment and how it is monitored", "S8, S14, S26 to S28"),
        Section("support", "Additional support and mental health", "S10, S11"),
        Section("targets", "Targets", "S6, S9, S12, S28, S29"),
        Section("interventions", "Interventions", "S7, S9, S27"),
        Section("actions", "Planned actions", "S7, S16, S25, S33"),
        Section("what_works", "What works, hopes, achievements and leisure",
                "S12 to S15, S22, S23"),
        Section("views", "In their own words", "S6, S13, S36"),
        Section("meeting", "The meeting and who takes the plan forward", "S24, S25, S36"),
        Section("pupil_premium", "Pupil premium plus and bursary", "S24"),
        Section("signoff", "Signatures and quality", "S3, S4, S16"),
        Section("review", "The statutory review", "S30 to S34"),
    )
}

_SW, _DT, _VS, _RO = "social_worker", "designated_teacher", "virtual_school", "reviewing_officer"
_CARE, _HOME, _CLOSED = "social_care", "placement_address", "restricted"

_DECLARED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "identity": (
        ("identity.known_as", "Name they like to be called", "text", _SW),
        ("identity.year_group", "School year", "text", _SW),
        ("identity.sex", "Sex", "choice", _SW),
        ("identity.ethnicity", "Ethnicity", "choice", _SW),
        ("identity.first_language", "First language", "text", _SW),
        ("identity.interpreter_needed", "Interpreter needed", "yes_no", _SW),
        ("identity.upn", "Unique pupil number", "text", _DT),
        ("identity.uln", "Unique learner number", "text", _DT),
        ("identity.social_care_id", "Social care number", "text", _SW, _CARE),
        ("identity.pronouns", "Pronouns", "text", _SW),
        ("identity.communication_needs", "How they communicate best", "text", _SW),
        ("care.looked_after_since", "Looked after since", "date", _SW, _CARE),
        ("care.placement_start", "Start of first placement", "date", _SW, _CARE),
        ("care.legal_status", "Legal status", "choice", _SW, _CARE),
        ("care.entry", "Planned or emergency", "choice", _SW, _CARE),
        ("care.responsible_authority", "Authority that looks after the child", "text", _SW),
        ("care.area_authority", "Authority where the child lives", "text", _SW),
        ("care.care_plan_reference", "Care Plan reference", "text", _SW, _CARE),
        ("care.care_plan_prepared_on", "Care Plan prepared on", "date", _SW, _CARE),
        ("placement.type", "Kind of placement", "choice", _SW, _CARE),
        ("placement.address", "Placement address", "text", _SW, _HOME),
        ("placement.appropriate_person", "Appropriate person", "choice", _SW, _CARE),
        ("placement.carers", "Carers", "text", _SW, _CARE),
        ("responsibility.holders", "Who has parental responsibility", "text", _SW, _CARE),
        ("responsibility.consents", "Who may consent to what", "text", _SW),
        ("responsibility.no_contact", "Who must not have contact", "text", _SW, _CLOSED),
        ("contacts.social_worker", "Social worker", "text", _SW),
        ("contacts.team_manager", "Team manager", "text", _SW),
        ("contacts.designated_teacher", "Designated teacher", "text", _DT),
        ("contacts.reviewing_officer", "Reviewing officer", "text", _RO),
        ("virtual_school.head_name", "Virtual School Head", "text", _VS),
        ("virtual_school.head_email", "Virtual School Head's e-mail", "text", _VS),
        ("virtual_school.head_phone", "Virtual School Head's telephone", "text", _VS),
        ("virtual_school.caseworker_id", "Virtual school caseworker", "choice", _VS),
        ("virtual_school.area_head", "Virtual School Head of the area", "text", _VS),
        ("school.name", "School, setting or provider", "text", _DT),
        ("school.urn", "Unique reference number", "text", _DT),
        ("school.authority", "School's authority", "text", _DT),
        ("school.ofsted", "Ofsted grade and date", "text", _DT),
        ("school.started_on", "Started there on", "date", _DT),
        ("school.roll_status", "On roll", "choice", _DT),
        ("school.direction_asked_on", "Direction or admission asked for on", "date", _VS),
        ("school.direction_asked_of", "Who was asked to admit the child", "text", _VS),
        ("plans.linked", "Other plans", "choices", _SW),
        ("plans.ehcp_reference", "EHC plan number and review date", "text", _DT),
        ("plans.pastoral_included", "Pastoral Support Plan included", "yes_no", _DT),
        ("plans.pastoral_reason", "Why the Pastoral Support Plan is not included", "text", _DT),
    ),
    "chronology": (
        ("chronology.institutions[]", "Places of education", "list", _SW),
        ("chronology.institutions[].name", "Institution", "text", _SW),
        ("chronology.institutions[].from", "From", "date", _SW),
        ("chronology.institutions[].to", "To", "date", _SW),
        ("chronology.institutions[].reason", "Reason for leaving", "text", _SW),
        ("chronology.assessments[]", "National Curriculum assessments", "list", _DT),
        ("chronology.attendance[]", "Attendance by year", "list", _DT),
        ("chronology.conduct", "Conduct, suspensions and exclusions", "text", _DT),
        ("chronology.suspensions[]", "Suspensions and exclusions", "list", _DT),
        ("chronology.suspensions[].kind", "What happened", "text", _DT),
        ("chronology.suspensions[].from", "From", "date", _DT),
        ("chronology.suspensions[].to", "To", "date", _DT),
        ("chronology.suspensions[].sessions", "Sessions", "number", _DT),
        ("chronology.suspensions[].reason", "Reason the school gave", "text", _DT),
        ("chronology.achievements", "Academic and other achievements", "text", _DT),
        ("chronology.sen_history", "Special educational needs so far", "text", _DT),
        ("chronology.disruption_found", "Disruption could be found out", "choice", _SW, _CARE),
        ("chronology.disruption_schools", "Number of schools before care", "number", _SW, _CARE),
        ("chronology.disruption_months", "Months out of education before care", "number", _SW,
         _CARE),
        ("chronology.disruption", "How education was disrupted before care", "text", _SW, _CARE),
        ("chronology.not_practicable", "What could not be found out, and why", "text", _SW),
    ),
    "arrangements": (
        ("arrangements.statement", "Education and training now", "text", _DT),
        ("arrangements.hours", "Hours a week", "number", _DT),
        ("arrangements.full_time", "Full time", "yes_no", _DT),
        ("arrangements.part_time_reason", "Why part time, and until when", "text", _DT),
        ("arrangements.sen_provision", "Special educational provision", "text", _DT),
        ("arrangements.other_provision", "Other provision", "text", _DT),
        ("arrangements.interim", "Interim education", "text", _VS),
        ("arrangements.interim_hours", "Interim hours a week", "number", _VS),
        ("arrangements.interim_from", "Interim education from", "date", _VS),
    ),
    "changes": (
        ("changes.planned", "A change is planned", "choices", _SW),
        ("changes.date", "Date of the change", "date", _SW),
        ("changes.reason", "Reason for the change", "text", _SW, _CARE),
        ("changes.minimise_disruption", "How disruption is kept small", "text", _SW),
        ("changes.disrupts_key_stage_4", "Disrupts education in Key Stage 4", "choice", _SW),
        ("changes.emergency", "An emergency", "choice", _SW, _CARE),
        ("changes.consultation", "What those consulted said", "text", _SW),
        ("changes.wishes_heard", "The child's wishes were heard", "yes_no", _VS),
        ("changes.arranged_since", "Education arranged since an emergency move", "text", _VS),
        ("changes.both_consulted", "Teacher and reviewing officer consulted", "yes_no", _VS),
        ("changes.decision", "The nominated officer's decision", "choice", _VS),
        ("changes.decision_reason", "Why it was decided so", "text", _VS, _CARE),
        ("changes.agreed_by", "Nominated officer", "text", _SW),
        ("changes.agreed_on", "Approved on", "date", _SW),
        ("changes.teacher_consulted", "Designated teacher consulted", "yes_no", _SW),
        ("changes.reviewing_officer_consulted", "Reviewing officer consulted", "yes_no", _SW),
        ("changes.consistent_with_pep", "Consistent with the plan", "yes_no", _SW),
    ),
    "needs": (
        ("needs.first", "What the child needs first", "text", _VS),
        ("needs.skills", "Skills", "text", _DT),
        ("needs.knowledge", "Knowledge", "text", _DT),
        ("needs.subjects", "Subject areas", "text", _DT),
        ("needs.experiences", "Experiences", "text", _DT),
        ("needs.assessment_basis", "What this is based on", "text", _DT),
        ("needs.strengths", "Strengths and capabilities", "text", _DT),
    ),
    "attainment": (
        ("attainment.subjects[]", "Attainment by subject", "list", _DT),
        ("attainment.subjects[].subject", "Subject", "text", _DT),
        ("attainment.subjects[].current", "Now", "text", _DT),
        ("attainment.subjects[].expected", "Expected", "text", _DT),
        ("attainment.subjects[].source", "Source", "text", _DT),
        ("attainment.summary", "Attainment now", "text", _DT),
        ("education.attendance.percent", "Attendance this term", "number", _DT),
        ("education.attendance.exclusions", "Suspensions this term (sessions)", "number", _DT),
        ("education.attendance.reduced_timetable", "Reduced timetable", "yes_no", _DT),
        ("attainment.monitoring", "How progress is monitored", "text", _DT),
        ("progress.strategies_achievement", "Strategies work for achievement", "choice", _DT),
        ("progress.strategies_wellbeing", "Strategies work for wellbeing", "choice", _DT),
        ("progress.evidence", "Evidence", "text", _DT),
        ("progress.likely_to_meet", "Likely to meet targets", "choice", _DT),
        ("progress.all_on_track", "All targets on track", "choice", _DT),
        ("progress.delivered", "Agreed provision was delivered", "choice", _DT),
        ("progress.not_taken_forward", "What was not taken forward, and why", "text", _DT),
        ("progress.resources", "Resources needed, and from where", "text", _DT),
        ("progress.way_forward", "Best way forward", "text", _DT),
        ("progress.young_person_agrees", "The young person agrees", "choice", _DT),
    ),
    "support": (
        ("support.additional", "Additional support", "text", _DT),
        ("support.ehcp_reference", "EHC plan reference", "text", _DT),
        ("support.plans_work_together", "The plans work together", "yes_no", _DT),
        ("support.mental_health", "Mental health relevant to education", "text", _DT, _CLOSED),
        ("support.sdq_score", "SDQ score", "number", _SW, _CLOSED),
        ("support.sdq_date", "SDQ date", "date", _SW, _CLOSED),
    ),
    "targets": (
        ("targets[]", "Targets", "list", _DT),
        ("targets[].horizon", "Short or long term", "choice", _DT),
        ("targets[].area", "Area", "choice", _DT),
        ("targets[].text", "Target", "text", _DT),
        ("targets[].measure", "How we will know", "text", _DT),
        ("targets[].due_on", "By when", "date", _DT),
        ("targets_agreed.first", "First targets, of the interim plan", "text", _VS),
        ("targets_agreed.child", "Agreed with the child", "choice", _DT),
        ("targets_agreed.carer", "Agreed with the carer", "choice", _DT),
        ("targets[].judgement", "Judgement", "choice", _DT),
        ("targets[].evidence", "Evidence", "text", _DT),
    ),
    "interventions": (
        ("interventions[]", "Interventions", "list", _DT),
        ("interventions[].name", "Intervention", "text", _DT),
        ("interventions[].provider", "Provider", "text", _DT),
        ("interventions[].intensity", "How often and how long", "text", _DT),
        ("interventions[].funding", "Cost and funding", "text", _DT),
        ("interventions[].effect", "Effect", "choice", _DT),
        ("interventions.summary", "Interventions and targeted support", "text", _DT),
    ),
    "actions": (
        ("actions[]", "Actions", "list", _DT),
        ("actions[].kind", "Kind", "choice", _DT),
        ("actions[].text", "Action", "text", _DT),
        ("actions[].owner", "Who in school is responsible", "text", _DT),
        ("actions[].due_on", "Due", "date", _DT),
        ("actions[].review_on", "Reviewed on", "date", _DT),
        ("actions[].status", "Status", "choice", _DT),
        ("actions[].outcome", "Outcome", "text", _DT),
        ("actions[].resource", "Resource needed and its source", "text", _DT),
        ("actions_agreed.first", "First actions, of the interim plan", "text", _VS),
    ),
    "what_works": (
        ("what_works.learning", "What works for me", "text", _DT),
        ("aspiration.nurtured", "How aspiration and self-confidence are nurtured", "text", _DT),
        ("aspiration.goals", "Longer-term goals", "text", _DT),
        ("aspiration.discussion_started_on", "Discussion of goals began", "date", _DT),
        ("aspiration.outcomes", "Outcomes the young person wants", "text", _DT),
        ("achievements.academic", "Academic achievements", "text", _DT),
        ("achievements.wider", "Wider activities in and out of school", "text", _DT),
        ("leisure.interests", "Leisure interests", "text", _SW),
        ("leisure.support", "What keeps them going", "text", _SW),
        ("carer_role.achievement", "Role of the appropriate person in achievement", "text", _SW),
        ("carer_role.leisure", "Role of the appropriate person in leisure", "text", _SW),
        ("carer_role.at_home", "How learning is helped at home", "text", _SW),
        ("carer_role.others", "Role of others who care", "text", _SW),
    ),
    "views": (
        ("views.child.given", "How the views were given", "choice", _DT),
        ("views.child.progress", "How I think I have progressed", "text", _DT),
        ("views.child.support", "What helps me most", "text", _DT),
        ("views.child.changes", "What I want to change", "text", _DT),
        ("views.child.declined", "Who offered, and what was said", "text", _DT),
        ("views.child.on", "When the views were given", "date", _DT),
        ("views.carer", "Carer's view", "text", _SW),
        ("views.parent", "Parent's view", "text", _SW, _CARE),
    ),
    "meeting": (
        ("meeting.planned_on", "Meeting planned for", "date", _VS),
        ("meeting.place", "Where the meeting is", "text", _VS),
        ("meeting.invited", "Who is invited", "choices", _VS),
        ("meeting.child_takes_part", "How the child takes part", "text", _VS),
        ("meeting.again", "Another meeting is needed", "choice", _VS),
        ("meeting.full_meeting_on", "Full meeting after an interim plan", "date", _VS),
        ("meeting.held_on", "Meeting held on", "date", _VS),
        ("meeting.mode", "In person or online", "choice", _VS),
        ("meeting.chair", "Chair", "text", _VS),
        ("meeting.attended", "Who took part", "choices", _VS),
        ("meeting.written_input", "Written input and apologies", "text", _VS),
        ("meeting.child_attended", "The child took part", "choice", _VS),
        ("meeting.decisions", "What was agreed", "text", _VS),
        ("meeting.bursary_discussed", "Bursary discussed", "choice", _VS),
        ("meeting.lead", "Who takes the plan forward", "text", _VS),
        ("meeting.next_on", "Next meeting", "date", _VS),
    ),
    "pupil_premium": (
        ("pupil_premium.narrative", "How pupil premium plus helps", "text", _DT),
        ("pupil_premium.request", "Request", "text", _DT),
        ("pupil_premium.outcome", "Decision", "choice", _VS),
        ("pupil_premium.amount", "Amount in pounds", "number", _VS),
        ("pupil_premium.decision", "What it is for, or why not", "text", _VS),
        ("pupil_premium.spent", "Spent", "number", _DT),
        ("pupil_premium.impact", "Impact", "text", _DT),
        ("bursary.applied_on", "Bursary applied for on", "date", _DT),
        ("bursary.outcome", "Bursary outcome", "text", _DT),
    ),
    "signoff": (
        ("signoff.designated_teacher.agreed", "Designated teacher signed", "yes_no", _DT),
        ("signoff.social_worker.agreed", "Social worker signed", "yes_no", _SW),
        ("quality.rating", "Quality", "choice", _VS),
        ("quality.reasons", "Why the plan was returned", "text", _VS),
        ("quality.feedback", "Feedback", "text", _VS),
        ("delay.reason", "Why the plan was late", "text", "team_manager"),
        ("delay.done", "What is done about it", "text", "team_manager"),
    ),
    "review": (
        ("review.planned_on", "Review planned on", "date", _RO),
        ("review.held_on", "Review held on", "date", _RO),
        ("review.plan_seen", "Up-to-date plan available", "choice", _RO),
        ("review.progress", "Educational progress at the review", "text", _RO),
        ("review.decisions", "Decisions on education", "text", _RO),
        ("review.outcome", "Reviewing officer content with the plan", "choice", _RO),
        ("review.changes", "Changes after the review", "text", _DT),
        ("review.changes_agreed", "The young person agrees to them", "choice", _DT),
        ("review.dispute_about", "What the dispute was about", "text", _VS),
        ("review.dispute_outcome", "How the dispute was settled", "text", _VS),
        ("review.dispute_settled_on", "Dispute settled on", "date", _VS),
        ("review.filed_on", "Put into the Care Plan on", "date", _SW),
        ("review.copies_to", "Who has a copy", "choices", _SW),
        ("review.child_copy", "The young person has a readable version", "choice", _SW),
        ("review.child_copy_reason", "Why not yet", "text", _SW),
    ),
}

PLACES: Mapping[str, Place] = {
    row[0]: Place(row[0], row[1], row[2], section, row[3], *row[4:5])
    for section, rows in _DECLARED.items()
    for row in rows
}


def field_class(path: str) -> str:
    """The class that decides who may see the value at a path.

    A free path is seen by those who see social care: its author has not said that a school may.
    """
    place = PLACES.get(path)
    return place.field_class if place else "social_care"
