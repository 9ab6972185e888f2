"""What the dates of one case are told from: the child, their placement, school, plan and review.

Facts of expressions and deadlines both read it, so that they cannot differ.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from engine.domain import Kept, RolePeople
from engine.store.among import among
from engine.store.base import Base
from engine.store.models import RUNNING, Case, Event, Task, TaskStatus
from engine.store.together import Together
from engine.work import LONDON
from workflows.children import CarePeriod, Child, Enrolment, Placement, School, first_of
from workflows.council import SETTINGS, TERMS_AROUND, ChildCalendar
from workflows.involvements import BEGUN, HOLDERS, INVOLVED, Involvement, PeopleAround
from workflows.pep.carrying_over import OF_ONE_CYCLE, carried_over
from workflows.pep.deadlines import plan_counts_from, plan_due
from workflows.pep.plan import (
    FOR_CASE,
    SIGNATURES,
    RecordValue,
    RecordVersion,
    VersionState,
)
from workflows.pep.reviews import StatutoryReview
from workflows.pep.schooling import Gap, gap_in_schooling
from workflows.pep.starting import PROCEDURE as INITIAL
from workflows.pep.terms import term_plan_by

SOCIAL_WORK = ("complete_social_work_sections", "update_social_work_sections")
SCHOOL = ("complete_education_sections", "collect_progress")
QUALITY, DISPUTE, COPIES = "assure_quality", "resolve_dispute", "distribute_copies"
STEPS = (*SOCIAL_WORK, *SCHOOL, QUALITY, DISPUTE, COPIES)
"""Steps of the procedures, by their ids, which never change, that deadlines read."""

TOLD = "tell_of_new_case"
"""The action that tells school and virtual school of a case."""
RATING, RETURNED = "quality.rating", "red"
PLANNED_MEETING, MEETING = "meeting.planned_on", "meeting.held_on"
EXCLUSIONS, INTERIM_FROM = "chronology.suspensions[]", "arrangements.interim_from"
STARTED_SCHOOL, CHILD_MET = "school.started_on", "review.child_met_on"
PATHS = (*SIGNATURES, RATING, PLANNED_MEETING, MEETING, EXCLUSIONS, INTERIM_FROM, STARTED_SCHOOL,
         CHILD_MET)
"""Places of the record that deadlines read."""

FULL_MEETING = "meeting.full_meeting_on"
"""Only an interim plan says when the full meeting will be."""

OF_THE_COUNCIL = ("virtual_school.head_name", "virtual_school.head_email",
                  "virtual_school.head_phone")
"""The same for every child: whoever fills them in last keeps them for the next plan."""


def _rows(table: type[Base], *columns: str) -> Select[Any]:
    """These columns of the rows of the case's child."""
    return select(*(getattr(table, each) for each in columns)).where(
        table.child_id == bindparam("child_id")  # type: ignore[attr-defined]
    )


_LATEST = FOR_CASE.with_only_columns(
    RecordVersion.id, RecordVersion.state, RecordVersion.case_id
)
_READ = Together(
    child=select(*Child.__table__.c).where(Child.id == bindparam("child_id")),
    placements=_rows(Placement, "starts_on", "planned"),
    reviews=_rows(StatutoryReview, "case_id", "care_period", "number", "limit_on", "asked_for_by",
                  "planned_on", "held_on", "known_before_on"),
    enrolments=_rows(Enrolment, "starts_on", "ends_on").add_columns(School.area).join(
        School, School.id == Enrolment.school_id),
    versions=select(RecordVersion.id, RecordVersion.number, RecordVersion.opened_at,
                    RecordVersion.prepared_at, RecordVersion.passed_at)
    .where(RecordVersion.case_id == bindparam("case_id")),
    latest=_LATEST,
    kept=select(
        RecordValue.path, RecordValue.value, RecordValue.valid, RecordValue.version,
        RecordValue.by, RecordValue.at,
    ).where(
        RecordValue.version_id == _LATEST.with_only_columns(RecordVersion.id).scalar_subquery(),
        among(RecordValue.path, "paths"),
    ),
    interim=select(RecordValue.path).join(
        RecordVersion, RecordVersion.id == RecordValue.version_id
    ).where(
        RecordVersion.case_id == bindparam("previous_id"),
        RecordVersion.state != VersionState.OPEN,
        RecordValue.path == FULL_MEETING,
    ),
    settings=SETTINGS,
    terms=TERMS_AROUND,
    involved=INVOLVED,
    holders=HOLDERS,
    begun=BEGUN,
)
_READ_OF_DEADLINES = Together(
    told=select(Event.seq, Event.at, Event.data).where(
        Event.case_id == bindparam("case_id"), Event.kind == "action_performed"),
    officers=select(func.min(Involvement.starts_on).label("starts_on")).where(
        Involvement.child_id == bindparam("child_id"), Involvement.role == "reviewing_officer",
        Involvement.starts_on >= bindparam("in_care_since")),
    tasks=select(Task.element, Task.status, Task.opened_at, Task.ended_at).where(
        Task.case_id == bindparam("case_id"), Task.element.in_(STEPS),
        Task.status != TaskStatus.CANCELLED),
    values=select(RecordValue.version_id, RecordValue.path, RecordValue.value, RecordValue.valid,
                  RecordValue.at)
    .where(among(RecordValue.version_id, "versions"), among(RecordValue.path, "paths")),
)
"""What only deadlines go by, so that a step that is completed does not read it."""


class CaseDates:
    """Read at once, as it stands when it is made; what is told from it, when it is asked for."""

    def __init__(
        self, session: Session, case: Case, on: date, paths: Collection[str] = ()
    ) -> None:
        """`on` counts as today; `paths` are places of the record whose values are wanted."""
        self.session, self.case, self.on = session, case, on
        self.opened_on = day_of(case.opened_at)
        found = _READ.read(
            session, child_id=case.child_id, case_id=case.id, previous_id=case.previous_id, on=on,
            paths=list(paths), settings=["name", "termly", *OF_THE_COUNCIL],
        )
        [self.child] = found["child"]
        self.placements, self.enrolments = found["placements"], found["enrolments"]
        self._reviews = [StatutoryReview(**row._asdict()) for row in found["reviews"]]
        self.versions = sorted(found["versions"], key=lambda version: version.number)
        self.latest = next(iter(found["latest"]), None)
        """The version of the plan that the case works on (`FOR_CASE`)."""
        in_record = {row.path: Kept(*row) for row in found["kept"]}
        self.settings = {row.name: row.value for row in found["settings"] if row.value}
        self.kept = {
            **{path: Kept(path, self.settings[path], True, 0, None, None)
               for path in paths if path in OF_THE_COUNCIL and path in self.settings},
            **(in_record if self.has_begun else carried_over(in_record)),
        }
        """By path; the council's own answers, at version 0, where the record has none."""
        self.plan_before_was_interim = bool(found["interim"])
        self.calendar = ChildCalendar(
            session, on, self.enrolments, self.settings, found["terms"]
        )
        self._around = PeopleAround(found["involved"], found["holders"], found["begun"])

    def people_for(self, role: str) -> RolePeople:
        """Who may do a role's tasks for the child, by the assignment rule."""
        return self._around.people_for(role)

    @property
    def has_begun(self) -> bool:
        """Whether the plan has a version of this case's own: it was answered something."""
        return self.latest is not None and self.latest.case_id == self.case.id

    @property
    def runs(self) -> bool:
        return self.case.status in RUNNING

    @cached_property
    def review(self) -> StatutoryReview | None:
        """The one that the case prepares."""
        return next((each for each in self._reviews if each.case_id == self.case.id), None)

    @cached_property
    def review_before(self) -> StatutoryReview | None:
        review = self.review
        return review and (review.before_pepway or next(
            (each for each in self._reviews if each.care_period == review.care_period
             and each.number == review.number - 1),
            None,
        ))

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
        since: date = self.child.looked_after_on
        if period == self.child.care_period:
            return since
        return self.session.get_one(CarePeriod, (self.child.id, period)).began_on

    @cached_property
    def placement(self) -> Any:
        """The first one of that time in care."""
        return first_of(self.placements, self.in_care_since)

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
        return gap_in_schooling(self.enrolments, self.placement.starts_on, self.opened_on)

    def stamp(self, column: str) -> date | None:
        """The first day on which a version of this case was stamped so."""
        found = (getattr(version, column) for version in self.versions)
        return min((day_of(at) for at in found if at), default=None)

    @cached_property
    def _of_deadlines(self) -> Mapping[str, Sequence[Any]]:
        paths = PATHS if self._carries_own else [
            path for path in PATHS if not path.startswith(OF_ONE_CYCLE)]
        return _READ_OF_DEADLINES.read(
            self.session, case_id=self.case.id, child_id=self.case.child_id,
            in_care_since=self.in_care_since, versions=list(self._numbers), paths=list(paths),
        )

    @property
    def _carries_own(self) -> bool:
        """Whether a version of this case's own, if any, says all that its deadlines read."""
        return self.has_begun or self.latest is None

    @cached_property
    def _numbers(self) -> Mapping[UUID, int]:
        """By version that deadlines read: the higher one counts."""
        if not self._carries_own:
            return {self.latest.id: 0}  # type: ignore[union-attr]
        return {version.id: version.number for version in self.versions}

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """The newest value of this case's versions at each path that deadlines read; before the
        first of them, what the plan will be carried over."""
        rows = self._of_deadlines["values"]
        return {row.path: row for row in sorted(rows, key=lambda r: self._numbers[r.version_id])}

    def day_at(self, path: str) -> date | None:
        """The date that stands at a path of the record."""
        row = self.values.get(path)
        return day_or_none(row.value) if row and row.valid else None

    @cached_property
    def tasks(self) -> Sequence[Any]:
        """Those that deadlines read, the earliest first."""
        return sorted(self._of_deadlines["tasks"], key=lambda task: task.opened_at)

    def plan_since(self, day: date) -> date | None:
        """When both had signed a plan of this child, from that day on."""
        stamps = self.session.scalars(
            select(RecordVersion.prepared_at).where(
                RecordVersion.child_id == self.case.child_id, RecordVersion.prepared_at.is_not(None)
            )
        )
        return min((day_of(at) for at in stamps if at and day_of(at) >= day), default=None)

    @property
    def told_on(self) -> date | None:
        """When Pepway told everyone of the case."""
        told = sorted(self._of_deadlines["told"], key=lambda event: event.seq)
        return next((day_of(event.at) for event in told if event.data.get("action") == TOLD), None)

    @property
    def officer_since(self) -> date | None:
        """Since when a reviewing officer has been among the people around the child."""
        [first] = self._of_deadlines["officers"]
        since: date | None = first.starts_on
        return since

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
