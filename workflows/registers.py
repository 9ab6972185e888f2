"""Lists for programs: children, cases, releases, events; only what the actor may see.

Each list is in the order of its ids and continues after the last one that was given out.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from engine.errors import NotFound
from engine.releases import ReleaseView, live_releases, releases_of
from engine.store.models import Case, Event, Task
from engine.work import Work, query
from workflows.access import visible
from workflows.children import Child, ChildView, children_by_id


@query
def list_children(work: Work, after: UUID | None, limit: int) -> list[ChildView]:
    ids = work.session.scalars(
        select(Child.id)
        .where(visible(work.actor, Child.id, work.today, "see_child"), *_after(Child.id, after))
        .order_by(Child.id)
        .limit(limit)
    ).all()
    found = children_by_id(work, ids)
    return [found[child_id] for child_id in ids]


@query
def list_cases(work: Work, after: UUID | None, limit: int) -> list[dict[str, Any]]:
    rows = work.session.scalars(
        select(Case)
        .where(visible(work.actor, Case.child_id, work.today), *_after(Case.id, after))
        .order_by(Case.id)
        .limit(limit)
    )
    return [_case(row) for row in rows]


@query
def one_case(work: Work, case_id: UUID) -> dict[str, Any]:
    case = work.session.get(Case, case_id)
    if case is None:
        raise NotFound
    tasks = work.session.scalars(
        select(Task.id).where(Task.case_id == case_id, Task.status == "open")
    )
    return {**_case(case), "open_tasks": list(tasks)}


@query
def list_releases(work: Work) -> list[ReleaseView]:
    return [
        release
        for live in live_releases(work)
        for release in releases_of(work, live.procedure)
    ]


@query
def list_events(work: Work, after: int, limit: int) -> Sequence[Event]:
    """What happened, oldest first, after a sequence number."""
    return list(
        work.session.scalars(
            select(Event)
            .where(
                Event.seq > after,
                Event.child_id.is_not(None),
                visible(work.actor, Event.child_id, work.today),
            )
            .order_by(Event.seq)
            .limit(limit)
        )
    )


@query
def one_event(work: Work, event_id: UUID) -> Event:
    """Raises `NotFound`, also for an event of a child whom the actor may not see."""
    event = work.session.scalar(
        select(Event).where(
            Event.id == event_id,
            Event.child_id.is_not(None),
            visible(work.actor, Event.child_id, work.today),
        )
    )
    if event is None:
        raise NotFound
    return event


def _after(column: Any, after: UUID | None) -> list[ColumnElement[bool]]:
    return [column > after] if after is not None else []


def _case(case: Case) -> dict[str, Any]:
    return {
        "id": case.id,
        "reference": case.reference,
        "procedure": case.procedure,
        "release": case.release_id,
        "child": case.child_id,
        "status": case.status,
        "previous": case.previous_id,
        "opened_at": case.opened_at,
        "ended_at": case.ended_at,
    }
