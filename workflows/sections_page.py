"""Sections of the plan that a case works on: how far each is, what is missing, who has it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from engine.certain_steps import steps_ahead
from engine.domain import Known
from engine.forms import names_asked
from engine.releases import compiled
from engine.spiff import Procedure
from engine.store.models import Case, Task, TaskStatus, Timer, TimerStatus
from engine.work import Work, query
from workflows.children import ChildView, get_child
from workflows.contributions.links import AskedView, asked_in
from workflows.people import names
from workflows.pep.case_dates import RATING, RETURNED
from workflows.pep.facts import CaseFacts, plan_began_at
from workflows.pep.quality import REASONS
from workflows.pep.sections import (
    PlanAsked,
    SectionState,
    Standing,
    Step,
    ready_of,
    returned_sections,
    states_of,
)
from workflows.section_comments import CommentView, comments_on

MaySee = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class SectionsPage:
    case_id: UUID
    child: ChildView
    reference: str
    title: str
    is_open: bool
    """Whether the case still runs; then nothing more is asked, and nothing more is said."""
    sections: Sequence[SectionState]
    ready: tuple[int, int]
    called: Mapping[UUID, str]
    """Whoever has or did a step."""
    comments: Mapping[str, Sequence[CommentView]]
    """By section, the oldest first."""
    asked: Sequence[AskedView]
    """Who was asked by a link to say something in their own words."""


@query
def sections_page(work: Work, case_id: UUID, may_see: MaySee) -> SectionsPage:
    """The caller has asked `decide` for the case already."""
    case = work.session.get_one(Case, case_id)
    sections = states_of(_asked(work, case), may_see)
    holders = [step.holder_id for each in sections for step in each.steps]
    return SectionsPage(
        case_id=case.id,
        child=get_child(work, case.child_id),
        reference=case.reference,
        title=compiled(work, case.release_id).name,
        is_open=case.ended_at is None,
        sections=sections,
        ready=ready_of(sections),
        called=names(work, holders),
        comments=comments_on(work, case.id),
        asked=asked_in(work, case.id),
    )


@query
def sections_ready(work: Work, case_id: UUID, may_see: MaySee) -> tuple[int, int]:
    """How many sections are ready, and of how many, as the page itself says."""
    case = work.session.get_one(Case, case_id)
    return ready_of(states_of(_asked(work, case), may_see))


def _asked(work: Work, case: Case) -> PlanAsked:
    procedure = compiled(work, case.release_id)
    forms = procedure.forms.values()
    known = CaseFacts(work.session, case, work.today,
                      {each.path for form in forms for each in form.inputs()} | {RATING, REASONS})
    asked = frozenset[str]().union(*(names_asked(form.fields) for form in forms))
    rating, reasons = known.kept.get(RATING), known.kept.get(REASONS)
    returned = rating is not None and rating.value == RETURNED
    return PlanAsked(
        steps=list(_steps(work, case, procedure, known)),
        kept=known.kept,
        facts=known.facts(asked & work.domain.vocabulary.facts.keys()),
        began_at=plan_began_at(known),
        returned_because=str(reasons.value) if returned and reasons else "",
        returned=returned_sections(known.kept) if returned else {},
    )


def _steps(work: Work, case: Case, procedure: Procedure, known: Known) -> Iterator[Step]:
    """Open ones, those that come for certain, those done, and those that may come."""
    tasks = list(work.session.scalars(
        select(Task)
        .where(Task.case_id == case.id, Task.form.is_not(None),
               Task.status.in_((TaskStatus.OPEN, TaskStatus.COMPLETED)))
        .order_by(Task.opened_at.desc())
    ))
    opened = [each for each in tasks if each.status == TaskStatus.OPEN]
    done = {each.element: each for each in reversed(tasks) if each.status == TaskStatus.COMPLETED}
    sent = {each.form for each in done.values()}
    here = [each.element for each in opened] + _waiting(work, case, procedure)
    steps = steps_ahead(work, case.release_id)
    certain, possible = steps.certain(here), steps.possible(here, procedure.key)
    for task in opened:
        form = procedure.forms[task.form or ""]
        yield Step(task.name, form, Standing.OPEN, task.covered_by or task.role,
                   task.form in sent, task.id, task.assignee_id, _may_fill(work, task, known))
    ahead = {each.element for each in opened}
    for wanted, standing in ((certain, Standing.TO_COME), (None, Standing.DONE),
                             (possible, Standing.MAY_COME)):
        for identity, element in procedure.elements.items():
            told = identity in (done if wanted is None else wanted)
            if not element.form or not told or identity in ahead:
                continue
            ahead.add(identity)
            was = done.get(identity)
            yield Step(element.name, procedure.forms[element.form], standing, element.role or "",
                       was is not None, None,
                       was.completed_by if was and standing == Standing.DONE else None)


def _waiting(work: Work, case: Case, procedure: Procedure) -> list[str]:
    """Where the case waits for a date; not what only watches beside a step."""
    pending = work.session.scalars(select(Timer.element).where(
        Timer.case_id == case.id, Timer.status == TimerStatus.PENDING
    ))
    return [each for each in pending
            if each in procedure.elements and not procedure.elements[each].attached_to]


def _may_fill(work: Work, task: Task, known: Known) -> bool:
    """Whether the task is the actor's, or becomes theirs when they save."""
    if task.assignee_id is not None:
        return task.assignee_id == work.actor.id
    holders = known.people_for(task.role)
    return work.actor.id in (*holders.people, *holders.reserve)
