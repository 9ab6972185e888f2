"""Plausible answers to any form: what an invented practitioner would have written."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from engine.forms import Field, Form, read_answers

SENTENCES = {
    "carers": "Lives with approved foster carers.",
    "parental_responsibility": "Shared by the council and the birth parents.",
    "leisure_interests": "Swimming, drawing and looking after the neighbour's dog.",
    "strengths": "Curious, kind to younger children, a good memory for facts.",
    "view_progress": "I am getting better at reading. I like my new teacher.",
    "view_support": "When someone explains it again just to me.",
    "view_changes": "I want to go to football club with my friend.",
    "view_declined": "The teacher and an advocate offered twice. The child said: not today.",
    "attainment_summary": "Reading at the expected level, maths half a year behind (teacher).",
    "monitoring": "Half-termly assessments, looked at by the designated teacher.",
    "mental_health": "None identified.",
    "target_text": "Read a chapter book alone and retell it.",
    "target_measure": "Teacher listens once a week and keeps a note.",
    "action_text": "Twenty minutes of reading help, four times a week.",
    "action_owner": "Class teacher",
    "delay_reason": "The school's sections came after the meeting had been moved.",
    "delay_done": "Meeting held; both sign this week.",
    "return_reasons": "The targets do not say how we will know. Please add measures.",
    "head_name": "Grace Holmwood",
    "head_email": "grace.holmwood@marrowdale.example",
    "head_phone": "01632 960 001",
    "care_plan_reference": "CP-1042",
    "first_language": "English",
    "meeting_lead": "Designated teacher",
    "review_progress": "Settled at school; attendance is good.",
}


def answers_for(
    form: Form, facts: Mapping[str, Any], today: date, chosen: Mapping[str, Any]
) -> dict[str, Any]:
    """Raw answers that the form accepts; `chosen` answers by key come before our own."""
    raw: dict[str, Any] = {}
    for each in form.inputs():
        raw[each.key] = chosen.get(each.key, _answer(each, today))
    hidden = read_answers(form, raw, facts).hidden
    return {key: value for key, value in raw.items() if key not in hidden}


def _answer(each: Field, today: date) -> Any:
    if each.kind == "date":
        ahead = {"target_due": 60, "action_due": 40, "action_review": 45}.get(each.key, 0)
        return (today + timedelta(days=ahead)).isoformat()
    if each.kind == "number":
        return {"attendance_percent": "94", "weekly_hours": "25"}.get(each.key, "1")
    if each.kind == "checkbox":
        return True
    if each.kind == "checkboxes":
        return [each.options[0].value]
    if each.kind in ("radio", "select"):
        return each.options[0].value if each.options else ""
    if each.kind == "list":
        return [{cell.key: _answer(cell, today) for cell in each.fields} for _ in range(2)]
    return SENTENCES.get(each.key, "As agreed with the child and the people who care for them.")
