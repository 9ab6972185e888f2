"""What the dates of one case are told from: the child, their placement, school, plan and review.

Facts of expressions and deadlines both read it, so that they cannot differ.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.store.models import Case, CaseStatus, Task, TaskStatus
from engine.work import LONDON
from workflows.children import CarePeriod, Child, Placement, first_placement
from workflows.council import ChildCalendar
from workflows.pep.deadlines import plan_counts_from, plan_due
from workflows.pep.plan import SIGNATURES, RecordValue, RecordVersion, versions_of_case
from workflows.pep.reviews import StatutoryReview, last_review_before, review_of
from workflows.pep.schooling import Gap, gap_in_schooling
from workflows.pep.starting import PROCEDURE as INITIAL
from workflows.pep.terms import term_plan_by

SOCIAL_WORK = ("complete_social_work_sections", "update_social_work_sections")
SCHOOL = ("complete_education_sections", "collect_progress")
QUALITY, DISPUTE, COPIES = "assure_quality", "resolve_dispute", "distribute_copies"
STEPS = (*SOCIAL_WORK, *SCHOOL, QUALITY, DISPUTE, COPIES)
"""Steps of the procedures, by their ids, which never change, that deadlines read."""

RATING, RETURNED = "quality.rating", "red"
PLANNED_MEETING, MEETING = "meeting.planned_on", "meeting.held_on"
EXCLUSIONS, INTERIM_FROM = "chronology.suspensions[]", "arrangements.interim_from"
STARTED_SCHOOL, CHILD_MET = "school.started_on", "review.child_met_on"
PATHS = (*SIGNATURES, RATING, PLANNED_MEETING, MEETING, EXCLUSIONS, INTERIM_FROM, STARTED_SCHOOL,
         CHILD_MET)
"""Places of the record that deadlines read."""


class CaseDates:
    """Each thing is read once, and only if it is asked for. `on` counts as today."""

    def __init__(self, session: Session, case: Case, on: date) -> None:
        self.session, self.case, self.on = session, case, on
        self.opened_on = day_of(case.opened_at)

    @property
    def runs(self) -> bool:
        return self.case.status in (CaseStatus.OPEN, CaseStatus.INCIDENT)

    @cached_property
    def child(self) -> Child:
        return self.session.get_one(Child, self.case.child_id)

    @cached_property
    def calendar(self) -> ChildCalendar:
        return ChildCalendar(self.session, self.case.child_id, self.on)

    @cached_property
    def review(self) -> StatutoryReview | None:
        return review_of(self.session, self.case.id)

    @cached_property
    def review_before(self) -> StatutoryReview | None:
        return last_review_before(self.session, self.review) if self.review else None

    @property
    def number(self) -> int:
        """Of the review that the case prepares; 0 where it prepares none."""
        return self.review.number if self.review else 0

    @property
    def makes_first_plan(self) -> bool:
        return self.number > 0 and self.case.procedure == INITIAL

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
        return first_placement(self.session, self.child.id, self.in_care_since)

    @cached_property
    def plan_from(self) -> date | None:
        """The day from which the plan's ten working days count."""
        if self.placement is None:
            return None
        return plan_counts_from(self.placement.starts_on, self.child.born_on)

    @cached_property
    def plan_due(self) -> date | None:
        """The day that the steps of an initial plan count back from."""
        if self.placement is None or self.plan_from is None:
            return None
        planned = self.placement.planned and self.plan_from == self.placement.starts_on
        return plan_due(self.opened_on, self.plan_from, planned=planned)

    @cached_property
    def term_plan_by(self) -> date | None:
        """The cut-off date of the term that this case's plan is for; None without the overlay."""
        due = self.plan_due if self.makes_first_plan else None
        return term_plan_by(self.session, self.case, self.calendar, due)

    @cached_property
    def gap(self) -> Gap | None:
        """The child's last time without a school place since they were placed."""
        if self.placement is None:
            return None
        return gap_in_schooling(
            self.session, self.child.id, self.placement.starts_on, self.opened_on
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
                RecordValue.version_id.in_(numbers), RecordValue.path.in_(PATHS)
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
        return list(
            self.session.scalars(
                select(Task)
                .where(Task.case_id == self.case.id, Task.element.in_(STEPS),
                       Task.status != TaskStatus.CANCELLED)
                .order_by(Task.opened_at)
            )
        )

    def done(self, *steps: str) -> date | None:
        """When one of these steps was completed for the first time in this case."""
        ends = (task.ended_at for task in self.tasks
                if task.element in steps and task.status == TaskStatus.COMPLETED)
        return next((day_of(at) for at in ends if at), None)


def day_of(at: datetime) -> date:
    return at.astimezone(LONDON).date()


def day_or_none(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
