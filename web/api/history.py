"""Releases of the procedures, and events: what happened."""

from typing import Any
from uuid import UUID

from flask import g
from pydantic import BaseModel, ConfigDict, Field

from engine.releases import get_release
from web.access import allow, children_shown
from web.api.blueprint import api
from web.api.paging import MOST, USUAL, Listing, page, page_of
from web.api.shapes import EventOut, ReleaseOut
from web.reading import reading
from workflows.registers import EventRow, list_events, list_releases, one_event

LARGEST = 2**62


class ReleaseListing(Listing):
    procedure: str | None = None


class EventListing(BaseModel):
    model_config = ConfigDict(extra="forbid")

    limit: int = Field(USUAL, ge=1, le=MOST)
    after: int = Field(0, ge=0, le=LARGEST, description="The `seq` of the last event you know")
    case: UUID | None = None
    child: UUID | None = None
    kind: str | None = Field(None, description="Such as task_completed")


@api.get("/releases")
@allow("see_procedures")
@api.input(ReleaseListing, location="query", arg_name="asked")
@api.output(page_of(ReleaseOut))
def releases(asked: ReleaseListing) -> dict[str, Any]:
    """The releases of all procedures"""
    rows = list_releases(reading(), after=asked.after, limit=asked.limit,
                         procedure=asked.procedure)
    return page([ReleaseOut.model_validate(row) for row in rows], asked.limit)


@api.get("/releases/<uuid:release_id>")
@allow("see_procedures")
@api.output(ReleaseOut)
def one_release(release_id: UUID) -> ReleaseOut:
    """One release"""
    return ReleaseOut.model_validate(get_release(reading(), release_id))


@api.get("/events")
@allow("see_cases")
@api.input(EventListing, location="query", arg_name="asked")
@api.output(page_of(EventOut))
@api.doc(description="To follow what happens, ask again with `after`, the `seq` of the last event "
         "that you know: none is left out, and none comes twice. `seq` grows and has gaps. What "
         "comes into sight later, such as the past of a child who becomes yours, lies before it.")
def events(asked: EventListing) -> dict[str, Any]:
    """What happened, oldest first"""
    rows = list_events(g.acting, after=asked.after, limit=asked.limit, case_id=asked.case,
                       child_id=asked.child, kind=asked.kind)
    children_shown("see_timeline", {row.child_id for row in rows if row.child_id})
    last = rows[-1].seq if rows else None
    return page([_event(row) for row in rows], asked.limit, last=last)


@api.get("/events/<uuid:event_id>")
@allow("see_cases")
@api.output(EventOut)
def event(event_id: UUID) -> EventOut:
    """One event"""
    row = one_event(reading(), event_id)
    children_shown("see_timeline", {row.child_id} if row.child_id else set())
    return _event(row)


def _event(row: EventRow) -> EventOut:
    return EventOut(
        id=row.id, seq=row.seq, kind=row.kind, case=row.case_id, child=row.child_id,
        task=row.task_id, element=row.element, actor=row.actor_id, at=row.at, data=row.data,
    )
