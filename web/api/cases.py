"""Cases: listed, started, and each with its timeline, deadlines and picture."""

from typing import Any
from uuid import UUID

from flask import g, url_for
from pydantic import Field
from werkzeug.wrappers import Response

from engine.work import Acting, Work
from web.access import allow, children_shown, may_look, require, resource_of
from web.api.blueprint import api
from web.api.once import Given, once
from web.api.paging import Listing, page, page_of, whole
from web.api.shapes import CaseOut, DeadlineOut, StartIn, StoryOut
from web.diagrams import Marks, draw
from web.layout import BUILT, asset
from web.reading import reading
from workflows.case_deadlines import DeadlineRow, deadlines_of
from workflows.case_page import case_page
from workflows.pep.starting import start_case
from workflows.registers import CaseRow, list_cases, one_case
from workflows.timeline import timeline_of

PICTURE: Any = {
    200: {
        "description": "Where the case stands, as a picture",
        "content": {"image/svg+xml": {"schema": {"type": "string"}}},
    }
}


class CaseListing(Listing):
    procedure: str | None = None
    child: UUID | None = None
    status: str | None = Field(None, description="open, incident, ended or closed")


@api.get("/cases")
@allow("see_cases")
@api.input(CaseListing, location="query", arg_name="asked")
@api.output(page_of(CaseOut))
def cases(asked: CaseListing) -> dict[str, Any]:
    """The cases you may see"""
    rows = list_cases(reading(), after=asked.after, limit=asked.limit, procedure=asked.procedure,
                      child_id=asked.child, status=asked.status)
    children_shown("see_case", {row.child_id for row in rows})
    return page([case_out(row) for row in rows], asked.limit)


@api.post("/cases")
@allow("start_case")
@api.input(StartIn, arg_name="wanted")
@api.output(CaseOut, status_code=201)
def start(wanted: StartIn) -> Given:
    """Start a case for a child whose record there is already"""
    child = resource_of("child", wanted.child)
    require("see_child", child)
    may_look("see_child", child)

    def do(by: Acting | Work) -> CaseOut:
        return case_out(one_case(by, start_case(by, wanted.procedure, wanted.child)))

    return once(do, 201, lambda made: url_for("api.case", case_id=made.id))


@api.get("/cases/<uuid:case_id>")
@allow("see_case", kind="case", arg="case_id")
@api.output(CaseOut)
def case(case_id: UUID) -> CaseOut:
    """One case"""
    return case_out(one_case(reading(), case_id))


@api.get("/cases/<uuid:case_id>/timeline")
@allow("see_timeline", kind="case", arg="case_id")
@api.output(page_of(StoryOut))
def timeline(case_id: UUID) -> dict[str, Any]:
    """What happened in a case, newest first, in words"""
    return whole([StoryOut.model_validate(row) for row in timeline_of(reading(), case_id)])


@api.get("/cases/<uuid:case_id>/deadlines")
@allow("see_case", kind="case", arg="case_id")
@api.output(page_of(DeadlineOut))
def deadlines(case_id: UUID) -> dict[str, Any]:
    """The dates of a case, the most binding first, each with its arithmetic"""
    return whole([deadline_out(row) for row in deadlines_of(reading(), case_id)])


@api.get("/cases/<uuid:case_id>/diagram.svg")
@allow("see_case", kind="case", arg="case_id")
@api.doc(responses=PICTURE)
def diagram(case_id: UUID) -> Response:
    """The diagram of a case with where it stands"""
    found = case_page(reading(), case_id)
    marks = Marks(done=found.picture.done, here=found.picture.here, late=found.picture.late)
    picture = draw(found.picture.flowcharts[0].diagram, marks)
    g.csp_extra = {"style-src": "'nonce-{nonce}'"}
    return Response(_with_style(str(picture).strip()), mimetype="image/svg+xml")


def _with_style(picture: str) -> str:
    """The picture on its own, with the part of the site's style sheet that it needs."""
    built = BUILT / asset("diagram.css").rsplit("/", 1)[-1]
    style = (f'<style nonce="{g.csp_nonce}">{built.read_text()}</style>' if built.is_file()
             else "")
    return picture.replace("<defs>", f"<defs>{style}", 1)


def deadline_out(row: DeadlineRow) -> DeadlineOut:
    today = g.acting.today
    day, days = row.day_of or (None, None)
    return DeadlineOut(
        **{name: getattr(row, name) for name in DeadlineOut.model_fields if hasattr(row, name)},
        late=row.is_late(today), working_days_late=row.late_by(today), day=day, days=days,
    )


def case_out(row: CaseRow) -> CaseOut:
    return CaseOut(
        id=row.id, reference=row.reference, procedure=row.procedure, release=row.release_id,
        child=row.child_id, previous=row.previous_id, status=row.status, incident=row.incident,
        opened_at=row.opened_at, ended_at=row.ended_at, open_tasks=list(row.open_tasks),
    )
