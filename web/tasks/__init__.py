"""My tasks, and the page on which a task is done."""

from uuid import UUID

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import EngineError, NotFound
from engine.tasks import claim_task, release_task, task_form
from web.access import allow, children_shown, may, may_see
from web.forms import raw_from_post, seen_from_post
from web.reading import answer as answer_of_request
from web.reading import reading
from web.tasks.answering import answer
from web.tasks.delegating import register_delegating
from web.tasks.form_pages import check_page, form_page_at, gone_page
from web.typed import form_id, send_back, sent_back, with_form_id
from workflows.board.in_short import InShort, in_short
from workflows.delegations import given_to_me
from workflows.my_actions import actions_to_do
from workflows.my_tasks import my_tasks as read_my_tasks
from workflows.still_true import save_and_confirm
from workflows.task_page import done_page, task_page

blueprint = Blueprint("tasks", __name__, template_folder="templates", url_prefix="/tasks")
register_delegating(blueprint)


@blueprint.get("")
@allow("see_my_tasks")
def my_tasks() -> str:
    tasks = read_my_tasks(reading())
    given = given_to_me(reading())
    children_shown("see_my_tasks", tasks.children | {each.child_id for each in given})
    return render_template("tasks/my_tasks.html", tasks=tasks, given=given,
                           actions=actions_to_do(reading()), board=_board_in_short())


def _board_in_short() -> InShort | None:
    """For whoever answers for all children."""
    if not may("see_board"):
        return None
    with answer_of_request().excused("the board counts cases, and names none"):
        return in_short(reading())


@blueprint.get("/<uuid:task_id>")
@allow("see_task", kind="task", arg="task_id")
def see_task(task_id: UUID) -> str | tuple[str, int]:
    page = task_page(reading(), task_id)
    if page.task.status != "open":
        return render_template("tasks/closed.html", page=page)
    return form_page_at(page)


@blueprint.get("/<uuid:task_id>/gone")
@allow("see_task", kind="task", arg="task_id")
def gone(task_id: UUID) -> Response | tuple[str, int]:
    """Somebody was there before: who, when, and the words that were not saved."""
    page = gone_page(task_page(reading(), task_id))
    return redirect(url_for("tasks.see_task", task_id=task_id)) if page is None else (page, 409)


@blueprint.get("/<uuid:task_id>/check")
@allow("see_task", kind="task", arg="task_id")
def check_answers(task_id: UUID) -> str | Response:
    """What was saved, once more before it is sent; with a mistake in it, the form again."""
    if not g.resource.holds_task:
        return redirect(url_for("tasks.see_task", task_id=task_id))
    return check_page(task_page(reading(), task_id))


@blueprint.post("/<uuid:task_id>")
@allow("do_task", kind="task", arg="task_id")
def do_task(task_id: UUID) -> Response:
    """One form, several buttons: save for later, continue, complete, add or remove a row."""
    wish, _, detail = request.form.get("do", "check").partition(":")
    return answer(task_form(reading(), task_id), wish, detail, request.args.get("part", ""))


@blueprint.post("/<uuid:task_id>/draft")
@allow("do_task", kind="task", arg="task_id")
def keep_draft(task_id: UUID) -> Response | tuple[Response, int]:
    """What the browser sends by itself a moment after typing: the same call as "Save"."""
    form = task_form(g.acting, task_id).form
    raw = raw_from_post(form, request.form)
    try:
        save_and_confirm(g.acting, task_id, raw, seen_from_post(request.form),
                         request.form.getlist("still-true"), may_see)
    except NotFound:
        raise
    except EngineError as problem:
        return jsonify(message=f"Not saved: {problem.message}"), 409
    kept = task_form(g.acting, task_id).kept
    seen = {key: kept[key].version for key in raw if key in kept}
    return jsonify(message="Saved", seen=seen)


@blueprint.post("/<uuid:task_id>/claim")
@allow("claim_task", kind="task", arg="task_id")
def claim(task_id: UUID) -> Response:
    claim_task(g.acting, task_id)
    flash("This task is yours now.")
    return redirect(url_for("tasks.see_task", task_id=task_id))


@blueprint.get("/<uuid:task_id>/release")
@allow("release_task", kind="task", arg="task_id")
def hand_back(task_id: UUID) -> str | Response | tuple[str, int]:
    if not g.resource.holds_task:
        return redirect(url_for("tasks.see_task", task_id=task_id))
    if way := with_form_id():
        return way
    typed = sent_back(request.path)
    errors = typed.said["errors"] if typed else {}
    page = render_template(
        "tasks/release.html", page=task_page(reading(), task_id), errors=errors, form_id=form_id()
    )
    return (page, 422) if errors else page


@blueprint.post("/<uuid:task_id>/release")
@allow("release_task", kind="task", arg="task_id")
def release(task_id: UUID) -> Response:
    reason = request.form.get("reason", "").strip()
    if not reason:
        return send_back(request.path, errors={"reason": "Enter why this is not your task"})
    release_task(g.acting, task_id, reason)
    flash("You have handed the task back. Others with this role can take it.")
    return redirect(url_for("tasks.my_tasks"))


@blueprint.get("/<uuid:task_id>/done")
@allow("see_task", kind="task", arg="task_id")
def done(task_id: UUID) -> str | Response:
    page = done_page(reading(), task_id)
    if page.task.status != "completed":
        return redirect(url_for("tasks.see_task", task_id=task_id))
    return render_template("tasks/done.html", page=page)
