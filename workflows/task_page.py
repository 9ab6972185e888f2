"""What a task's page shows beside its form: who, why, due when and why then, what came before."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select

from engine.advance import open_tasks
from engine.domain import Kept
from engine.earlier_releases import elements_of_case, procedure_of
from engine.errors import Clash
from engine.forms import Field, read_answers
from engine.releases import compiled
from engine.spiff import Element
from engine.store.models import Case, Event, Task, TaskStatus
from engine.tasks import TaskForm, TaskView, get_task, task_form, view_of
from engine.work import LONDON, Work, query
from workflows.absences.in_place_of import InPlaceOf, in_place_of
from workflows.children import ChildView, get_child
from workflows.explaining import Explaining
from workflows.meeting_page import AGREED_AT
from workflows.people import names
from workflows.pep.case_dates import RATING, RETURNED
from workflows.pep.facts import plan_began_at
from workflows.pep.meetings.away_then import AwayThen, away_then
from workflows.pep.meetings.invitations import next_meeting
from workflows.pep.plan import kept_for, versions_of_case
from workflows.pep.quality import JUDGED_AT, REASONS, NotGreen, not_green, to_be_done_again
from workflows.pep.record import PLACES, SECTIONS, field_class
from workflows.pep.starting import REOPENED

MaySee = Callable[[str], bool]

BEFORE_SHOWN = 4
_PLAN_ID = re.compile(r"^(?:P\d+\.\d+(?: to P\d+\.\d+)?(?:, P\d+\.\d+)*\.\s*)+")
"""The step's number in the analysis, with which its documentation begins."""


@dataclass(frozen=True, slots=True)
class Before:
    """Something that was done in this case before."""

    step: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NotGood:
    """A section that quality assurance did not find good."""

    title: str
    rating: str
    reason: str
    questions: Sequence[Field]
    """Where the section was returned: what this step asks in it."""


@dataclass(frozen=True, slots=True)
class Returned:
    """Why quality assurance returned a plan."""

    reasons: str
    sections: Sequence[NotGood]
    """Those that this step writes; all of them where it writes none, as whoever signs."""


@dataclass(frozen=True, slots=True)
class TaskPage:
    asked: TaskForm
    child: ChildView
    reference: str
    case_status: str
    procedure_name: str
    step: Element
    stands_on: str
    """What the diagram says of the step: the sentence of the procedure that it stands on."""
    due_because: str
    before: Sequence[Before]
    returned: Returned | None
    """Where that is why this step is done again."""
    reopened_because: str
    """In a case in which a plan that was passed on is put right."""
    came_late_on: date | None
    """The day in London on which it came to whoever has it, where it was late already by then."""
    assignee: str
    completed_by: str
    in_place_of: InPlaceOf | None
    """Of an open task that somebody has, or may take, for a colleague who is away."""

    @property
    def task(self) -> TaskView:
        return self.asked.task


@dataclass(frozen=True, slots=True)
class DonePage:
    """What follows a task that was completed."""

    task: TaskView
    child: ChildView
    case_status: str
    steps: Sequence[tuple[TaskView, str]]
    """The tasks that are open in its case now, each with who has it."""
    away: Sequence[AwayThen]
    """Where it booked the meeting."""


@query
def task_page(work: Work, task_id: UUID) -> TaskPage:
    """Raises `NotFound`."""
    asked = task_form(work, task_id)
    task = asked.task
    case = work.session.get_one(Case, task.case_id)
    procedure = compiled(work, case.release_id)
    if task.status != TaskStatus.OPEN:
        procedure = procedure_of(work, case, work.session.get_one(Task, task_id))
    step = procedure.elements[task.element]
    done = _done_before(work, case, task)
    of_now = all(row.element in procedure.elements for row in done)
    elements = procedure.elements if of_now else elements_of_case(work, case)
    called = names(work, [task.assignee_id, task.completed_by, *(row.actor_id for row in done)])
    return TaskPage(
        asked=asked,
        child=get_child(work, task.child_id),
        reference=case.reference,
        case_status=case.status,
        procedure_name=procedure.name,
        step=step,
        stands_on=_PLAN_ID.sub("", step.documentation),
        due_because=Explaining(work, case, asked.known).date_of(task.element, task.opened_at),
        before=[
            Before(elements[row.element or ""].name, called.get(row.actor_id, ""), row.at)
            for row in done
        ],
        returned=_returned(work, case, asked),
        reopened_because=_reopened_because(work, case),
        came_late_on=_came_late_on(work, task),
        assignee=called.get(task.assignee_id, "") if task.assignee_id else "",
        completed_by=called.get(task.completed_by, "") if task.completed_by else "",
        in_place_of=in_place_of(work, [task.stands_in_for]).get(task.stands_in_for)
        if task.stands_in_for and task.status == TaskStatus.OPEN else None,
    )


@query
def done_page(work: Work, task_id: UUID) -> DonePage:
    """Raises `NotFound`."""
    task = get_task(work, task_id)
    case = work.session.get_one(Case, task.case_id)
    opened = sorted(map(view_of, open_tasks(work, case)), key=_when_due)
    called = names(work, [view.assignee_id for view in opened])
    return DonePage(
        task=task,
        child=get_child(work, task.child_id),
        case_status=case.status,
        steps=[(view, called.get(view.assignee_id, "") if view.assignee_id else "")
               for view in opened],
        away=away_then(work, next_meeting(work.session, case.id))
        if any(view.element in AGREED_AT for view in opened) else (),
    )


def _when_due(view: TaskView) -> tuple[date, datetime, UUID]:
    return view.due_on or date.max, view.opened_at, view.id


def unseen(asked: TaskForm, reader: UUID, may_see: MaySee) -> dict[str, Any]:
    """By key, what the record holds for the form and this reader does not see, whoever has the
    task. It goes along as it stands where the reader completes the task."""
    return {
        key: kept.value for key, kept in asked.kept.items() if not sees(reader, kept, may_see)
    }


def from_the_plan_before(asked: TaskForm) -> dict[str, date]:
    """By key, since when what was carried over stands in the plan. Sending the form confirms it."""
    began_at = plan_began_at(asked.known)
    return {
        key: kept.at.astimezone(LONDON).date() for key, kept in asked.kept.items()
        if kept.at is not None and kept.value not in (None, "", [])
        and (began_at is None or kept.at < began_at)
    }


def sees(reader: UUID, answer: Kept | Clash, may_see: MaySee) -> bool:
    """One's own answers, and those in a class of field that is for this reader."""
    return answer.by == reader or may_see(field_class(answer.path))


_DONE_ONCE = (
    select(Task.id)
    .where(
        Task.case_id == bindparam("case_id"),
        Task.form == bindparam("form"),
        Task.status == TaskStatus.COMPLETED,
        Task.id != bindparam("task_id"),
    )
    .limit(1)
)


def _returned(work: Work, case: Case, asked: TaskForm) -> Returned | None:
    """The rating stands until the next one: what is answered a second time meanwhile."""
    task = asked.task
    again = {"case_id": task.case_id, "form": task.form, "task_id": task.id}
    if task.status != TaskStatus.OPEN or work.session.scalar(_DONE_ONCE, again) is None:
        return None
    kept = kept_for(work.session, case, JUDGED_AT)
    if RATING not in kept or kept[RATING].value != RETURNED:
        return None
    reasons = kept.get(REASONS)
    return Returned(str(reasons.value or "") if reasons else "", _not_good(asked, kept))


def _not_good(asked: TaskForm, judged: Mapping[str, Kept]) -> list[NotGood]:
    hidden = read_answers(asked.form, {key: each.value for key, each in asked.kept.items()},
                          asked.facts).hidden
    written: dict[str, list[Field]] = {}
    for each in asked.form.inputs():
        if each.path in PLACES and each.key not in hidden and not each.read_only:
            written.setdefault(PLACES[each.path].section, []).append(each)
    found, again = not_green(judged), to_be_done_again(judged)

    def told(each: NotGreen) -> NotGood:
        questions = written.get(each.section, ()) if each.section in again else ()
        return NotGood(SECTIONS[each.section].title, each.rating, each.reason, questions)

    return [told(each) for each in found if each.section in written] or list(map(told, found))


def _reopened_because(work: Work, case: Case) -> str:
    versions = versions_of_case(work.session, case.id) if case.procedure == REOPENED else []
    return versions[0].reason if versions else ""


def _came_late_on(work: Work, task: TaskView) -> date | None:
    """The first time counts: whoever hands a late task back and takes it again had it before."""
    if task.assignee_id is None or task.due_on is None or task.due_on >= work.today:
        return None
    rows = work.session.scalars(
        select(Event)
        .where(Event.case_id == task.case_id, Event.task_id == task.id,
               Event.kind.in_(["task_claimed", *_GIVEN_IN]))
        .order_by(Event.seq)
    )
    given = (row.at.astimezone(LONDON).date() for row in rows
             if _to_whom(row) == str(task.assignee_id))
    came = next(given, None)
    return came if came and came > task.due_on else None


_GIVEN_IN: Mapping[str, str] = {
    "task_opened": "assignee", "task_reassigned": "new", "task_covered": "new",
    "task_given_back": "new",
}
"""By kind of event, where it says who has the task now."""


def _to_whom(event: Event) -> str:
    given = _GIVEN_IN.get(event.kind)
    return str(event.data.get(given) if given else event.actor_id)


_DONE_BEFORE = (
    select(Event.element, Event.actor_id, Event.at)
    .where(
        Event.case_id == bindparam("case_id"),
        Event.kind == "task_completed",
        Event.at <= bindparam("until"),
        Event.task_id != bindparam("task_id"),
    )
    .order_by(Event.seq.desc())
    .limit(BEFORE_SHOWN)
)


def _done_before(
    work: Work, case: Case, task: TaskView
) -> Sequence[Row[str | None, UUID, datetime]]:
    until = task.ended_at or work.now
    return work.session.execute(
        _DONE_BEFORE, {"case_id": case.id, "until": until, "task_id": task.id}
    ).all()
