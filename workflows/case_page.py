"""What a case's page shows: where it is, its dates with their arithmetic, its story, its people."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from engine.releases import compiled, flowcharts
from engine.store.models import Case, Event, Release, Task
from engine.store.together import Together
from engine.tasks import TaskView, view_of
from engine.work import Work, query
from workflows.absences.in_place_of import InPlaceOf, in_place_of
from workflows.absences.page import AbsenceView, absences_of
from workflows.case_deadlines import (
    OPEN_TASKS,
    RUNNING_TIMERS,
    DeadlineRow,
    Waiting,
    clocks_of,
    soonest_due_first,
    task_deadlines_of,
    waiting_of,
)
from workflows.children import OF_CHILDREN, ChildView, views_of
from workflows.explaining import Explaining
from workflows.filing.standing import Filing, filings_of
from workflows.involvements import PEOPLE_AROUND, InvolvementView, by_role
from workflows.people import names
from workflows.pep.facts import CaseFacts
from workflows.pep.record import field_class
from workflows.picture_of_a_case import PictureOfCase, picture_of
from workflows.prepared import Prepared, measured
from workflows.story import StoryDay, by_day, people_in
from workflows.timeline import EVENTS_AROUND, newest_first, told_of, while_it_ran

MaySee = Callable[[str], bool]
"""Whether a field of this class may leave the server for the reader."""


@dataclass(frozen=True, slots=True)
class OpenTask:
    task: TaskView
    holder: str
    """Empty where it waits in a queue."""
    deadline: DeadlineRow | None
    in_place_of: InPlaceOf | None


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
    seen: frozenset[str]
    """Paths of the child's details that the reader may see."""
    picture: PictureOfCase
    open_tasks: Sequence[OpenTask]
    clocks: Sequence[DeadlineRow]
    """Its deadlines, the most binding first."""
    prepared: Prepared | None
    waits: Sequence[Waiting]
    story: Sequence[StoryDay]
    people: Sequence[InvolvementView]
    away: Mapping[UUID, AbsenceView]
    """By person, of those who are away today."""
    incident: Mapping[str, Any] | None
    filings: Sequence[Filing]
    """How its signed versions stand with the case system."""
    next_case_id: UUID | None
    previous_case_id: UUID | None


DETAILS = ("identity.upn", "care.looked_after_since", "care.placement_start", "care.entry",
           "care.area_authority", "placement.type", "placement.address")
"""What the head of the page shows of the child, by the paths that say who may see it."""


@query
def case_page(work: Work, case_id: UUID, may_see: MaySee = lambda _class: False) -> CasePage:
    """The caller has asked `decide` for the case already."""
    case, release_number, next_case_id = work.session.execute(_CASE, {"case_id": case_id}).one()
    around = _AROUND.read(work.session, on=work.today, ids=[case.child_id],
                          **while_it_ran(case))
    opened, events = soonest_due_first(around["tasks"]), newest_first(around["events"])
    timers = sorted(around["timers"], key=lambda timer: timer.due_at)
    known = CaseFacts(work.session, case, work.today)
    explaining = Explaining(work, case, known)
    due = task_deadlines_of(known, opened, explaining)
    away = in_place_of(work, [task.stands_in_for for task in opened])
    called = names(work, {task.assignee_id for task in opened} | people_in(events))
    picture = picture_of(
        flowcharts(work, case.release_id),
        _passed(case, events),
        opened={task.element for task in opened},
        waiting={timer.element for timer in timers},
        late={t.element for t in opened if t.due_on and t.due_on < work.today},
    )
    clocks = clocks_of(known)
    people = by_role(around["people"])
    return CasePage(
        id=case.id,
        reference=case.reference,
        procedure=case.procedure,
        title=compiled(work, case.release_id).name,
        status=case.status,
        release_number=release_number,
        opened_at=case.opened_at,
        ended_at=case.ended_at,
        child=views_of(around, work.today)[case.child_id],
        seen=frozenset(path for path in DETAILS if may_see(field_class(path))),
        picture=picture,
        open_tasks=[_open_task(task, called, due, away) for task in opened],
        clocks=clocks,
        prepared=measured(work, case, clocks, may_see),
        waits=waiting_of(work, case, timers, explaining),
        story=by_day(told_of(work, case, events, called)),
        people=people,
        away=absences_of(work, [person.person_id for person in people]),
        incident=case.incident,
        filings=filings_of(work, case_id) if known.stamp("passed_at") else [],
        next_case_id=next_case_id,
        previous_case_id=case.previous_id,
    )


_AROUND = Together(tasks=OPEN_TASKS, timers=RUNNING_TIMERS, events=EVENTS_AROUND,
                   people=PEOPLE_AROUND, **OF_CHILDREN)
_Next = aliased(Case)
_CASE = (
    select(Case, Release.number,
           select(_Next.id).where(_Next.previous_id == Case.id).limit(1).scalar_subquery())
    .join(Release, Release.id == Case.release_id)
    .where(Case.id == bindparam("case_id"))
)


def _open_task(
    task: Task, called: Mapping[UUID, str], due: Mapping[UUID, DeadlineRow],
    away: Mapping[UUID, InPlaceOf],
) -> OpenTask:
    holder = called.get(task.assignee_id, "") if task.assignee_id else ""
    standing_in = away.get(task.stands_in_for) if task.stands_in_for else None
    return OpenTask(view_of(task), holder, due.get(task.id), standing_in)


def _passed(case: Case, events: Sequence[Event]) -> list[str]:
    """Which elements its ways went through, in their order."""
    taken = [each for each in events if each.case_id == case.id and each.kind == "path_taken"]
    return [element for each in sorted(taken, key=lambda each: each.seq)
            for element in each.data["passed"]]
