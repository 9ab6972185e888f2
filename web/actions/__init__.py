"""My actions: what the plans of one's children say that one does, and how far it is."""

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid, ValuesChanged
from web.access import allow, children_shown
from web.reading import reading
from web.typed import done_with, form_id, send_back, sent_back, words_posted
from workflows.my_actions import my_action, update_action
from workflows.my_actions import my_actions as read_my_actions
from workflows.pep.planned_actions import STATUSES

blueprint = Blueprint("actions", __name__, template_folder="templates", url_prefix="/actions")


@blueprint.get("")
@allow("see_my_actions")
def my_actions() -> str:
    found = read_my_actions(reading())
    children_shown("see_my_actions", {row.child.id for row in (*found.to_do, *found.over)})
    return render_template("actions/my_actions.html", found=found, statuses=STATUSES)


@blueprint.get("/<uuid:child_id>/<action>")
@allow("update_action", kind="child", arg="child_id")
def one_action(child_id: UUID, action: str) -> str | tuple[str, int]:
    """One action; with what was typed where it could not be saved: somebody changed it, or the
    reason is missing."""
    row = my_action(reading(), child_id, action)
    typed = sent_back(request.path)
    words, said = words_posted(typed), typed.said if typed else {}
    clash = "seen" in said and said["seen"] != row.action.version
    page = render_template(
        "actions/action.html", row=row, statuses=STATUSES, form_id=form_id(), clash=clash,
        status=words.get("status", row.action.status),
        reason=words.get("reason", row.action.reason), errors=said.get("errors", {}),
    )
    return (page, 409) if clash else (page, 422) if "errors" in said else page


@blueprint.post("/<uuid:child_id>/<action>")
@allow("update_action", kind="child", arg="child_id")
def update(child_id: UUID, action: str) -> Response:
    version = request.form.get("version", "")
    seen = int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else 0
    status = request.form.get("status", "")
    try:
        update_action(g.acting, child_id, action, status, request.form.get("reason", ""), seen)
    except AnswersInvalid as problem:
        return send_back(request.path, errors=problem.errors)
    except ValuesChanged:
        return send_back(request.path, seen=seen)
    done_with()
    flash(f"Saved: {STATUSES[status].lower()}.")
    return redirect(url_for("actions.my_actions"))
