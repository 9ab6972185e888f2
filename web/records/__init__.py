"""The plan as it stands, readable and printable; only what the reader may see leaves the server."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import Blueprint, render_template, request

from web.access import allow, may_see
from web.reading import reading
from workflows.corrections import CorrectionView, corrections_beside
from workflows.documents.purposes import PURPOSES
from workflows.documents.receipts import to_be_received
from workflows.plan_changes import plan_changes
from workflows.plan_page import PlanPage, plan_page
from workflows.sections_page import sections_ready

blueprint = Blueprint("records", __name__, template_folder="templates", url_prefix="/children")


@blueprint.get("/<uuid:child_id>/plan")
@allow("see_plan", kind="child", arg="child_id")
def plan(child_id: UUID) -> str:
    page = plan_page(reading(), child_id, may_see)
    ready = sections_ready(reading(), page.case_id, may_see) if page.case_id else None
    return render_template("records/plan.html", page=page, documents=PURPOSES.values(), ready=ready,
                           to_be_received=to_be_received(reading(), child_id),
                           corrections=_corrections(page))


@blueprint.get("/<uuid:child_id>/plan/<int:number>")
@allow("see_plan", kind="child", arg="child_id")
def signed_plan(child_id: UUID, number: int) -> str:
    """A version as it was signed."""
    page = plan_page(reading(), child_id, may_see, number)
    documents = [each for each in PURPOSES.values() if each.every_version]
    return render_template("records/plan.html", page=page, documents=documents, number=number,
                           corrections=_corrections(page))


def _corrections(page: PlanPage) -> Mapping[str, Sequence[CorrectionView]]:
    """Beside the answers that are shown; nothing else of them is on the page."""
    return corrections_beside(reading(), page.child.id, page.shown.number) if page.shown else {}


@blueprint.get("/<uuid:child_id>/plan/changes")
@allow("see_plan", kind="child", arg="child_id")
def changes(child_id: UUID) -> str:
    """Of the newest version, or of the one that is asked for; since the one before, or another."""
    to, since = (request.args.get(name, type=int) for name in ("to", "since"))
    page = plan_changes(reading(), child_id, may_see, to, since)
    return render_template("records/changes.html", page=page)
