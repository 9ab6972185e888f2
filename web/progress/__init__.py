"""How a child has come along over all their plans, for whoever may see the plan."""

from uuid import UUID

from flask import Blueprint, g, render_template, request, url_for
from werkzeug.wrappers import Response

from web.access import allow, may_see
from web.forms import raw_from_post
from web.forms.asking import answered, ask
from web.progress.chart import attendance_line
from web.reading import reading
from web.typed import form_id
from workflows.children import get_child
from workflows.pep.data_points import add_data_point, data_point_form
from workflows.progress_page import progress_page

blueprint = Blueprint("progress", __name__, template_folder="templates", url_prefix="/children")


@blueprint.get("/<uuid:child_id>/progress")
@allow("see_plan", kind="child", arg="child_id")
def progress(child_id: UUID) -> str:
    page = progress_page(reading(), child_id, may_see)
    return render_template("progress/progress.html", page=page,
                           line=attendance_line(page.attendance))


@blueprint.get("/<uuid:child_id>/progress/<kind>")
@allow("add_data_point", kind="child", arg="child_id")
def ask_for_one(child_id: UUID, kind: str) -> str | Response | tuple[str, int]:
    """For one data point; with what was typed where it could not be kept."""
    return ask(data_point_form(reading(), child_id, kind), "progress/add.html", button="Add",
               child=get_child(reading(), child_id))


@blueprint.post("/<uuid:child_id>/progress/<kind>")
@allow("add_data_point", kind="child", arg="child_id")
def add(child_id: UUID, kind: str) -> Response:
    raw = raw_from_post(data_point_form(g.acting, child_id, kind), request.form)
    return answered(lambda: add_data_point(g.acting, child_id, kind, raw, form_id()),
                    "Added. The next review shows it beside its questions.",
                    url_for("progress.progress", child_id=child_id))
