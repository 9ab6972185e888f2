"""The plan as it stands, readable and printable; only what the reader may see leaves the server."""

from uuid import UUID

from flask import Blueprint, render_template, request

from web.access import allow, may_see
from web.reading import reading
from workflows.plan_changes import plan_changes
from workflows.plan_page import plan_page

blueprint = Blueprint("records", __name__, template_folder="templates", url_prefix="/children")


@blueprint.get("/<uuid:child_id>/plan")
@allow("see_plan", kind="child", arg="child_id")
def plan(child_id: UUID) -> str:
    return render_template("records/plan.html", page=plan_page(reading(), child_id, may_see))


@blueprint.get("/<uuid:child_id>/plan/<int:number>")
@allow("see_plan", kind="child", arg="child_id")
def signed_plan(child_id: UUID, number: int) -> str:
    """A version as it was signed."""
    page = plan_page(reading(), child_id, may_see, number)
    return render_template("records/plan.html", page=page)


@blueprint.get("/<uuid:child_id>/plan/changes")
@allow("see_plan", kind="child", arg="child_id")
def changes(child_id: UUID) -> str:
    """Of the newest version, or of the one that is asked for; since the one before, or another."""
    to, since = (request.args.get(name, type=int) for name in ("to", "since"))
    page = plan_changes(reading(), child_id, may_see, to, since)
    return render_template("records/changes.html", page=page)
