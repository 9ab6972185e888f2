"""The dates of one case: its statutory clocks, what is due, and what Pepway waits for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from engine.releases import compiled
from engine.spiff.elements import Element
from engine.store.models import Case, Task, TaskStatus, Timer, TimerStatus
from engine.work import LONDON, Work, query
from workflows.calendar import explain_working_days, in_words, working_days
from workflows.calendar import working_days_until as until
from workflows.children import ChildView, get_child
from workflows.explaining import explain_date
from workflows.pep.deadlines import DEADLINES, Kind, limit_in_words, plan_prepared_by
from workflows.pep.plan import RecordVersion, versions_of_case
from workflows.pep.reviews import StatutoryReview, last_review_before, review_of

BY_ID = {deadline.id: deadline for deadline in DEADLINES}
STATUTORY_LIMITS = {deadline.limit: deadline for deadline in DEADLINES if deadline.limit}


@dataclass(frozen=True, slots=True)
class DeadlineRow:
    title: str
    due_on: date
    kind: str
    """`statutory`, `guidance` or `local`."""
    source: str
    because: str
    met_on: date | None = None
    """When it was met, if it was."""
    day_of: tuple[int, int] | None = None
    """Of a clock in working days that still runs: which day of how many this is."""

    def is_late(self, today: date) -> bool:
        return (self.met_on or today) > self.due_on


@dataclass(frozen=True, slots=True)
class Waiting:
    """A date on which Pepway itself does something."""

    name: str
    on: date
    because: str


@query
def deadlines_of(work: Work, case_id: UUID) -> list[DeadlineRow]:
    """The clocks of law and guidance first, then the due dates of what is open."""
    case = work.session.get_one(Case, case_id)
    return [*clocks_of(work, case), *task_deadlines_of(work, case)]


def clocks_of(work: Work, case: Case) -> list[DeadlineRow]:
    """What law and guidance say about the review that this case prepares."""
    review = review_of(work.session, case.id)
    if review is None:
        return []
    child = get_child(work, case.child_id)
    versions = versions_of_case(work.session, case.id)
    if review.number == 1:
        return _first_clocks(work, case, child, review, versions)
    return _later_clocks(work, review, versions)


def task_deadlines_of(work: Work, case: Case) -> list[DeadlineRow]:
    elements = compiled(work, case.release_id).elements
    return [
        _of_task(work, case, task, elements[task.element])
        for task in open_tasks_of(work, case)
        if task.due_on is not None
    ]


def waiting_of(work: Work, case: Case) -> list[Waiting]:
    """The timers that run, the next first."""
    elements = compiled(work, case.release_id).elements
    timers = work.session.scalars(
        select(Timer)
        .where(Timer.case_id == case.id, Timer.status == TimerStatus.PENDING)
        .order_by(Timer.due_at)
    )
    return [
        Waiting(
            elements[timer.element].name,
            timer.due_at.astimezone(LONDON).date(),
            explain_date(work, case.id, timer.element, timer.started_at),
        )
        for timer in timers
    ]


def open_tasks_of(work: Work, case: Case) -> list[Task]:
    """The soonest due first."""
    return list(
        work.session.scalars(
            select(Task)
            .where(Task.case_id == case.id, Task.status == TaskStatus.OPEN)
            .order_by(Task.due_on.is_(None), Task.due_on, Task.opened_at)
        )
    )


def _first_clocks(
    work: Work,
    case: Case,
    child: ChildView,
    review: StatutoryReview,
    versions: Sequence[RecordVersion],
) -> list[DeadlineRow]:
    """Both clocks of an initial PEP: 10 working days from the placement to the plan, 20 from
    becoming looked after to the review; they begin on different days."""
    facts = work.domain.facts(work.session, case, frozenset({"placement_start"}), work.today)
    placed, in_care = facts["placement_start"], child.looked_after_on
    prepared, passed = _stamp(versions, "prepared_at"), _stamp(versions, "passed_at")
    rows = []
    if child.planned_placement:
        rows += _before_placement(work.today, placed, prepared)
    return [
        *rows,
        _row("T2", plan_prepared_by(None, placed),
             f"{limit_in_words('plan_prepared_by', placed)}. Prepared means that both have signed.",
             prepared, _day_of(work.today, placed, 10)),
        _row("T3", review.latest_on,
             _asked_for(review) or f"{limit_in_words('first_review_by', in_care)}.",
             review.held_on, _day_of(work.today, in_care, 20)),
        _row("T4", working_days(None, review.planned_on or review.latest_on, -3),
             _three_days_before(review.planned_on or review.latest_on), passed),
    ]


def _before_placement(today: date, placed: date, prepared: date | None) -> list[DeadlineRow]:
    """Shown while it can be met, or was: a miss is no breach, the 10 working days count then."""
    eve = working_days(None, placed, -1)
    if (prepared or today) > eve:
        return []
    return [_row("T1", eve, "The last working day before the placement begins. If the plan is "
                 "not ready then, 10 working days from the placement apply.", prepared)]


def _later_clocks(
    work: Work, review: StatutoryReview, versions: Sequence[RecordVersion]
) -> list[DeadlineRow]:
    before = last_review_before(work.session, review)
    identity = "T5" if review.number == 2 else "T6"
    because = _asked_for(review)
    if not because and before is not None and before.held_on is not None:
        because = f"{limit_in_words(BY_ID[identity].limit, before.held_on)}."
    day = review.expected_on
    planned = "as it is planned" if review.planned_on else "on the last working day of its limit"
    return [
        _row("T7", working_days(None, day, -1),
             f"The last working day before the review {planned}, {_short(day)}.",
             _stamp(versions, "passed_at")),
        _row(identity, review.latest_on, because, review.held_on),
    ]


def _asked_for(review: StatutoryReview) -> str:
    """Why a review must be held before the law's own limit; empty where it need not."""
    if review.latest_on == review.limit_on:
        return ""
    return (f"The reviewing officer asked for it by then (regulation 33(3)). Without that, the "
            f"limit would be {_short(review.limit_on)}.")


def _row(
    identity: str,
    due_on: date,
    because: str,
    met_on: date | None = None,
    day_of: tuple[int, int] | None = None,
) -> DeadlineRow:
    deadline = BY_ID[identity]
    return DeadlineRow(deadline.title, due_on, deadline.kind.value, deadline.source, because,
                       met_on, None if met_on else day_of)


def _of_task(work: Work, case: Case, task: Task, element: Element) -> DeadlineRow:
    assert task.due_on is not None  # noqa: S101 (the caller leaves out tasks without a date)
    law = next((deadline for limit, deadline in STATUTORY_LIMITS.items()
                if f"{limit}(" in (task.due_expression or "")), None)
    return DeadlineRow(
        task.name,
        task.due_on,
        (law.kind if law else Kind.LOCAL).value,
        law.source if law else "set in the flowchart",
        explain_date(work, case.id, task.element, task.opened_at),
    )


def _day_of(today: date, anchor: date, allowed: int) -> tuple[int, int] | None:
    """Which working day of the count today is; None before it begins and after it ended."""
    passed = until(anchor, today)
    return (passed, allowed) if 0 <= passed <= allowed else None


def _three_days_before(review: date) -> str:
    steps = explain_working_days(None, review, -3)
    return f"{in_words(review, -3, steps[-1].day, steps)}, the review's latest day taken."


def _stamp(versions: Sequence[RecordVersion], column: str) -> date | None:
    found = [stamp for version in versions if (stamp := getattr(version, column))]
    return found[0].astimezone(LONDON).date() if found else None


def _short(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"
