"""Releases on which a case ran before it was moved: what is over in it was done on one of them."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, select

from engine.releases import compiled
from engine.spiff import Element, Procedure
from engine.store.models import Case, Event, Task, TaskStatus
from engine.work import Work

LEAVING = ("case_moved", "move_undone")
"""Events whose `old` is the release that a case has left."""


def releases_left(work: Work, which: ColumnElement[bool]) -> list[UUID]:
    """By the cases of which this is true of their events, the latest left first."""
    return releases_left_in(work.session.scalars(
        select(Event).where(which, Event.kind.in_(LEAVING)).order_by(Event.seq.desc())))


def releases_left_in(events: Iterable[Event]) -> list[UUID]:
    """Of events that were read already, in their order."""
    return list(dict.fromkeys(UUID(each.data["old"]) for each in events if each.kind in LEAVING))


def procedure_of(work: Work, case: Case, task: Task) -> Procedure:
    """As it was when the task was over; of an open one, the release that its case runs on."""
    if task.status == TaskStatus.OPEN or task.ended_at is None:
        return compiled(work, case.release_id)
    left = work.session.scalar(
        select(Event.data)
        .where(Event.case_id == case.id, Event.kind.in_(LEAVING), Event.at >= task.ended_at)
        .order_by(Event.seq).limit(1))
    now = compiled(work, case.release_id)
    before = compiled(work, UUID(left["old"])) if left else now
    return before if task.element in before.elements else now


def elements_of_case(work: Work, case: Case) -> dict[str, Element]:
    """Of all releases on which it has run; where several have one, as the newest says."""
    return elements_on(work, case, releases_left(work, Event.case_id == case.id))


def elements_on(work: Work, case: Case, left: Sequence[UUID]) -> dict[str, Element]:
    """As `elements_of_case`, with the releases that it has left, the latest first."""
    found: dict[str, Element] = {}
    for release_id in reversed(left):
        found |= compiled(work, release_id).elements
    found |= compiled(work, case.release_id).elements
    return found

