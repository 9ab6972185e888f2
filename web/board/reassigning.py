"""A task that is given to someone else."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid
from engine.tasks import TaskView, reassign_task
from web.access import allow, may
from web.board.blueprint import blueprint
from web.chosen_cases import still_to_give_of_them
from web.typed import form_id, send_back, sent_back, with_form_id, words_posted
from workflows.board.live_map import who_may_hold
from workflows.children import get_child
from workflows.people import names

BY_RULE = "rule"
"""Chosen instead of a person: whoever the procedure names."""


@blueprint.get("/reassign/<uuid:task_id>")
@allow("reassign_task", kind="task", arg="task_id")
def reassign(task_id: UUID) -> str | Response | tuple[str, int]:
    if way := with_form_id():
        return way
    typed = sent_back(request.path)
    errors = typed.said["errors"] if typed else {}
    page = _reassign_page(task_id, words_posted(typed), errors)
    return (page, 422) if errors else page


@blueprint.post("/reassign/<uuid:task_id>")
@allow("reassign_task", kind="task", arg="task_id")
def give(task_id: UUID) -> Response:
    try:
        task = reassign_task(g.acting, task_id, _chosen(), request.form.get("reason", ""))
    except AnswersInvalid as problem:
        return send_back(request.path, errors=problem.errors)
    who = names(g.acting, [task.assignee_id]).get(task.assignee_id, "") if task.assignee_id else ""
    flash(f"“{task.name}” now belongs to {who or 'the queue of its role'}. The reason stands on "
          "the case.")
    return redirect(still_to_give_of_them([task_id]) or _back_to(task))


def _reassign_page(task_id: UUID, typed: MultiDict[str, str], errors: dict[str, str]) -> str:
    task, people = who_may_hold(g.acting, task_id)
    return render_template(
        "board/reassign.html",
        task=task,
        child=get_child(g.acting, task.child_id),
        people=people,
        holder=names(g.acting, [task.assignee_id]).get(task.assignee_id, "")
        if task.assignee_id else "",
        errors=errors,
        typed=typed,
        form_id=form_id(),
        back=still_to_give_of_them() or _back_to(task),
        by_rule=BY_RULE,
    )


def _chosen() -> UUID | None:
    """The person who was chosen, or None for whoever the procedure names."""
    chosen = request.form.get("to", "")
    if chosen == BY_RULE:
        return None
    try:
        return UUID(chosen)
    except ValueError as nobody:
        problems = {"to": "Choose who does this task"}
        if not request.form.get("reason", "").strip():
            problems["reason"] = "Enter why you are giving this task to someone else"
        raise AnswersInvalid(problems) from nobody


def _back_to(task: TaskView) -> str:
    if request.values.get("from") == "case" or not may("see_live_map"):
        return url_for("cases.case_page", case_id=task.case_id)
    if request.values.get("from") == "late-soon" and may("see_board"):
        return url_for("board.late_soon")
    return url_for("board.step", procedure=task.procedure, element=task.element)
