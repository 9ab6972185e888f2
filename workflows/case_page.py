"""What a case's page shows: where it is, its dates with their arithmetic, its story, its people."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.releases import compiled, flowcharts
from engine.store.models import Case, Event, Release, Task
from engine.tasks import TaskView, view_of
from engine.work import Work, query
from workflows.absences.in_place_of import InPlaceOf, in_place_of
from workflows.absences.page import AbsenceView, absences_of
from workflows.case_deadlines import (
    DeadlineRow,
    Waiting,
    clocks_of,
    open_tasks_of,
    task_deadlines_of,
    timers_of,
    waiting_of,
)
from workflows.children import ChildView, get_child
from workflows.explaining import Explaining
from workflows.involvements import InvolvementView, people_around
from workflows.people import names
from workflows.pep.facts import CaseFacts
from workflows.pep.record import field_class
from workflows.picture_of_a_case import PictureOfCase, picture_of
from workflows.prepared import Prepared, measured
from workflows.timeline import StoryDay, by_day, events_around, people_in, told_of

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
    next_case_id: UUID | None
    previous_case_id: UUID | None


DETAILS = ("identity.upn", "care.looked_after_since", "care.placement_start", "care.entry",
           "care.area_authority", "placement.type", "placement.address")
"""What the head of the page shows of the child, by the paths that say who may see it."""


@query
def case_page(work: Work, case_id: UUID, may_see: MaySee = lambda _class: False) -> CasePage:
    """The caller has asked `decide` for the case already."""
    case = work.session.get_one(Case, case_id)
    opened = open_tasks_of(work, case)
    known = CaseFacts(work.session, case, work.today)
    explaining = Explaining(work, case, known)
    due = task_deadlines_of(known, opened, explaining)
    away = in_place_of(work, [task.stands_in_for for task in opened])
    timers, events = timers_of(work, case), events_around(work, case)
    called = names(work, {task.assignee_id for task in opened} | people_in(events))
    picture = picture_of(
        flowcharts(work, case.release_id),
        _passed(case, events),
        opened={task.element for task in opened},
        waiting={timer.element for timer in timers},
        late={t.element for t in opened if t.due_on and t.due_on < work.today},
    )
    clocks = clocks_of(known)
    people = people_around(work, case.child_id)
    return CasePage(
        id=case.id,
        reference=case.reference,
        procedure=case.procedure,
        title=compiled(work, case.release_id).name,
        status=case.status,
        release_number=work.session.get_one(Release, case.release_id).number,
        opened_at=case.opened_at,
        ended_at=case.ended_at,
        child=get_child(work, case.child_id),
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
        next_case_id=work.session.scalar(select(Case.id).where(Case.previous_id == case.id)),
        previous_case_id=case.previous_id,
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
