"""How a child has come along over all their plans, for whoever may see the plan."""

from uuid import UUID

from flask import Blueprint, render_template

from web.access import allow, may_see
from web.progress.chart import attendance_line
from web.reading import reading
from workflows.progress_page import progress_page

blueprint = Blueprint("progress", __name__, template_folder="templates", url_prefix="/children")


@blueprint.get("/<uuid:child_id>/progress")
@allow("see_plan", kind="child", arg="child_id")
def progress(child_id: UUID) -> str:
    page = progress_page(reading(), child_id, may_see)
    return render_template("progress/progress.html", page=page,
                           line=attendance_line(page.attendance))
