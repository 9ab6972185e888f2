"""Involvements: who stands to a child in which role, and since when."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import Field

from web.access import allow, children_shown
from web.api.blueprint import api
from web.api.paging import Listing, page, page_of
from web.api.shapes import InvolvementOut
from web.reading import reading
from workflows.registers import InvolvementRow, list_involvements, one_involvement


class InvolvementListing(Listing):
    child: UUID | None = None
    person: UUID | None = None
    on: date | None = Field(None, description="Only those in force on that day")


@api.get("/involvements")
@allow("see_cases")
@api.input(InvolvementListing, location="query", arg_name="asked")
@api.output(page_of(InvolvementOut))
def involvements(asked: InvolvementListing) -> dict[str, Any]:
    """The involvements with children you may see, also those that have ended or are to begin"""
    rows = list_involvements(reading(), after=asked.after, limit=asked.limit,
                             child_id=asked.child, person_id=asked.person, on=asked.on)
    children_shown("see_case", {row.child_id for row in rows})
    return page([_involvement(row) for row in rows], asked.limit)


@api.get("/involvements/<uuid:involvement_id>")
@allow("see_cases")
@api.output(InvolvementOut)
def involvement(involvement_id: UUID) -> InvolvementOut:
    """One involvement"""
    row = one_involvement(reading(), involvement_id)
    children_shown("see_case", {row.child_id})
    return _involvement(row)


def _involvement(row: InvolvementRow) -> InvolvementOut:
    return InvolvementOut(
        id=row.id, child=row.child_id, person=row.person_id, name=row.name, role=row.role,
        starts_on=row.starts_on, ends_on=row.ends_on,
    )
