"""Plausible answers to any form: what an invented practitioner would have written."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from engine.forms import Field, Form, read_answers

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
    "additional_support": ("A key adult at the start and the end of each day.",),
    "interventions": ("Small-group reading four times a week; one-to-one maths on Tuesdays.",),
    "aspiration_nurtured": ("Helps in the school garden and shows visitors round.",),
    "goals": ("Would like to work with animals; a visit to the farm college is planned.",
              "Wants to be a paramedic and to stay on for A levels."),
    "pupil_premium": ("Pays for the reading tutor and the swimming course.",),
    "view_progress": ("I am getting better at reading. I like my new teacher.",
                      "Maths is still hard but I finished the whole book."),
    "view_support": ("When someone explains it again just to me.",),
    "view_changes": ("I want to go to football club with my friend.",),
    "view_declined": ("The teacher and an advocate offered twice. The child said: not today.",),
    "attainment_summary": (
        "Reading at the expected level, maths half a year behind (teacher).",
        "Above the expected level in maths, writing a year behind (teacher).",
    ),
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
    "meeting_place": ("At the school, in the library.", "By video call."),
    "meeting_chair": ("Virtual school caseworker",),
    "child_takes_part": ("Comes for the second half, with a drawing of what went well.",),
    "premium_reason": ("The reading tutor, until July.",),
    "review_changes": ("The maths group moves to Mondays; the class teacher sees to it.",),
    "dispute_about": ("Whether the part-time timetable may go on.",),
    "dispute_outcome": ("Full time again from May, in two steps.",),
    "interim_education": ("Tutor at home: English and maths, mornings.",),
    "place_school": ("Osmerdale Academy",),
    "direction_asked_of": ("The council's admissions team, for the nearest secondary school.",),
    "move_reason": ("The carers retire; the aunt's home is in the next town.",),
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
}
"""By key. Of several, the day decides; the rows of a list take one each."""

ANYTHING = ("Talked through with the child and the people who care for them.",)
DAYS_AHEAD = {"target_due": 60, "action_due": 40, "action_review": 45, "meeting_planned_on": 2}
NUMBERS = {"attendance_percent": "94", "weekly_hours": "25", "interim_hours": "12",
           "premium_amount": "450", "suspensions": "0"}
ROWS = 2


def answers_for(
    form: Form, facts: Mapping[str, Any], today: date, chosen: Mapping[str, Any]
) -> dict[str, Any]:
    """Raw answers that the form accepts; `chosen` answers by key come before our own."""
    raw: dict[str, Any] = {}
    for each in form.inputs():
        raw[each.key] = chosen.get(each.key, _answer(each, today))
    hidden = read_answers(form, raw, facts).hidden
    return {key: value for key, value in raw.items() if key not in hidden}


def _answer(each: Field, today: date, row: int | None = None) -> Any:
    if each.kind == "date":
        return (today + timedelta(days=DAYS_AHEAD.get(each.key, 0))).isoformat()
    if each.kind == "number":
        return NUMBERS.get(each.key, "1")
    if each.kind == "checkbox":
        return True
    if each.kind == "checkboxes":
        return [each.options[0].value]
    if each.kind in ("radio", "select"):
        if not each.options:
            return ""
        return each.options[(row or 0) % len(each.options)].value
    if each.kind == "list":
        return [{cell.key: _answer(cell, today, at) for cell in each.fields} for at in range(ROWS)]
    sentences = SENTENCES.get(each.key, ANYTHING)
    return sentences[(today.toordinal() if row is None else row) % len(sentences)]
