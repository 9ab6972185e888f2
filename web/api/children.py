"""Children, and their records: their Personal Education Plans."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import g

from web.access import allow, children_shown, may_see
from web.api.blueprint import api
from web.api.paging import Listing, page, page_of, whole
from web.api.shapes import (
    ChildOut,
    RecordOut,
    RecordWithDocument,
    VersionOut,
    VersionWithDocument,
)
from web.reading import reading
from workflows.access import Resource
from workflows.children import ChildView, get_child
from workflows.plan_page import record_document, record_versions, version_document
from workflows.registers import RecordRow, list_children, list_records, one_record

ALL_SEE = ("id", "reference", "name")
BY_CLASS = {
    "ordinary": ("born_on", "upn", "school", "year_group"),
    "social_care": ("council_number", "looked_after_on", "placement_start", "planned_placement",
                    "placement_kind", "out_of_area"),
    "placement_address": ("placement_address",),
}
"""The fields of a child by the class that decides who may see them."""


@api.get("/children")
@allow("see_cases")
@api.input(Listing, location="query", arg_name="asked")
@api.output(page_of(ChildOut))
def children(asked: Listing) -> dict[str, Any]:
    """The children you may see"""
    rows = list_children(reading(), after=asked.after, limit=asked.limit)
    children_shown("see_child", {view.id for view, _ in rows})
    return page([_child(view, resource) for view, resource in rows], asked.limit)


@api.get("/children/<uuid:child_id>")
@allow("see_child", kind="child", arg="child_id")
@api.output(ChildOut)
def child(child_id: UUID) -> ChildOut:
    """One child"""
    return _child(get_child(reading(), child_id), g.resource)


@api.get("/records")
@allow("see_cases")
@api.input(Listing, location="query", arg_name="asked")
@api.output(page_of(RecordOut))
def records(asked: Listing) -> dict[str, Any]:
    """The plans you may see, the newest version of each"""
    rows = list_records(reading(), after=asked.after, limit=asked.limit)
    children_shown("see_plan", {row.child_id for row in rows})
    return page([RecordOut(**dict(_record(row))) for row in rows], asked.limit)


@api.get("/records/<uuid:child_id>")
@allow("see_plan", kind="child", arg="child_id")
@api.output(RecordWithDocument)
def record(child_id: UUID) -> RecordWithDocument:
    """One child's plan as it stands, by the child's id"""
    row = one_record(reading(), child_id)
    document = record_document(reading(), child_id, lambda kind: may_see(kind, g.resource))
    return RecordWithDocument(**dict(_record(row)), document=document)


@api.get("/records/<uuid:child_id>/versions")
@allow("see_plan", kind="child", arg="child_id")
@api.output(page_of(VersionOut))
def versions(child_id: UUID) -> dict[str, Any]:
    """The versions of one child's plan, the newest first"""
    return whole([VersionOut.model_validate(row) for row in record_versions(reading(), child_id)])


@api.get("/records/<uuid:child_id>/versions/<int:number>")
@allow("see_plan", kind="child", arg="child_id")
@api.output(VersionWithDocument)
def version(child_id: UUID, number: int) -> VersionWithDocument:
    """One version of a child's plan, by its number"""
    row, document = version_document(
        reading(), child_id, number, lambda kind: may_see(kind, g.resource))
    return VersionWithDocument(**dict(VersionOut.model_validate(row)), document=document)


def _child(view: ChildView, resource: Resource) -> ChildOut:
    shown = [*ALL_SEE, *(name for kind, names in BY_CLASS.items() if may_see(kind, resource)
                         for name in names)]
    return ChildOut(**{name: getattr(view, name) for name in shown})


def _record(row: RecordRow) -> Iterator[tuple[str, Any]]:
    yield from (("id", row.child_id), ("child", row.child_id), ("number", row.number),
                ("state", row.state), ("prepared_at", row.prepared_at),
                ("passed_at", row.passed_at), ("signed_at", row.signed_at))
