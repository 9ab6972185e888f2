"""What a case's page shows: where it is, its dates with their arithmetic, its story, its people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.diagram import Diagram, read_diagram
from engine.domain import SYSTEM
from engine.releases import compiled, release_files
from engine.steps import TextStep, read_steps
from engine.store.models import (
    Case,
    CaseStatus,
    Event,
    Release,
    Task,
    TaskStatus,
    Timer,
    TimerStatus,
)
from engine.tasks import TaskView, view_of
from engine.work import LONDON, Work, query
from workflows.access import visible
from workflows.calendar import last_working_day_by
from workflows.children import ChildView, children_by_id, get_child
from workflows.explaining import explain_date
from workflows.involvements import InvolvementView, people_around
from workflows.people import names
from workflows.pep.deadlines import REGULATIONS, limit_in_words, plan_prepared_by
from workflows.pep.plan import versions_of_case
from workflows.pep.reviews import last_review_before, review_of
from workflows.roles import ROLES


@dataclass(frozen=True, slots=True)
class DeadlineRow:
    title: str
    due_on: date
    kind: str
    """`statutory`, `guidance` or `local`."""
    source: str
    because: str
    met_on: date | None
    """When it was met, if it was."""

    def is_late(self, today: date) -> bool:
        return (self.met_on or today) > self.due_on


@dataclass(frozen=True, slots=True)
class StoryLine:
    at: datetime
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class OpenTask:
    task: TaskView
    holder: str


@dataclass(frozen=True, slots=True)
class CasePage:
    id: UUID
    reference: str
    procedure: str
    title: str
    status: str
    release_number: int
    opened_at: datetime
    ended_at: datetime | None
    child: ChildView
    diagram: Diagram
    steps: Sequence[TextStep]
    done: frozenset[str]
    here: frozenset[str]
    late: frozenset[str]
    open_tasks: Sequence[OpenTask]
    deadlines: Sequence[DeadlineRow]
    story: Sequence[StoryLine]
    people: Sequence[InvolvementView]
    incident: dict[str, Any] | None
    next_case_id: UUID | None
    previous_case_id: UUID | None


@dataclass(frozen=True, slots=True)
class CaseRow:
    id: UUID
    reference: str
    procedure: str
    status: str
    child: ChildView
    steps: Sequence[str]
    next_due: date | None
    moved_at: datetime


@query
def case_page(work: Work, case_id: UUID) -> CasePage:
    """Raises `NotFound` for the child; the caller has asked for the case already."""
    case = work.session.get_one(Case, case_id)
    procedure = compiled(work, case.release_id)
    content = release_files(work, case.release_id)[f"{case.procedure}.bpmn"]
    opened = _open_tasks(work, case)
    called = names(work, [task.assignee_id for task in opened])
    return CasePage(
        id=case.id,
        reference=case.reference,
        procedure=case.procedure,
        title=procedure.name,
        status=case.status,
        release_number=work.session.get_one(Release, case.release_id).number,
        opened_at=case.opened_at,
        ended_at=case.ended_at,
        child=get_child(work, case.child_id),
        diagram=read_diagram(content),
        steps=read_steps(content),
        done=_passed(work, case) - {task.element for task in opened},
        here=frozenset({task.element for task in opened} | _waiting_elements(work, case)),
        late=frozenset(t.element for t in opened if t.due_on and t.due_on < work.today),
        open_tasks=[
            OpenTask(view_of(task), called.get(task.assignee_id, "") if task.assignee_id else "")
            for task in opened
        ],
        deadlines=deadlines_of(work, case_id),
        story=timeline_of(work, case_id),
        people=people_around(work, case.child_id),
        incident=case.incident,
        next_case_id=work.session.scalar(select(Case.id).where(Case.previous_id == case.id)),
        previous_case_id=case.previous_id,
    )


@query
def case_list(work: Work, *, open_only: bool = True) -> list[CaseRow]:
    """The cases that the actor may see, the next due first."""
    statement = select(Case).where(visible(work.actor, Case.child_id, work.today))
    if open_only:
        statement = statement.where(Case.status.in_((CaseStatus.OPEN, CaseStatus.INCIDENT)))
    cases = list(work.session.scalars(statement.order_by(Case.opened_at.desc()).limit(1000)))
    children = children_by_id(work, {case.child_id for case in cases})
    tasks: dict[UUID, list[Task]] = {}
    for task in work.session.scalars(
        select(Task).where(
            Task.case_id.in_([case.id for case in cases]), Task.status == TaskStatus.OPEN
        )
    ):
        tasks.setdefault(task.case_id, []).append(task)
    rows = [_row(case, children[case.child_id], tasks.get(case.id, [])) for case in cases]
    return sorted(rows, key=lambda row: (row.next_due is None, row.next_due or work.today))


@query
def deadlines_of(work: Work, case_id: UUID) -> list[DeadlineRow]:
    """Statutory clocks first, then the due dates of what is open."""
    case = work.session.get_one(Case, case_id)
    rows = _clocks(work, case)
    for task in _open_tasks(work, case):
        if task.due_on is not None:
            rows.append(
                DeadlineRow(task.name, task.due_on, "local", "the diagram",
                            explain_date(work, case.id, task.element, task.opened_at), None)
            )
    for timer in work.session.scalars(
        select(Timer).where(Timer.case_id == case.id, Timer.status == TimerStatus.PENDING)
    ):
        element = compiled(work, case.release_id).elements[timer.element]
        rows.append(
            DeadlineRow(f"Timer: {element.name}", timer.due_at.astimezone(LONDON).date(), "local",
                        "the diagram",
                        explain_date(work, case.id, timer.element, timer.started_at), None)
        )
    return rows


@query
def timeline_of(work: Work, case_id: UUID) -> list[StoryLine]:
    """What happened, newest first, in plain English."""
    case = work.session.get_one(Case, case_id)
    elements = compiled(work, case.release_id).elements
    rows = list(
        work.session.scalars(
            select(Event).where(Event.case_id == case_id).order_by(Event.seq.desc())
        )
    )
    people: set[UUID | None] = {row.actor_id for row in rows}
    people |= {_uuid(row.data.get(key)) for row in rows for key in ("new", "old", "assignee")}
    called = names(work, people)
    return [
        StoryLine(row.at, text, "" if row.actor_id == SYSTEM.id else called.get(row.actor_id, ""))
        for row in rows
        if (text := _told(row, elements[row.element].name if row.element in elements else "",
                          called))
    ]


def _clocks(work: Work, case: Case) -> list[DeadlineRow]:
    review = review_of(work.session, case.id)
    if review is None:
        return []
    child = get_child(work, case.child_id)
    prepared = _stamp(work, case, "prepared_at")
    if review.number == 1:
        facts = work.domain.facts(work.session, case, frozenset({"placement_start"}), work.today)
        placed = facts["placement_start"]
        from_placement = limit_in_words("plan_prepared_by", placed)
        from_care = limit_in_words("first_review_by", child.looked_after_on)
        return [
            DeadlineRow("Plan prepared: both signatures within 10 working days",
                        plan_prepared_by(None, placed), "statutory", "Procedure 4.9.2, section 1, point 3",
                        f"{from_placement}.", prepared),
            DeadlineRow("First statutory review within 20 working days", review.limit_on,
                        "statutory", f"{REGULATIONS}, regulation 33(1)", f"{from_care}.",
                        review.held_on),
        ]
    before = last_review_before(work.session, review)
    held = before.held_on if before else None
    span = "3 months" if review.number == 2 else "6 months"
    because = f"{span} from the last review on {_short(held)}." if held else ""
    planned = last_working_day_by(None, review.limit_on)
    if planned != review.limit_on:
        because += f" The last working day within it is {_short(planned)}."
    passed = _stamp(work, case, "passed_at")
    return [
        DeadlineRow(f"Statutory review within {span} of the last", review.limit_on, "statutory",
                    f"{REGULATIONS}, regulation 33(2)", because, review.held_on),
        DeadlineRow("Plan passed on before the review", review.planned_on or planned, "guidance",
                    "Procedure 4.9.2, section 2", "", passed),
    ]


def _stamp(work: Work, case: Case, column: str) -> date | None:
    stamps = [getattr(v, column) for v in versions_of_case(work.session, case.id)]
    found = [stamp for stamp in stamps if stamp]
    return found[0].astimezone(LONDON).date() if found else None


def _open_tasks(work: Work, case: Case) -> list[Task]:
    return list(
        work.session.scalars(
            select(Task)
            .where(Task.case_id == case.id, Task.status == TaskStatus.OPEN)
            .order_by(Task.due_on)
        )
    )


def _waiting_elements(work: Work, case: Case) -> set[str]:
    return set(
        work.session.scalars(
            select(Timer.element).where(
                Timer.case_id == case.id, Timer.status == TimerStatus.PENDING
            )
        )
    )


def _passed(work: Work, case: Case) -> frozenset[str]:
    rows = work.session.scalars(
        select(Event).where(Event.case_id == case.id, Event.kind == "path_taken")
    )
    return frozenset(element for row in rows for element in row.data["passed"])


def _row(case: Case, child: ChildView, tasks: list[Task]) -> CaseRow:
    dates = [task.due_on for task in tasks if task.due_on]
    return CaseRow(
        case.id, case.reference, case.procedure, case.status, child,
        [task.name for task in tasks], min(dates) if dates else None, case.moved_at,
    )


def _told(event: Event, step: str, called: dict[UUID, str]) -> str:
    """One event as a sentence; empty for what would only be noise to a person."""
    data = event.data
    who = called.get(_uuid(data.get("new")) or SYSTEM.id, "")
    moved = f"from {_iso(data.get('old'))} to {_iso(data.get('new'))}"
    reason = f" Reason: {data['reason']}" if data.get("reason") else ""
    role = ROLES[data["to"]].title.lower() if data.get("to") in ROLES else "the team"
    return {
        "case_opened": "The case was opened.",
        "case_ended": f"The case came to its end: {step.lower()}.",
        "case_closed": f"The case was closed.{reason}",
        "task_opened": f"“{step}” was opened.",
        "task_claimed": f"“{step}” was taken from the queue.",
        "task_released": f"“{step}” was handed back.{reason}",
        "task_completed": f"“{step}” was completed.",
        "task_cancelled": f"“{step}” was no longer needed.",
        "task_reassigned": f"“{step}” was given to {who or 'the queue'}.{reason}",
        "due_moved": f"The due date of “{step}” moved {moved}.",
        "timer_moved": f"The date “{step}” moved {moved}.",
        "timer_fired": f"The date came: {step.lower()}.",
        "escalated": f"Escalated: the {role} was told that the plan is late.",
        "plan_prepared": "Both have signed: the plan is prepared.",
        "plan_version_opened": f"Version {data.get('number')} of the plan was opened.",
        "incident_opened": f"The case needs a process owner at “{step}”.",
        "incident_retried": "A process owner tried again.",
    }.get(event.kind, "")


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _iso(text: object) -> str:
    try:
        return _short(datetime.fromisoformat(str(text)).date())
    except ValueError:
        return "no date"


def _short(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"

