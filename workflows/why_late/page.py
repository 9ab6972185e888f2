"""Why a case is late, on one page: its story, the step that decided it, and the expected path."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import select

from engine.advance import CaseWorld
from engine.earlier_releases import elements_of_case
from engine.errors import FlowFailed
from engine.releases import compiled
from engine.spiff import Flow, due_of
from engine.store.models import Case, Event
from engine.work import LONDON, Work, query
from workflows.case_deadlines import DeadlineRow, clocks_of
from workflows.children import ChildView, get_child
from workflows.people import names
from workflows.pep.case_dates import CaseDates
from workflows.pep.facts import CaseFacts
from workflows.prepared import MEASURES, Prepared, measured
from workflows.step_names import StepNames
from workflows.story import StoryLine, lines_of
from workflows.why_late.expected import DueIfBegun, compared, decisive, the_late_one, way_to
from workflows.why_late.taken import steps_taken
from workflows.why_late.words import Telling

BESIDES = frozenset({
    "review_brought_forward", "date_corrected", "plan_reopened", "placement_changed",
    "school_changed", "worker_changed", "incident_opened", "incident_retried", "case_moved",
    "case_repaired", "suspension_reported", "meeting_called_off", "holder_reminded", "escalated",
    "misfit_found", "misfit_over",
})
"""What else may move dates or hold a case up, as the story of the case tells it."""


@dataclass(frozen=True, slots=True)
class ComparedStep:
    name: str
    role: str
    expected_begin: date
    expected_end: date | None
    began: date
    ended: date | None
    dropped: bool
    waited: int
    limit: int | None
    """Working days, as `waited` and `over`."""
    over: int
    decides: bool


@dataclass(frozen=True, slots=True)
class StepStory:
    name: str
    sentences: Sequence[str]


@dataclass(frozen=True, slots=True)
class WhyLate:
    reference: str
    title: str
    child: ChildView
    late: Sequence[DeadlineRow]
    """Deadlines that were or are missed."""
    prepared: Prepared | None
    decided_by: str
    """One sentence; empty where no step went beyond its limit."""
    also: Sequence[str]
    """Of steps that are open, beyond their limit, and not what the others waited for."""
    way: Sequence[str]
    """Names of the steps that waited for each other, to the late one."""
    late_one: str
    again: Sequence[str]
    stories: Sequence[StepStory]
    besides: Sequence[StoryLine]
    steps: Sequence[ComparedStep]
    first: date
    last: date
    """The days that the picture reaches from and to."""

    def at(self, day: date) -> int:
        """Where a day lies in the picture, in days."""
        return (day - self.first).days

    @property
    def span(self) -> int:
        return max((self.last - self.first).days, 1)


@query
def why_late(
    work: Work, case_id: UUID, may_see: Callable[[str], bool] = lambda _class: False
) -> WhyLate:
    """The caller has asked `decide` for the case already."""
    case = work.session.get_one(Case, case_id)
    on = case.ended_at.astimezone(LONDON).date() if case.ended_at else work.today
    elements = elements_of_case(work, case)
    called = StepNames(elements)
    events = list(work.session.scalars(
        select(Event).where(Event.case_id == case_id).order_by(Event.seq)))
    steps = steps_taken(events)
    telling = Telling(
        steps, {step.element: called.in_full(step.element) for step in steps},
        names(work, {person for step in steps for _, person in step.people}
              | {event.actor_id for event in events}), on,
    )
    clocks = clocks_of(CaseDates(work.session, case, work.today))
    ready = measured(work, case, clocks, may_see)
    awaited = any(row.id in MEASURES and row.is_late(on) and not row.met_on for row in clocks)
    late_one = the_late_one(steps, on, plan_awaited=awaited)
    way = way_to(late_one, steps) if late_one else []
    decided = decisive(way, on)
    opened = case.opened_at.astimezone(LONDON).date()
    rows = compared(steps, way, opened, _due_if_begun(work, case))
    days = [day for row in rows for day in (row.begin, row.end, row.step.began, row.step.ended)
            if day]
    return WhyLate(
        case.reference, compiled(work, case.release_id).name, get_child(work, case.child_id),
        [row for row in clocks if row.is_late(work.today) and not (case.ended_at and
                                                                   not row.met_on)],
        ready,
        telling.sentence_of(decided) if decided else "",
        [telling.sentence_of(step) for step in steps
         if step.ended is None and step.over(on) and step is not decided],
        [telling.name(step) for step in way], telling.name(late_one) if late_one else "",
        telling.done_again(),
        [StepStory(telling.name(step), telling.story_of(step)) for step in steps],
        lines_of([event for event in events if event.kind in BESIDES], called, telling.people),
        [ComparedStep(telling.name(row.step), row.step.role, row.begin, row.end, row.step.began,
                      row.step.ended, row.step.dropped, row.step.waited(on), row.step.limit,
                      row.step.over(on), row.decides) for row in rows],
        min([opened, *days]), max([on, *days]),
    )


def _due_if_begun(work: Work, case: Case) -> DueIfBegun:
    """By the release that the case runs on, as its facts are now."""
    world = CaseWorld(work, case, tasks=(), timers=(),
                      known=CaseFacts(work.session, case, work.today))
    outcomes = Flow.decode(world.procedure, case.state).outcomes

    def due_if_begun(element: str, on: date) -> date | None:
        try:
            return due_of(world.procedure, element, world,
                          datetime.combine(on, time(9), LONDON), outcomes)
        except FlowFailed:
            return None

    return due_if_begun
