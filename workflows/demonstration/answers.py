"""Plausible answers to any form: what an invented practitioner would have written."""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from engine.domain import Kept
from engine.forms import Field, Form, read_answers
from workflows.calendar import working_days

SENTENCES: Mapping[str, tuple[str, ...]] = {
    "carers": ("Lives with approved foster carers.", "Lives with an aunt, as a connected person."),
    "parental_responsibility": ("Shared by the council and the birth parents.",),
    "consents": ("Carers agree to trips and photos; the social worker to medical treatment.",),
    "communication_needs": (
        "Likes to know the day before what will happen. Answers better while drawing.",
        "Speaks softly at first; give time and ask one thing at a time.",
    ),
    "minimise_disruption": ("Taxi to the same school, so that lessons and friends stay.",),
    "disruption": ("Missed eleven weeks in Year 2 and moved school twice.",
                   "Often late in the last year; a part-time timetable since autumn."),
    "not_practicable": ("The last school has not sent its file; asked for twice.",),
    "carer_role_achievement": ("Reads together every evening and signs the reading diary.",),
    "carer_role_leisure": ("Takes the child to swimming and to the library on Saturdays.",),
    "carers_view": ("More confident since spring. Homework is easier straight after school.",),
    "leisure_interests": ("Swimming, drawing and looking after the neighbour's dog.",
                          "Football, baking and anything about space."),
    "arrangement_statement": ("Full time in class, with one hour of small-group maths each day.",),
    "strengths": ("Curious, kind to younger children, a good memory for facts.",
                  "Persistent, funny, quick with numbers in the head."),
    "needs_skills": ("To plan a piece of work in steps and to ask for help early.",),
    "needs_knowledge": ("Times tables to twelve and the punctuation of speech.",),
    "needs_subjects": ("Maths: fractions. English: writing at length.",),
    "needs_experiences": ("A residential trip with the class, and a first visit to a museum.",),
    "aspiration_nurtured": ("Helps in the school garden and shows visitors round.",),
    "goals": ("Would like to work with animals; a visit to the farm college is planned.",
              "Wants to be a paramedic and to stay on for A levels."),
    "pupil_premium": ("Pays for the reading tutor and the swimming course.",),
    "view_progress": ("I am getting better at reading. I like my new teacher.",
                      "Maths is still hard but I finished the whole book."),
    "view_support": ("When someone explains it again just to me.",),
    "view_changes": ("I want to go to football club with my friend.",),
    "view_progress_young": ("I can read the green books. Sums are hard.",),
    "view_support_young": ("My teacher and my reading dog.",),
    "view_outcomes_young": ("To ride a bike and write my whole name.",),
    "view_progress_older": ("Better in maths since I moved groups. I stay on for A levels.",),
    "view_support_older": ("The mentor on Fridays. Being taken out of lessons does not help.",),
    "view_outcomes_older": ("An apprenticeship with animals, and my own place later.",),
    "view_offered_by": ("The designated teacher",),
    "others_view": ("Comes to the club each week and helps the younger ones.",),
    "view_declined": ("The teacher and an advocate offered twice. The child said: not today.",),
    "monitoring": ("Half-termly assessments, looked at by the designated teacher.",),
    "mental_health": ("None identified.",),
    "target_text": ("Read a chapter book alone and retell it.",
                    "Add and take away fractions with the same bottom number."),
    "target_measure": ("Teacher listens once a week and keeps a note.",
                       "Eight of ten right in the half-termly test."),
    "action_text": ("Twenty minutes of reading help, four times a week.",
                    "A place in the maths group on Tuesdays and Thursdays."),
    "action_owner": ("Class teacher", "Maths lead"),
    "written_input": ("The carer and the last school sent a page each.",),
    "meeting_decisions": ("Reading tutor goes on; pupil premium plus pays for it until July.",),
    "delay_reason": ("The school's sections came after the meeting had been moved.",),
    "delay_done": ("Meeting held; both sign this week.",),
    "return_reasons": ("The targets do not say how we will know. Please add measures.",),
    "quality_feedback": ("The child's own words run through the plan. Dates could be closer.",),
    "review_decisions": ("The plan stands. The school looks at the taxi times with the carer.",),
    "review_progress": ("Settled at school; attendance is good.",),
    "progress_evidence": ("Reading age up by eight months; three certificates since autumn.",),
    "not_taken_forward": ("The music lessons: no teacher was free this term.",),
    "way_forward": ("Keep the targets, see the maths group twice a week, look again in May.",),
    "resources_needed": ("A laptop from the virtual school for homework.",),
    "carer_homework": ("Reads together at bedtime; homework before tea at the kitchen table.",),
    "meeting_place": ("At the school, in the library.", "At the school, in the quiet room."),
    "next_meeting_place": ("At the school, in the library.",),
    "meeting_day_reason": ("The only day on which the carer and the school can both come.",),
    "meeting_starts_at": ("2:30pm", "10:00"),
    "meeting_quorum_reason": ("The carer's page says it all; another day would be too late.",),
    "meeting_notes": ("Began with the drawing. The taxi comes ten minutes earlier from Monday.",),
    "meeting_chair": ("Virtual school caseworker",),
    "child_takes_part": ("Comes for the second half, with a drawing of what went well.",),
    "premium_reason": ("The reading tutor, until July.",),
    "review_changes": ("The maths group moves to Mondays; the class teacher sees to it.",),
    "dispute_about": ("Whether the part-time timetable may go on.",),
    "dispute_outcome": ("Full time again from May, in two steps.",),
    "interim_education": ("Tutor at home: English and maths, mornings.",),
    "place_school": ("Hawthorn Bank Learning Centre",),
    "direction_asked_of": ("The council's admissions team, for the nearest secondary school.",),
    "move_reason": ("The carers retire; the aunt's home is in the next town.",),
    "move_disruption": ("A taxi to the old school, and the examinations are taken there.",),
    "move_home": ("With an aunt, in Farrowby.",),
    "move_school": ("The same school, by taxi, until the examinations are over.",),
    "carer_acknowledged_by": ("Marion Elvington, foster carer",),
    "consultation": ("Both ask that the examinations are taken at the old school.",),
    "move_decision_reason": ("The same courses are offered; transport for the mock examinations.",),
    "nominated_officer": ("Harriet Osgodby",),
    "first_needs": ("A school place from September, and reading every day.",),
    "first_targets": ("Short: read one book. Long: ready for Year 5 maths.",),
    "first_actions": ("The virtual school brings books and a tutor twice a week.",),
    "achievements_academic": ("Certificate for reading; moved up a group in maths.",),
    "achievements_wider": ("School choir, football on Saturdays.",),
    "head_name": ("Grace Holmwood",),
    "head_email": ("grace.holmwood@marrowdale.example",),
    "head_phone": ("01632 960 001",),
    "care_plan_reference": ("CP-1042", "CP-1187", "CP-0960"),
    "first_language": ("English",),
    "meeting_lead": ("Designated teacher",),
    "area_head": ("Rufus Tanfield, virtual.school@farrowby.example, 01632 960 014.",),
    "part_time_reason": ("Building up after a long absence: full time again from 1 June.",),
    "ofsted": ("Good, May 2024", "Requires improvement, October 2023"),
    "sen_provision": ("Small-group literacy; for the rest see section F of the EHC plan.", "None.",
                      "A reading overlay and extra time."),
    "other_provision": ("Breakfast club, a mentor on Fridays, a quiet room at lunch.",),
    "outside_provider": ("Hawthorn Bank Learning Centre",),
    "commissioner": ("The school, with the virtual school's agreement.",),
    "establishment": ("Invented Hall secure children's home",),
    "custody_education": ("Five lessons a day; the education lead there is Miles Orford.",),
    "release_planning": ("A visit to the college in the week after release.",),
    "neet_plan": ("The personal adviser meets them weekly; two open days are booked.",),
    "course": ("Level 2 animal care", "Functional skills maths"),
    "level": ("Level 2, four of six units", "Level 1"),
    "progress": ("Two units passed, a third handed in.", "Slow but steady."),
    "pathway_link": ("The adviser brings the Pathway Plan to each meeting.",),
    "subject": ("English", "Maths"),
    "current": ("At the expected level in reading, below it in writing", "Half a year behind"),
    "expected": ("Expected level in both", "Expected level"),
    "gap": ("A year in writing", "Half a year"),
    "source": ("Class teacher", "Spring test"),
    "result": ("Met the expected standard", "Working towards it"),
    "taken": ("2023", "2025"),
    "assessments_missing": ("The last school's file has been asked for twice.",),
    "year": ("2023 to 2024", "2024 to 2025"),
    "attendance_missing": ("Registers of the last school have not come; asked for again.",),
    "conduct": ("Three merits a week. Low-level talking in long lessons; moves seat then.",
                "Calm and polite; walks out when the room gets loud."),
    "english_support": ("Ten hours of English a week and a partner who speaks Kurdish.",),
    "what_works": ("Short tasks, a walk when it gets too much, praise said quietly.",
                   "Knowing what comes next; drawing; Mr Yardley at the start of the day."),
    "sen_history": ("SEN support for speech from Reception to Year 2.", "None."),
    "support": ("Speech and language group", "A key adult at the start and the end of each day"),
    "ehcp_reference": ("Section F, outcomes 2 and 3",),
    "plans_apart": ("The review of the EHC plan in June takes in the new targets.",),
    "pastoral_reason": ("It ended in the autumn and was not renewed.",),
    "monitored_by": ("Designated teacher and head of year",),
    "no_contact": ("Nobody.", "The birth father. School does not let him in and calls the office."),
    "institutions.name": ("Larkfield Nursery", "Thornby Primary School"),
    "institutions.reason": ("Began school.", "Moved to the carers' area."),
    "attendees.name": ("The young person", "The foster carer"),
    "institutions_missing": ("The family moved often; two councils were asked last week.",),
    "schooling_abroad": ("Six years of primary school in Kurdish; likes maths.",),
    "change_reason": ("The child goes to live with an aunt.",),
    "leisure_support": ("The carer pays for swimming; the council for the kit.",),
    "child_copy_reason": ("It is being drawn with the child; they have it next week.",),
    "plan_missing": ("The school's part. It comes by Friday.",),
    "child_absent_reason": ("Stayed for the first half hour and sent a drawing.",),
    "premium_discussed": ("It pays for the reading tutor; a laptop is asked for next.",),
    "transition_discussed": ("Two visits in June; the new designated teacher meets the child.",),
    "lead_timescales": ("Actions by half term; we look again in the last week of term.",),
    "plan_arrangements": ("The class teacher writes it with the child on a Friday; no one takes "
                          "the child out of art.",),
    "ehcp_number": ("EHC-2207, reviewed each November",),
    "interpreter_language": ("Kurdish, for the young person",),
    "view_outcomes": ("To read the long books that my friend reads.", "To get my own bike and "
                      "pass maths."),
    "view_declined_again": ("The advocate, a week later, by phone.",),
    "target_baseline": ("Reads short books with help.", "Counts on fingers; four of ten right."),
    "target_evidence": ("The teacher's weekly note.", "Six of ten in the last test."),
    "agreed_child_reason": ("Fewer targets, and none about sitting still.",),
    "agreed_carer_reason": ("Thinks that maths should come first.",),
    "ks2_english": ("The expected standard in reading and writing.",),
    "ks2_maths": ("The expected standard, with 100 or more.",),
    "ks4_english": ("Grade 4 or better in English language.",),
    "ks4_maths": ("Grade 4; entered for the foundation tier.",),
    "ks4_examinations": ("Revision club twice a week, extra time, a mock in December.",),
    "intervention": ("Small-group reading", "One-to-one maths"),
    "provider": ("Teaching assistant", "Tutor from the virtual school"),
    "intensity": ("Four times a week, 20 minutes", "Tuesdays, 40 minutes"),
    "undelivered_reason": ("Two weeks fell out when the tutor was ill.",),
    "evidence": ("Reading age up by eight months.", "Tries harder tasks by himself."),
    "action_milestones": ("A chapter a week from 20 April.", "First test on 8 May."),
    "action_outcome": ("Reads at home without being asked.",),
    "action_reason": ("No room was free until March.",),
    "action_resource": ("A room on Thursdays",),
    "action_resource_source": ("The school",),
    "goals_when": ("At the summer meeting; the form tutor begins.",),
    "reception_plan": ("Two visits in June; the key worker goes along on the first day.",),
    "secondary_plan": ("Place offered; the new designated teacher comes to the summer meeting.",),
    "post_16_offer": ("Level 3 animal management at the farm college.",),
    "post_16_backup": ("Sixth form at the present school.",),
    "leaving_plan": ("An apprenticeship with the council's parks team.",),
    "early_premium": ("Pays for the speech group and for books at home.",),
    "bursary_plan": ("The form tutor and the young person apply in September.",),
    "study_support_not_needed": ("The homework club and the tutor are enough for now.",),
    "young_person_wants": ("Maths in the morning, when it is quiet.",),
    "staff_asked": ("Class teacher, SENCO and the mentor.",),
    "new_information": ("Moved up a reading group; a new friend; two late weeks in May.",),
    "resources_source": ("The virtual school's loan scheme.",),
    "premium_impact": ("Reading age up by eight months since the tutor began.",),
    "part": ("Reads with the child on Sundays.",),
    "name": ("Grandmother",),
    "reason": ("As the school reported.",),
}
"""By key, or by list and key. Of several, the day decides; the rows of a list take one each."""

ANYTHING = ("Talked through with the child and the people who care for them.",)
DAYS_AHEAD = {
    "target_due": 60, "action_due": 40, "action_review": 45,
    "care_plan_prepared_on": 0, "from": -700, "to": -30, "from_on": 7, "to_on": 60,
    "next_meeting_on": 80, "next_data_on": 40, "goals_started_on": -20, "careers_talk_on": 20,
    "way_forward_by": 30, "assessed_on": -20, "on": -20, "begins_on": 5,
}
"""Days from today, by key; a date that need not be given and is not here is left out."""
NUMBERS = {"attendance_percent": "94", "weekly_hours": "25", "interim_hours": "12",
           "premium_amount": "450", "suspensions": "0", "percent": "91", "cost": "120",
           "premium_spent": "380", "disruption_schools": "2", "disruption_months": "3",
           "funded_hours": "30"}
CHOICES: Mapping[str, tuple[str, ...]] = {
    "circumstances": ("none",),
    "linked_plans": ("none", "sen_support", "ehcp"),
    "study_support_planned": ("no",),
    "took_part": ("yes",),
}
"""Where the first option is not the usual one. Of several, the day decides."""
EVERY = {"meeting_invited": ["child", "carer", "social_worker", "designated_teacher"]}
"""Where several boxes are usual."""
WORKING_DAYS_AHEAD = {"meeting_planned_on": 2}
ROWS = 2


def answers_for(
    form: Form,
    facts: Mapping[str, Any],
    today: date,
    chosen: Mapping[str, Any],
    kept: Mapping[str, Kept] = MappingProxyType({}),
) -> dict[str, Any]:
    """Raw answers that the form accepts; `chosen` answers by key come before our own.

    Rows that the record has already stay, with what this form asks of them.
    """
    raw: dict[str, Any] = {}
    for each in form.inputs():
        ours = _rows(each, today, kept, chosen) if each.kind == "list" else _answer(each, today)
        raw[each.key] = chosen.get(each.key, ours)
    hidden = read_answers(form, raw, facts).hidden
    return {key: value for key, value in raw.items() if key not in hidden}


def _rows(
    each: Field, today: date, kept: Mapping[str, Kept], chosen: Mapping[str, Any]
) -> list[dict[str, Any]]:
    before = kept[each.key].value if each.key in kept else []
    if not each.required and not each.fixed_rows:
        return list(before)
    return [_row(each, today, at, row, chosen) for at, row in enumerate(before or [{}] * ROWS)]


def _row(
    each: Field, today: date, at: int, before: Mapping[str, Any], chosen: Mapping[str, Any]
) -> dict[str, Any]:
    """A row of a list; what another form asks is made up only where no row stands yet."""
    asked = [cell for cell in each.fields
             if cell.key not in before and (not cell.read_only or (each.fixed_rows and not before))]
    ours = {cell.key: _answer(cell, today, at, each.key) for cell in asked}
    return {**before, **{key: chosen.get(key, value) for key, value in ours.items()}}


def _answer(each: Field, today: date, row: int | None = None, within: str = "") -> Any:
    day = today.toordinal() if row is None else row
    if each.kind == "checkbox":
        return True
    if each.kind == "checkboxes":
        usual = CHOICES.get(each.key, (each.options[0].value,))
        return EVERY.get(each.key, [usual[day % len(usual)]])
    if each.kind in ("radio", "select") and each.key in CHOICES:
        return CHOICES[each.key][day % len(CHOICES[each.key])]
    if each.kind in ("radio", "select"):
        return each.options[(row or 0) % len(each.options)].value if each.options else ""
    if each.kind == "date":
        return _day(each, today)
    if each.kind == "number":
        return NUMBERS.get(each.key, "1" if each.required else "")
    usual = SENTENCES.get(f"{within}.{each.key}") or SENTENCES.get(each.key) or (
        ANYTHING if each.required else ("",)
    )
    return usual[day % len(usual)]


def _day(each: Field, today: date) -> str:
    if each.key in WORKING_DAYS_AHEAD:
        return working_days(None, today, WORKING_DAYS_AHEAD[each.key]).isoformat()
    known = each.required or each.key in DAYS_AHEAD
    return (today + timedelta(days=DAYS_AHEAD.get(each.key, 0))).isoformat() if known else ""
