"""Lists for programs: children, cases, records, involvements, releases, events; only what the actor
may see.

Each list is in the order of its ids and goes on behind the last one that was given out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased

from engine.domain import SYSTEM
from engine.errors import NotFound
from engine.releases import ReleaseView, get_release
from engine.settled import events_settled
from engine.store.models import Case, Event, Release, Task, TaskStatus
from engine.work import Acting, Work, query
from workflows.access import Resource, decide, visible
from workflows.children import Child, ChildView, children_by_id
from workflows.involvements import Involvement, in_force
from workflows.people import Person
from workflows.pep.plan import NEWEST_OF_CHILD, RecordVersion, latest_version
from workflows.sight.standing import standings


@dataclass(frozen=True, slots=True)
class CaseRow:
    id: UUID
    reference: str
    procedure: str
    release_id: UUID
    child_id: UUID
    previous_id: UUID | None
    status: str
    opened_at: datetime
    ended_at: datetime | None
    incident: str
    """What a process owner is needed for, in words; empty where the case runs."""
    open_tasks: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class RecordRow:
    """The newest version of a child's plan, without what it says."""

    child_id: UUID
    number: int
    state: str
    prepared_at: datetime | None
    passed_at: datetime | None
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class InvolvementRow:
    id: UUID
    child_id: UUID
    person_id: UUID
    name: str
    role: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class EventRow:
    id: UUID
    seq: int
    kind: str
    case_id: UUID | None
    child_id: UUID | None
    task_id: UUID | None
    element: str | None
    actor_id: UUID
    at: datetime
    data: dict[str, Any]


@query
def list_children(
    work: Work, *, after: UUID | None = None, limit: int
) -> list[tuple[ChildView, Resource]]:
    """Each child with what decides which of its fields the actor may see."""
    ids = work.session.scalars(
        select(Child.id)
        .where(visible(work, Child.id, "see_child"), *_behind(Child.id, after))
        .order_by(Child.id)
        .limit(limit)
    ).all()
    found, around = children_by_id(work, ids), _resources(work, ids)
    return [(found[child_id], around[child_id]) for child_id in ids]


@query
def list_cases(
    work: Work,
    *,
    after: UUID | None = None,
    limit: int,
    procedure: str | None = None,
    child_id: UUID | None = None,
    status: str | None = None,
) -> list[CaseRow]:
    rows = work.session.scalars(
        select(Case)
        .where(
            visible(work, Case.child_id),
            *_behind(Case.id, after),
            *_only((Case.procedure, procedure), (Case.child_id, child_id), (Case.status, status)),
        )
        .order_by(Case.id)
        .limit(limit)
    ).all()
    return _case_rows(work, rows)


@query
def one_case(work: Work, case_id: UUID) -> CaseRow:
    """Raises `NotFound`; the caller has asked whether the actor may see it."""
    case = work.session.get(Case, case_id)
    if case is None:
        raise NotFound
    return _case_rows(work, [case])[0]


@query
def list_records(work: Work, *, after: UUID | None = None, limit: int) -> list[RecordRow]:
    """One for each child with a plan, in the order of the children's ids."""
    version = aliased(RecordVersion)
    rows = work.session.scalars(
        select(version)
        .join(Child, version.id == NEWEST_OF_CHILD)
        .where(
            visible(work, Child.id, "see_plan"), *_behind(Child.id, after),
        )
        .order_by(Child.id)
        .limit(limit)
    )
    return [_record(row) for row in rows]


@query
def one_record(work: Work, child_id: UUID) -> RecordRow:
    """Raises `NotFound` for a child without a plan; the caller has asked for the child."""
    row = latest_version(work.session, child_id)
    if row is None:
        raise NotFound
    return _record(row)


@query
def list_involvements(
    work: Work,
    *,
    after: UUID | None = None,
    limit: int,
    child_id: UUID | None = None,
    person_id: UUID | None = None,
    on: date | None = None,
) -> list[InvolvementRow]:
    """Who stands to a child in which role, and from when to when; `on` a day, or ever."""
    rows = work.session.execute(
        select(Involvement, Person.name)
        .join(Person, Person.id == Involvement.person_id)
        .where(
            visible(work, Involvement.child_id), *_behind(Involvement.id, after),
            *_only((Involvement.child_id, child_id), (Involvement.person_id, person_id)),
            *(in_force(on) if on else ()),
        )
        .order_by(Involvement.id)
        .limit(limit)
    )
    return [_involvement(row, name) for row, name in rows]


@query
def one_involvement(work: Work, involvement_id: UUID) -> InvolvementRow:
    """Raises `NotFound`, also for one with a child whom the actor may not see."""
    found = work.session.execute(
        select(Involvement, Person.name)
        .join(Person, Person.id == Involvement.person_id)
        .where(Involvement.id == involvement_id, visible(work, Involvement.child_id))
    ).first()
    if found is None:
        raise NotFound
    return _involvement(*found)


@query
def list_releases(
    work: Work, *, after: UUID | None = None, limit: int, procedure: str | None = None
) -> list[ReleaseView]:
    ids = work.session.scalars(
        select(Release.id)
        .where(*_behind(Release.id, after), *_only((Release.procedure, procedure)))
        .order_by(Release.id)
        .limit(limit)
    )
    return [get_release(work, release_id) for release_id in ids.all()]


def list_events(
    by: Acting,
    *,
    after: int = 0,
    limit: int,
    case_id: UUID | None = None,
    child_id: UUID | None = None,
    kind: str | None = None,
) -> list[EventRow]:
    """What happened, oldest first, after a sequence number. What is about no child all may see.

    Whoever goes on behind the last one misses none: what could still be overtaken waits.
    """
    upto = events_settled(by.installation.acting(SYSTEM))
    return _events(by, after, upto, limit, _only(
        (Event.case_id, case_id), (Event.child_id, child_id), (Event.kind, kind)))


@query
def _events(
    work: Work, after: int, upto: int, limit: int, which: Sequence[ColumnElement[bool]]
) -> list[EventRow]:
    rows = work.session.scalars(
        select(Event)
        .where(Event.seq > after, Event.seq <= upto, _visible_event(work), *which)
        .order_by(Event.seq)
        .limit(limit)
    )
    return [_event(row) for row in rows]


@query
def one_event(work: Work, event_id: UUID) -> EventRow:
    """Raises `NotFound`, also for an event of a child whom the actor may not see."""
    row = work.session.scalar(
        select(Event).where(Event.id == event_id, _visible_event(work))
    )
    if row is None:
        raise NotFound
    return _event(row)


def _visible_event(work: Work) -> ColumnElement[bool]:
    may_see_child = visible(work, Event.child_id, "see_timeline")
    if not decide(work.actor, "see_procedures").allowed:
        return Event.child_id.is_not(None) & may_see_child
    return or_(Event.child_id.is_(None), may_see_child)


def _case_rows(work: Work, cases: Sequence[Case]) -> list[CaseRow]:
    opened: dict[UUID, list[UUID]] = {case.id: [] for case in cases}
    tasks = work.session.execute(
        select(Task.case_id, Task.id)
        .where(Task.case_id.in_(opened), Task.status == TaskStatus.OPEN)
        .order_by(Task.due_on, Task.id)
    )
    for case_id, task_id in tasks:
        opened[case_id].append(task_id)
    return [
        CaseRow(
            case.id, case.reference, case.procedure, case.release_id, case.child_id,
            case.previous_id, case.status, case.opened_at, case.ended_at,
            str((case.incident or {}).get("message", "")), opened[case.id],
        )
        for case in cases
    ]


def _resources(work: Work, ids: Iterable[UUID]) -> dict[UUID, Resource]:
    """What `decide` needs to know of each child, read in one go."""
    return {child_id: Resource.of_child(mine, "child", child_id, child_id)
            for child_id, mine in standings(work, ids).items()}


def _record(row: RecordVersion) -> RecordRow:
    return RecordRow(
        row.child_id, row.number, row.state, row.prepared_at, row.passed_at, row.signed_at
    )


def _involvement(row: Involvement, name: str) -> InvolvementRow:
    return InvolvementRow(
        row.id, row.child_id, row.person_id, name, row.role, row.starts_on, row.ends_on
    )


def _event(row: Event) -> EventRow:
    return EventRow(
        row.id, row.seq, row.kind, row.case_id, row.child_id, row.task_id, row.element,
        row.actor_id, row.at, row.data,
    )


def _behind(column: Any, after: UUID | None) -> list[ColumnElement[bool]]:
    return [column > after] if after is not None else []


def _only(*filters: tuple[Any, Any]) -> list[ColumnElement[bool]]:
    return [column == value for column, value in filters if value is not None]
