"""Where each deadline counts from in one case, and what met it: the events, tasks and record.

`ANCHORS` and `MEETS` answer for every `Anchor` and `Met` of the table of deadlines. An anchor
without a day has no meaning in this case now.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import select

from engine.store.models import Case, CaseStatus, Event, Task, TaskStatus
from engine.work import LONDON, Work
from workflows.children import CarePeriod, Child, Placement
from workflows.council import ChildCalendar
from workflows.involvements import Involvement
from workflows.pep.deadlines import Anchor, Met, plan_counts_from, plan_due
from workflows.pep.plan import SIGNATURES, RecordValue, RecordVersion, versions_of_case
from workflows.pep.reviews import StatutoryReview, last_review_before, review_of
from workflows.pep.schooling import Gap, gap_in_schooling, moved_on
from workflows.pep.starting import PROCEDURE as INITIAL
from workflows.pep.terms import term_plan_by

SOCIAL_WORK = ("complete_social_work_sections", "update_social_work_sections")
SCHOOL = ("complete_education_sections", "collect_progress")
QUALITY, DISPUTE, COPIES = "assure_quality", "resolve_dispute", "distribute_copies"
"""Steps of the procedures, by their ids, which never change."""

TOLD = "tell_of_new_case"
RATING, RETURNED = "quality.rating", "red"
PLANNED_MEETING, MEETING = "meeting.planned_on", "meeting.held_on"
EXCLUSIONS, INTERIM_FROM = "chronology.suspensions[]", "arrangements.interim_from"
STARTED_SCHOOL = "school.started_on"
_PATHS = (*SIGNATURES, RATING, PLANNED_MEETING, MEETING, EXCLUSIONS, INTERIM_FROM, STARTED_SCHOOL)


class CaseDates:
    """What is known of one case, read once and only as far as it is asked for."""

    def __init__(self, work: Work, case: Case) -> None:
        self.work, self.case, self.session = work, case, work.session
        self.opened_on = day_of(case.opened_at)

    @cached_property
    def review(self) -> StatutoryReview | None:
        return review_of(self.session, self.case.id)

    @property
    def number(self) -> int:
        """Of the review that the case prepares; 0 where it prepares none."""
        return self.review.number if self.review else 0

    @property
    def makes_first_plan(self) -> bool:
        return self.number > 0 and self.case.procedure == INITIAL

    @cached_property
    def child(self) -> Child:
        return self.session.get_one(Child, self.case.child_id)

    @cached_property
    def calendar(self) -> ChildCalendar:
        return ChildCalendar(self.session, self.case.child_id, self.work.today)

    @cached_property
    def in_care_since(self) -> date:
        """Of the time in care that the case belongs to."""
        period = self.review.care_period if self.review else self.child.care_period
        if period == self.child.care_period:
            return self.child.looked_after_on
        return self.session.get_one(CarePeriod, (self.child.id, period)).began_on

    @cached_property
    def placement(self) -> Placement | None:
        """The first one of that time in care."""
        return self.session.scalar(
            select(Placement)
            .where(Placement.child_id == self.child.id)
            .order_by(Placement.starts_on < self.in_care_since, Placement.starts_on)
            .limit(1)
        )

    @cached_property
    def versions(self) -> Sequence[RecordVersion]:
        return versions_of_case(self.session, self.case.id)

    def stamp(self, column: str) -> date | None:
        """The first day on which a version of this case was stamped so."""
        found = (getattr(version, column) for version in self.versions)
        return min((day_of(at) for at in found if at), default=None)

    @cached_property
    def values(self) -> Mapping[str, RecordValue]:
        """The newest value of this case's versions at each path that deadlines read."""
        numbers = {version.id: version.number for version in self.versions}
        rows = self.session.scalars(
            select(RecordValue).where(
                RecordValue.version_id.in_(numbers), RecordValue.path.in_(_PATHS)
            )
        )
        return {row.path: row for row in sorted(rows, key=lambda row: numbers[row.version_id])}

    def day_at(self, path: str) -> date | None:
        """The date that stands at a path of the record."""
        row = self.values.get(path)
        return day_or_none(row.value) if row and row.valid else None

    @cached_property
    def tasks(self) -> Sequence[Task]:
        """Those that deadlines read, the earliest first."""
        steps = (*SOCIAL_WORK, *SCHOOL, QUALITY, DISPUTE, COPIES)
        return list(
            self.session.scalars(
                select(Task)
                .where(Task.case_id == self.case.id, Task.element.in_(steps),
                       Task.status != TaskStatus.CANCELLED)
                .order_by(Task.opened_at)
            )
        )

    def done(self, *steps: str) -> date | None:
        """When one of these steps was completed for the first time in this case."""
        ends = (task.ended_at for task in self.tasks
                if task.element in steps and task.status == TaskStatus.COMPLETED)
        return next((day_of(at) for at in ends if at), None)

    @cached_property
    def gap(self) -> Gap | None:
        """The time without a school place that this case has seen."""
        if self.placement is None:
            return None
        gap = gap_in_schooling(
            self.session, self.child.id, self.placement.starts_on, self.opened_on
        )
        return None if gap and gap.until and gap.until <= self.opened_on else gap

    @property
    def runs(self) -> bool:
        return self.case.status in (CaseStatus.OPEN, CaseStatus.INCIDENT)


def day_of(at: datetime) -> date:
    return at.astimezone(LONDON).date()


def day_or_none(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _of_first(read: Callable[[CaseDates], date | None]) -> Callable[[CaseDates], date | None]:
    """What only an initial plan counts from."""
    return lambda case: read(case) if case.makes_first_plan else None


def _planned_placement(case: CaseDates) -> date | None:
    placement = case.placement
    return placement.starts_on if placement and placement.planned else None


def _placement(case: CaseDates) -> date | None:
    """Of a child younger than three, the third birthday: from there on a plan is made."""
    if case.placement is None:
        return None
    return plan_counts_from(case.placement.starts_on, case.child.born_on)


def _first_review(case: CaseDates) -> date | None:
    review = case.review
    return (review.planned_on or review.latest_on) if review else None


def _held_before(case: CaseDates) -> date | None:
    """Where its day was never entered, the next case counts from the day on which it opened."""
    before = last_review_before(case.session, case.review) if case.review else None
    return (before.held_on if before else None) or case.opened_on


def _review(case: CaseDates) -> date | None:
    return case.review.expected_on if case.review and not case.makes_first_plan else None


def _term_ends(case: CaseDates) -> date | None:
    begins = _placement(case) if case.makes_first_plan else None
    planned = begins is not None and begins == _planned_placement(case)
    due = plan_due(case.opened_on, begins, planned=planned) if begins else None
    return term_plan_by(case.session, case.case, case.calendar, due)


def _new_school(case: CaseDates) -> date | None:
    """A move while this case ran, or one before it that no plan has followed yet."""
    moved = moved_on(case.session, case.case.child_id)
    if moved is None or moved <= case.in_care_since:
        return None
    return moved if moved > case.opened_on or (case.runs and not _plan_since(case, moved)) else None


def _plan_since(case: CaseDates, day: date) -> date | None:
    """When both had signed a plan of this child, from that day on."""
    stamps = case.session.scalars(
        select(RecordVersion.prepared_at).where(
            RecordVersion.child_id == case.case.child_id, RecordVersion.prepared_at.is_not(None)
        )
    )
    return min((day_of(at) for at in stamps if at and day_of(at) >= day), default=None)


def _meeting(case: CaseDates) -> date | None:
    return case.day_at(MEETING) or case.day_at(PLANNED_MEETING)


def _returned(case: CaseDates) -> date | None:
    """When the plan was last rated, where that rating returned it."""
    row = case.values.get(RATING)
    rated = [task.ended_at for task in case.tasks if task.element == QUALITY and task.ended_at]
    return day_of(rated[-1]) if rated and row and row.value == RETURNED else None


def _signed_again(case: CaseDates) -> date | None:
    """A return takes both signatures back: what stands now was given after it."""
    signed = [row.at for path in SIGNATURES if (row := case.values.get(path)) and row.value is True]
    return day_of(max(signed)) if len(signed) == len(SIGNATURES) else None


def _exclusion(case: CaseDates) -> date | None:
    """While it lasts; a permanent one until the child goes to another school."""
    row = case.values.get(EXCLUSIONS)
    rows: list[Any] = row.value if case.runs and row and isinstance(row.value, list) else []
    moved = moved_on(case.session, case.case.child_id)
    for each in reversed(rows):
        begins, ends = day_or_none(each.get("from")), day_or_none(each.get("to"))
        over = ends < case.work.today if ends else bool(begins and moved and moved > begins)
        if begins and not over:
            return begins
    return None


def _educated(case: CaseDates) -> date | None:
    begins, excluded = case.day_at(INTERIM_FROM), _exclusion(case)
    return begins if begins and excluded and begins >= excluded else None


def _place_found(case: CaseDates) -> date | None:
    """A place on the roll; before that is entered, the one that the virtual school has secured."""
    if case.gap is None:
        return None
    secured = case.day_at(STARTED_SCHOOL)
    return case.gap.until or (secured if secured and secured > case.gap.since else None)


def _told(case: CaseDates) -> date | None:
    told = case.session.scalars(
        select(Event)
        .where(Event.case_id == case.case.id, Event.kind == "action_performed")
        .order_by(Event.seq)
    )
    return next((day_of(event.at) for event in told if event.data.get("action") == TOLD), None)


def _officer_appointed(case: CaseDates) -> date | None:
    return case.session.scalar(
        select(Involvement.starts_on)
        .where(
            Involvement.child_id == case.case.child_id,
            Involvement.role == "reviewing_officer",
            Involvement.starts_on >= case.in_care_since,
        )
        .order_by(Involvement.starts_on)
        .limit(1)
    )


def _dispute(case: CaseDates) -> date | None:
    return next((day_of(t.opened_at) for t in case.tasks if t.element == DISPUTE), None)


def _new_plan(case: CaseDates) -> date | None:
    moved = _new_school(case)
    return _plan_since(case, moved) if moved else None


def _held(case: CaseDates) -> date | None:
    return case.review.held_on if case.review else None


def _prepared(case: CaseDates) -> date | None:
    return case.stamp("prepared_at")


ANCHORS: Mapping[Anchor, Callable[[CaseDates], date | None]] = {
    Anchor.PLANNED_PLACEMENT: _of_first(_planned_placement),
    Anchor.PLACEMENT: _of_first(_placement),
    Anchor.IN_CARE: lambda case: case.in_care_since if case.number == 1 else None,
    Anchor.FIRST_REVIEW: _of_first(_first_review),
    Anchor.FIRST_HELD: lambda case: _held_before(case) if case.number == 2 else None,
    Anchor.LAST_HELD: lambda case: _held_before(case) if case.number > 2 else None,
    Anchor.REVIEW: _review,
    Anchor.TERM_ENDS: _term_ends,
    Anchor.NEW_SCHOOL: _new_school,
    Anchor.NO_PLACE: lambda case: case.gap.since if case.gap else None,
    Anchor.MEETING: _meeting,
    Anchor.SIGNED: _prepared,
    Anchor.RETURNED: _returned,
    Anchor.DISPUTE: _dispute,
    Anchor.EXCLUSION: _exclusion,
    Anchor.REVIEW_HELD: _held,
}

MEETS: Mapping[Met, Callable[[CaseDates], date | None]] = {
    Met.PREPARED: _prepared,
    Met.HELD: _held,
    Met.PASSED_ON: lambda case: case.stamp("passed_at"),
    Met.NEW_PLAN: _new_plan,
    Met.PLACE_FOUND: _place_found,
    Met.TOLD: _told,
    Met.SOCIAL_WORK_DONE: lambda case: case.done(*SOCIAL_WORK),
    Met.SCHOOL_DONE: lambda case: case.done(*SCHOOL),
    Met.QUALITY_ASSURED: lambda case: case.done(QUALITY),
    Met.SIGNED_AGAIN: _signed_again,
    Met.OFFICER_APPOINTED: _officer_appointed,
    Met.DISPUTE_SETTLED: lambda case: case.done(DISPUTE),
    Met.EDUCATED: _educated,
    Met.COPIES_OUT: lambda case: case.done(COPIES),
}
