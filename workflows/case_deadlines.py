"""The dates of one case: its deadlines, what is due, and what Pepway waits for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from engine.releases import compiled
from engine.store.models import Case, Task, TaskStatus, Timer, TimerStatus
from engine.work import LONDON, Work, query
from workflows.calendar import working_days_until
from workflows.days import short_day
from workflows.explaining import Explaining
from workflows.pep.anchors import ANCHORS, MEETS
from workflows.pep.case_dates import CaseDates
from workflows.pep.deadlines import (
    BY_ID,
    DEADLINES,
    STATUTORY_LIMITS,
    Also,
    Anchor,
    Deadline,
    Kind,
    Met,
    review_law,
)
from workflows.pep.facts import CaseFacts
from workflows.pep.reviews import StatutoryReview
from workflows.pep.starting import REOPENED
from workflows.step_names import StepNames

SIX_WEEKS = timedelta(weeks=6)


@dataclass(frozen=True, slots=True)
class DeadlineRow:
    title: str
    due_on: date
    kind: str
    """`statutory`, `guidance` or `local`."""
    source: str
    because: str
    """The arithmetic in words."""
    id: str = ""
    """Of the table of deadlines; empty of a task's due date."""
    anchor: str = ""
    breach: str = ""
    """Who hears of it, or what counts instead, when it is missed."""
    met_when: str = ""
    met_on: date | None = None
    """When it was met, if it was."""
    day_of: tuple[int, int] | None = None
    """Which day of how many today is, or the day on which it was met."""
    unit: str = "working day"
    """What those days are."""

    @property
    def is_clock(self) -> bool:
        """The law's, and what a later plan is measured by: shown before all others."""
        return bool(self.id) and (self.kind == Kind.STATUTORY or self.id == "T7")

    def is_late(self, today: date) -> bool:
        return (self.met_on or today) > self.due_on

    def late_by(self, today: date) -> int:
        """Working days beyond the limit; 0 of what is in time, or late by a weekend."""
        return max(working_days_until(self.due_on, self.met_on or today), 0)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A date on which Pepway itself does something."""

    name: str
    on: date
    because: str
    only_watches: bool
    """It looks whether something is done; work begins on the others."""


@query
def deadlines_of(work: Work, case_id: UUID) -> list[DeadlineRow]:
    """The deadlines of the case, the most binding first, then the due dates of what is open."""
    case = work.session.get_one(Case, case_id)
    known = CaseFacts(work.session, case, work.today)
    opened = soonest_due_first(work.session.execute(OPEN_TASKS, {"case_id": case_id}))
    of_tasks = task_deadlines_of(known, opened, Explaining(work, case, known))
    return [*clocks_of(known), *of_tasks.values()]


def clocks_of(known: CaseDates) -> list[DeadlineRow]:
    """Every deadline that has a meaning in this case now: statutory, then guidance, then local."""
    binding = list(Kind)
    return sorted(_rows_of(known), key=lambda row: binding.index(Kind(row.kind)))


def task_deadlines_of(
    known: CaseDates, tasks: Sequence[Task], explaining: Explaining
) -> dict[UUID, DeadlineRow]:
    """By the id of the open task, in the order of the tasks."""
    return {
        task.id: _of_task(task, _law_of(known.review, task.due_expression or ""), explaining)
        for task in tasks
        if task.due_on is not None
    }


def waiting_of(
    work: Work, case: Case, timers: Sequence[Timer], explaining: Explaining
) -> list[Waiting]:
    steps = StepNames(compiled(work, case.release_id).elements)
    return [
        Waiting(
            steps.in_full(timer.element),
            timer.due_at.astimezone(LONDON).date(),
            explaining.date_of_timer(timer),
            steps.only_watches(timer.element),
        )
        for timer in timers
    ]


OPEN_TASKS = select(*Task.__table__.c).where(
    Task.case_id == bindparam("case_id"), Task.status == TaskStatus.OPEN)
RUNNING_TIMERS = select(*Timer.__table__.c).where(
    Timer.case_id == bindparam("case_id"), Timer.status == TimerStatus.PENDING)


def soonest_due_first(tasks: Iterable[Any]) -> Sequence[Task]:
    return sorted(tasks, key=lambda task: (task.due_on or date.max, task.opened_at))


def _rows_of(case: CaseDates) -> Iterator[DeadlineRow]:
    if case.case.procedure == REOPENED:
        return  # nothing is measured anew: the case that made the plan was
    for deadline in DEADLINES:
        anchor = ANCHORS[deadline.anchor](case)
        if anchor is None:
            continue
        row = _row(case, deadline, anchor)
        if not (deadline.falls_to and row.is_late(case.on)):
            yield row


def _row(case: CaseDates, deadline: Deadline, anchor: date) -> DeadlineRow:
    count = deadline.count.that_reaches(case.calendar, anchor)
    met_on = MEETS[deadline.met](case)
    due_on, because = count.end(case.calendar, anchor), count.arithmetic(case.calendar, anchor)
    day = count.day_of(case.calendar, anchor, met_on or case.on)
    if case.review and deadline.met is Met.HELD and due_on != case.review.latest_on:
        due_on, because, day = case.review.latest_on, _another_limit(case, case.review), None
    return DeadlineRow(
        title=deadline.title,
        due_on=due_on,
        kind=deadline.kind.value,
        source=deadline.source,
        because=" ".join((f"{because.rstrip('.')}.", *_notes(case, deadline, anchor))),
        id=deadline.id,
        anchor=deadline.anchor.value,
        breach=deadline.breach,
        met_when=deadline.met.value,
        met_on=met_on,
        day_of=None if day is None else (day, count.number),
        unit=count.unit.value,
    )


def _another_limit(case: CaseDates, review: StatutoryReview) -> str:
    """Why another day than the count's is its latest one."""
    if review.asked_for_by is None and review.number > 1 and case.makes_first_plan:
        return ("Reviews before the third birthday need no plan. Each of them is taken to be held "
                "on its last lawful day")
    if review.asked_for_by is None:
        return "Worked out when the case was opened, from the dates that were known then"
    return (f"The reviewing officer asked for it by then (regulation 33(3)). Without that, the "
            f"limit would be {short_day(review.limit_on)}")


def _notes(case: CaseDates, deadline: Deadline, anchor: date) -> Iterator[str]:
    """What a reader must know of the day that it counts from."""
    planned = case.review and case.review.planned_on
    if deadline.anchor in (Anchor.FIRST_REVIEW, Anchor.REVIEW) and not planned:
        yield "The review is not planned yet: its last day is taken."
    if deadline.also is not None:
        yield _also_in_words(case, deadline.also, anchor)
    if deadline.met is Met.PASSED_ON and _has_aged(case):
        yield "It was passed on more than 6 weeks before the review: bring what is new since then."
    if deadline.count.that_reaches(case.calendar, anchor) != deadline.count:
        yield "The term dates do not reach so far, so working days are counted."


def _also_in_words(case: CaseDates, also: Also, anchor: date) -> str:
    """"The form is with the school 15 school days before ...: Thu 12 Mar 2026 (it was on 9 Mar)."""
    what, met_on = also.what, MEETS[also.met](case)
    if also.count is not None:
        reaching = also.count.that_reaches(case.calendar, anchor)
        what = f"{what} {reaching.arithmetic(case.calendar, anchor)}"
    return f"{what}. {f'Done on {short_day(met_on)}.' if met_on else 'Not on record yet.'}"


def _has_aged(case: CaseDates) -> bool:
    """Whether the plan is older at the review than a plan for both the term and the review may be.

    Else an addendum brings what is new (procedure 4.9.2, section 2, monitoring).
    """
    passed = case.stamp("passed_at")
    return bool(passed and case.review and case.review.expected_on - passed > SIX_WEEKS)


def _law_of(review: StatutoryReview | None, expression: str) -> Deadline | None:
    """The statutory deadline that a due date is, by the function or fact that it names."""
    if expression == "plan_due":
        return BY_ID["T2"]
    if review and expression in ("review_limit", "last_working_day_by(review_limit)"):
        return review_law(review.number)
    return next((deadline for limit, deadline in STATUTORY_LIMITS.items()
                 if f"{limit}(" in expression), None)


def _of_task(task: Task, law: Deadline | None, explaining: Explaining) -> DeadlineRow:
    assert task.due_on is not None  # noqa: S101 (the caller leaves out tasks without a date)
    return DeadlineRow(
        task.name,
        task.due_on,
        (law.kind if law else Kind.LOCAL).value,
        law.source if law else "set in the flowchart",
        explaining.date_of(task.element, task.opened_at),
    )
