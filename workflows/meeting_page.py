"""The meeting of a case on one screen: the whole plan, running notes, what is agreed live.

Targets and actions are a step of their own, after the meeting. What is agreed at it is kept at the
places where that step finds it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.advance import lock_case
from engine.ahead import StepAhead, save_ahead, step_ahead
from engine.errors import NotFound, Refused, TaskGone, TaskTaken
from engine.releases import compiled
from engine.store.models import Case, Task, TaskStatus
from engine.tasks import TaskForm, get_task, task_form
from engine.work import Work, query, verb
from workflows.people import names
from workflows.pep.meetings.away_then import AwayThen, away_then
from workflows.pep.meetings.invitations import Meeting, call_off, next_meeting
from workflows.plan_page import MaySee, PlanPage, PlanSection, plan_page
from workflows.telling.invitations import when_in_words

AGREED_AT: Mapping[str, str] = {
    "hold_pep_meeting": "set_targets_and_actions",
    "hold_review_meeting": "revise_targets",
}
"""The step behind each meeting in which its targets and actions are completed."""

FIRST = "views"
"""The section that stands before all others: the child's own words."""
READ_ALONG = ("targets", "actions")
"""Sections that whoever only reads along follows as they are agreed."""
MEETING_OVER = "The meeting is over. Go on in the task of the targets: what was saved stands there."


@dataclass(frozen=True, slots=True)
class MeetingPage:
    plan: PlanPage
    case_id: UUID
    reference: str
    title: str
    sections: Sequence[PlanSection]
    """The child's own words first."""
    when: str
    """Day and time of the meeting that is booked; empty where none is."""
    place: str
    is_to_come: bool
    """Whether a meeting is booked for today or later."""
    away: Sequence[AwayThen]
    held: TaskForm | None
    """The task of the meeting, while it is open."""
    agreed: StepAhead | None
    """The step behind it, while it is still to come."""
    targets_task: UUID | None
    """The task of the targets, once it is open."""
    holder: str


@query
def meeting_page(work: Work, case_id: UUID, may_see: MaySee) -> MeetingPage:
    """Only what `may_see` allows is read into the page."""
    case = work.session.get_one(Case, case_id)
    plan = plan_page(work, case.child_id, may_see)
    tasks = {task.element: task for task in work.session.scalars(
        select(Task).where(Task.case_id == case_id, Task.status == TaskStatus.OPEN)
    )}
    meeting = next((element for element in AGREED_AT if element in tasks), None)
    held = tasks[meeting] if meeting else None
    targets = next((tasks[step] for step in AGREED_AT.values() if step in tasks), None)
    holder = names(work, [held.assignee_id]) if held else {}
    booked = next_meeting(work.session, case_id)
    return MeetingPage(
        plan=plan, case_id=case_id, reference=case.reference,
        title=compiled(work, case.release_id).name,
        sections=sorted(plan.sections, key=lambda each: each.section.key != FIRST),
        when=when_in_words(booked) if booked else "", place=_place(plan, booked),
        is_to_come=bool(booked and booked.day >= work.today), away=away_then(work, booked),
        held=task_form(work, held.id) if held else None,
        agreed=step_ahead(work, case_id, AGREED_AT[meeting]) if meeting else None,
        targets_task=targets.id if targets else None,
        holder=holder.get(held.assignee_id, "") if held and held.assignee_id else "",
    )


@verb
def agree_at_meeting(
    work: Work, case_id: UUID, answers: Mapping[str, Any], seen: Mapping[str, int]
) -> None:
    """Keep targets and actions as drafts of the step behind the meeting, while it lasts.

    Raises `ValuesChanged`, `AnswersInvalid`, and `Refused` once the meeting is over.
    """
    step = step_agreed_at(work, case_id)
    if step is None:
        raise Refused(MEETING_OVER)
    save_ahead(work, case_id, step, answers, seen)


@verb
def call_off_meeting(work: Work, task_id: UUID) -> None:
    """Everyone invited hears that the meeting is off; its step stays open for another day.

    For whoever has the meeting's task. Raises `NotFound` for another step, `TaskTaken`, and
    `TaskGone` where the meeting was held meanwhile. What is off already is left so.
    """
    case = lock_case(work, get_task(work, task_id).case_id)
    task = get_task(work, task_id)
    if task.element not in AGREED_AT:
        raise NotFound
    if task.assignee_id not in (None, work.actor.id):
        raise TaskTaken(by=task.assignee_id)
    if task.status != TaskStatus.OPEN:
        raise TaskGone(status=task.status, by=task.completed_by, at=task.ended_at)
    told = call_off(work, case)
    if told:
        work.event(case, "meeting_called_off", told=told)
        work.audit("call_off_meeting", child_id=case.child_id, about=f"case:{case.id}")


@query
def step_agreed_at(work: Work, case_id: UUID) -> str | None:
    """The step for which answers can be agreed now; None where no meeting of the case is on."""
    element = work.session.scalar(
        select(Task.element).where(
            Task.case_id == case_id, Task.status == TaskStatus.OPEN, Task.element.in_(AGREED_AT)
        )
    )
    return AGREED_AT[element] if element else None


def _place(plan: PlanPage, booked: Meeting | None) -> str:
    """As this reader may see it."""
    answers = [each for part in plan.sections for each in part.answers]
    found = next((each.value for each in answers if each.path == "meeting.place"), "")
    return str(found) if booked else ""
