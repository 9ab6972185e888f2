"""What a case's page shows: where it is, its dates with their arithmetic, its story, its people."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.diagram import Diagram, flowcharts_of, read_diagram
from engine.releases import compiled, release_files
from engine.steps import TextStep, read_steps, steps_after
from engine.store.models import Case, Event, Release, Task, Timer, TimerStatus
from engine.tasks import TaskView, view_of
from engine.work import Work, query
from workflows.case_deadlines import (
    DeadlineRow,
    Waiting,
    clocks_of,
    open_tasks_of,
    task_deadlines_of,
    waiting_of,
)
from workflows.children import ChildView, get_child
from workflows.explaining import Explaining
from workflows.involvements import InvolvementView, people_around
from workflows.people import names
from workflows.pep.facts import CaseFacts
from workflows.pep.record import field_class
from workflows.prepared import Prepared, measured
from workflows.timeline import StoryDay, by_day, timeline_of

MaySee = Callable[[str], bool]
"""Whether a field of this class may leave the server for the reader."""


@dataclass(frozen=True, slots=True)
class OpenTask:
    task: TaskView
    holder: str
    """Empty where it waits in a queue."""
    deadline: DeadlineRow | None


@dataclass(frozen=True, slots=True)
class Flowchart:
    diagram: Diagram
    steps: Sequence[TextStep]
    at_work: Sequence[TextStep]
    """Where someone has something to do now; none where the case only waits, or was there."""


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
    flowcharts: Sequence[Flowchart]
    """The procedure's own; then those that it calls, where the case is or has been in them."""
    done: frozenset[str]
    here: frozenset[str]
    late: frozenset[str]
    to_come: frozenset[str]
    """What can still come in this round; the rest of a running case was not needed."""
    open_tasks: Sequence[OpenTask]
    clocks: Sequence[DeadlineRow]
    """Its deadlines, the most binding first."""
    prepared: Prepared | None
    waits: Sequence[Waiting]
    story: Sequence[StoryDay]
    people: Sequence[InvolvementView]
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
    contents = flowcharts_of(release_files(work, case.release_id), case.procedure)
    after = {element: later for each in contents for element, later in steps_after(each).items()}
    steps = [step for each in contents for step in read_steps(each)]
    opened = open_tasks_of(work, case)
    known = CaseFacts(work.session, case, work.today)
    explaining = Explaining(work, case, known)
    due = task_deadlines_of(known, opened, explaining)
    called = names(work, [task.assignee_id for task in opened])
    here = _with_calls({task.element for task in opened} | _waiting_elements(work, case), steps)
    at_work = _with_calls({task.element for task in opened}, steps)
    late = {t.element for t in opened if t.due_on and t.due_on < work.today}
    follows = _following(here, after)
    done = _done(work, case, after) - here - follows
    clocks = clocks_of(known)
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
        flowcharts=list(_flowcharts(contents, done, here, at_work)),
        done=done,
        here=here,
        late=_with_calls(late, steps),
        to_come=_to_come(here, follows, steps, after),
        open_tasks=[_open_task(task, called, due) for task in opened],
        clocks=clocks,
        prepared=measured(work, case, clocks, may_see),
        waits=waiting_of(work, case, explaining),
        story=by_day(timeline_of(work, case_id)),
        people=people_around(work, case.child_id),
        incident=case.incident,
        next_case_id=work.session.scalar(select(Case.id).where(Case.previous_id == case.id)),
        previous_case_id=case.previous_id,
    )


def _with_calls(elements: Set[str], steps: Sequence[TextStep]) -> frozenset[str]:
    """These elements, and every step that calls or holds the flowchart that one of them is in."""
    found = set(elements)
    process = {step.element.id: step.element.process for step in steps}
    while True:
        inside = {process[each] for each in found if each in process}
        around = {step.element.id for step in steps
                  if step.element.calls in inside or step.element.id in inside}
        if around <= found:
            return frozenset(found)
        found |= around


def _flowcharts(
    contents: Sequence[bytes], done: Set[str], here: Set[str], at_work: Set[str]
) -> Iterator[Flowchart]:
    for number, content in enumerate(contents):
        steps = read_steps(content)
        inside = {step.element.id for step in steps}
        if number == 0 or inside & (done | here):
            busy = [step for step in steps if step.element.id in at_work]
            yield Flowchart(read_diagram(content), steps, busy)


def _open_task(
    task: Task, called: Mapping[UUID, str], due: Mapping[UUID, DeadlineRow]
) -> OpenTask:
    holder = called.get(task.assignee_id, "") if task.assignee_id else ""
    return OpenTask(view_of(task), holder, due.get(task.id))


def _done(
    work: Work, case: Case, after: Mapping[str, frozenset[str]]
) -> frozenset[str]:
    """What has been passed in the present round.

    Going back to a step undoes all that follows it: after a returned plan both sign again.
    """
    rows = work.session.scalars(
        select(Event)
        .where(Event.case_id == case.id, Event.kind == "path_taken")
        .order_by(Event.seq)
    )
    done: set[str] = set()
    for row in rows:
        for element in row.data["passed"]:
            done -= after.get(element, frozenset())
            done.add(element)
    return frozenset(done)


def _following(here: Set[str], after: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """All that follows where the case is: if it was done before, it is done again."""
    return frozenset().union(*(after.get(element, ()) for element in here)) - here


def _to_come(
    here: Set[str], follows: Set[str], steps: Sequence[TextStep],
    after: Mapping[str, frozenset[str]],
) -> frozenset[str]:
    """What follows, and what may happen beside it (boundary events)."""
    found = frozenset(here | follows)
    for step in steps:
        if step.element.attached_to in found:
            found |= {step.element.id} | after[step.element.id]
    return found - here


def _waiting_elements(work: Work, case: Case) -> set[str]:
    return set(
        work.session.scalars(
            select(Timer.element).where(
                Timer.case_id == case.id, Timer.status == TimerStatus.PENDING
            )
        )
    )
