"""Education sections given to a colleague: the teacher's page, and the colleague's."""

from uuid import UUID

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid, EngineError, NotFound
from engine.tasks import task_form
from web.access import allow
from web.forms import raw_from_post, seen_from_post
from web.reading import reading
from web.tasks.answering import answer_as_colleague
from web.tasks.form_pages import colleague_page_at
from web.typed import done_with, form_id, send_back, sent_back, with_form_id, words_posted
from workflows.children import get_child
from workflows.delegations import (
    delegate_task,
    delegated_form,
    delegation_of,
    fill_in_delegated,
    form_of_delegating,
    may_be_delegated,
    take_back,
)


def register_delegating(blueprint: Blueprint) -> None:
    at = "/<uuid:task_id>/delegate"
    blueprint.add_url_rule(at, view_func=delegate)
    blueprint.add_url_rule(at, view_func=give, methods=["POST"])
    blueprint.add_url_rule(f"{at}/end", view_func=end_delegation, methods=["POST"])
    sections = "/<uuid:task_id>/sections"
    blueprint.add_url_rule(sections, view_func=delegated_sections)
    blueprint.add_url_rule(sections, view_func=fill_in, methods=["POST"])
    blueprint.add_url_rule(f"{sections}/draft", view_func=keep_delegated, methods=["POST"])


@allow("delegate_task", kind="task", arg="task_id")
def delegate(task_id: UUID) -> str | Response | tuple[str, int]:
    if not may_be_delegated(reading(), task_id):
        raise NotFound
    if way := with_form_id():
        return way
    form = form_of_delegating(reading(), g.resource.child_id)
    typed = sent_back(request.path)
    errors = typed.said["errors"] if typed else {}
    task = task_form(reading(), task_id).task
    page = render_template(
        "tasks/delegate.html", task=task, child=get_child(reading(), task.child_id), form=form,
        raw=raw_from_post(form, words_posted(typed)), errors=errors, form_id=form_id(),
        delegation=delegation_of(reading(), task_id),
    )
    return (page, 422) if errors else page


@allow("delegate_task", kind="task", arg="task_id")
def give(task_id: UUID) -> Response:
    form = form_of_delegating(g.acting, g.resource.child_id)
    try:
        delegate_task(g.acting, task_id, raw_from_post(form, request.form))
    except AnswersInvalid as problem:
        return send_back(request.path, errors=dict(problem.errors))
    done_with()
    flash("Your colleague can fill in these sections now, and is told. You send them.")
    return redirect(url_for("tasks.see_task", task_id=task_id))


@allow("delegate_task", kind="task", arg="task_id")
def end_delegation(task_id: UUID) -> Response:
    take_back(g.acting, task_id)
    flash("You have taken the sections back. What was filled in stays.")
    return redirect(url_for("tasks.see_task", task_id=task_id))


@allow("fill_in_delegated", kind="delegated", arg="task_id")
def delegated_sections(task_id: UUID) -> str | tuple[str, int]:
    return colleague_page_at(*delegated_form(reading(), task_id))


@allow("fill_in_delegated", kind="delegated", arg="task_id")
def fill_in(task_id: UUID) -> Response:
    wish, _, detail = request.form.get("do", "save").partition(":")
    return answer_as_colleague(delegated_form(g.acting, task_id)[1], wish, detail)


@allow("fill_in_delegated", kind="delegated", arg="task_id")
def keep_delegated(task_id: UUID) -> Response | tuple[Response, int]:
    """What the browser sends by itself a moment after typing."""
    raw = raw_from_post(delegated_form(g.acting, task_id)[1].form, request.form)
    try:
        fill_in_delegated(g.acting, task_id, raw, seen_from_post(request.form))
    except EngineError as problem:
        return jsonify(message=f"Not saved: {problem.message}"), 409
    kept = delegated_form(g.acting, task_id)[1].kept
    return jsonify(message="Saved", seen={key: kept[key].version for key in raw if key in kept})
