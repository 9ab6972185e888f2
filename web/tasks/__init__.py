"""My tasks, and the page on which a task is done."""

import secrets
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid, TaskGone, TaskTaken, ValuesChanged
from engine.forms import read_answers
from engine.tasks import claim_task, complete_task, get_task, release_task, save_draft
from web.access import allow, may_see
from web.forms import (
    date_parts,
    hidden_pairs,
    in_words,
    raw_from_kept,
    raw_from_post,
    rows_of,
    seen_from_post,
    with_row_added,
    with_row_removed,
)
from workflows.my_tasks import my_tasks as read_my_tasks
from workflows.people import names
from workflows.task_page import TaskPage, field_classes, next_steps, task_page

blueprint = Blueprint("tasks", __name__, template_folder="templates", url_prefix="/tasks")


@blueprint.get("")
@allow("see_my_tasks")
def my_tasks() -> str:
    return render_template("tasks/my_tasks.html", tasks=read_my_tasks(g.acting))


@blueprint.get("/<uuid:task_id>")
@allow("see_task", kind="task", arg="task_id")
def see_task(task_id: UUID) -> str:
    page = task_page(g.acting, task_id)
    if page.task.status != "open":
        return render_template("tasks/closed.html", page=page)
    return _form_page(page, raw_from_kept(page.asked.form, page.asked.kept), {})


@blueprint.post("/<uuid:task_id>")
@allow("see_task", kind="task", arg="task_id")
def do_task(task_id: UUID) -> str | Response | tuple[str, int]:
    """One form, several buttons: save for later, check, complete, go back, add or remove a row."""
    page = task_page(g.acting, task_id)
    raw = raw_from_post(page.asked.form, request.form)
    wish, _, detail = request.form.get("do", "check").partition(":")
    if page.task.status != "open":
        gone = TaskGone(by=page.task.completed_by, at=page.task.ended_at)
        return _gone(page, raw, gone)
    try:
        return _WISHES.get(wish, _check)(page, raw, detail)
    except AnswersInvalid as problem:
        return _form_page(page, raw, problem.errors), 422
    except ValuesChanged as changed:
        return _changed(page, raw, changed), 409
    except (TaskGone, TaskTaken) as gone:
        return _gone(page, raw, gone)


@blueprint.post("/<uuid:task_id>/claim")
@allow("claim_task", kind="task", arg="task_id")
def claim(task_id: UUID) -> Response:
    claim_task(g.acting, task_id)
    return redirect(url_for("tasks.see_task", task_id=task_id))


@blueprint.post("/<uuid:task_id>/release")
@allow("release_task", kind="task", arg="task_id")
def release(task_id: UUID) -> Response | tuple[str, int]:
    reason = request.form.get("reason", "").strip()
    if not reason:
        page = task_page(g.acting, task_id)
        raw = raw_from_kept(page.asked.form, page.asked.kept)
        errors = {"reason": "Enter why this is not your task"}
        return _form_page(page, raw, errors), 422
    release_task(g.acting, task_id, reason)
    flash("You have handed the task back. Others with this role can take it.")
    return redirect(url_for("tasks.my_tasks"))


@blueprint.get("/<uuid:task_id>/done")
@allow("see_task", kind="task", arg="task_id")
def done(task_id: UUID) -> str:
    page = task_page(g.acting, task_id)
    return render_template("tasks/done.html", page=page, steps=next_steps(g.acting, task_id))


def _save(page: TaskPage, raw: dict[str, Any], _detail: str) -> Response:
    save_draft(g.acting, page.task.id, raw, seen_from_post(request.form))
    flash("Saved. You can come back to it at any time.")
    return redirect(url_for("tasks.my_tasks"))


def _check(page: TaskPage, raw: dict[str, Any], _detail: str) -> str | tuple[str, int]:
    """Keep what was typed, then show it once more before it is sent."""
    save_draft(g.acting, page.task.id, raw, seen_from_post(request.form))
    page = task_page(g.acting, page.task.id)
    raw = raw_from_kept(page.asked.form, page.asked.kept)
    read = read_answers(page.asked.form, raw, page.asked.facts)
    if read.errors:
        return _form_page(page, raw, dict(read.errors)), 422
    shown = [field for field in page.asked.form.inputs() if field.key not in read.hidden]
    return render_template(
        "tasks/check.html",
        page=page,
        answers=[(field, in_words(field, raw.get(field.key))) for field in shown],
        hidden=hidden_pairs(page.asked.form, raw),
        seen=_seen(page),
        nonce=secrets.token_urlsafe(16),
    )


def _complete(page: TaskPage, raw: dict[str, Any], _detail: str) -> Response:
    complete_task(
        g.acting, page.task.id, raw, seen_from_post(request.form), request.form.get("nonce")
    )
    return redirect(url_for("tasks.done", task_id=page.task.id))


def _back(page: TaskPage, raw: dict[str, Any], _detail: str) -> str:
    return _form_page(page, raw, {})


def _add(page: TaskPage, raw: dict[str, Any], key: str) -> str:
    return _form_page(page, with_row_added(page.asked.form, raw, key), {})


def _remove(page: TaskPage, raw: dict[str, Any], detail: str) -> str:
    key, _, number = detail.partition(":")
    return _form_page(page, with_row_removed(raw, key, int(number)), {})


_WISHES = {"save": _save, "check": _check, "complete": _complete, "back": _back, "add": _add,
           "remove": _remove}


def _form_page(page: TaskPage, raw: dict[str, Any], errors: dict[str, str]) -> str:
    classes = field_classes(page.asked)
    hidden = {key for key, kind in classes.items() if not (page.task.status == "open"
              and g.resource.holds_task) and not may_see(kind)}
    return render_template(
        "tasks/task.html",
        page=page,
        raw={key: value for key, value in raw.items() if key not in hidden},
        errors=errors,
        seen=_seen(page),
        date_parts=date_parts,
        rows_of=rows_of,
        holds=g.resource.holds_task,
    )


def _changed(page: TaskPage, raw: dict[str, Any], changed: ValuesChanged) -> str:
    """Both values side by side; the page now carries the newer versions, so that sending it
    again is a choice."""
    called = names(g.acting, [clash.by for clash in changed.clashes])
    versions = {**_seen(page), **{clash.key: clash.version for clash in changed.clashes}}
    clashes = [
        (clash, in_words(page.asked.form.input(clash.key), clash.current),
         in_words(page.asked.form.input(clash.key), clash.typed), called.get(clash.by, ""))
        for clash in changed.clashes
    ]
    return render_template(
        "tasks/task.html", page=page, raw=raw, errors={}, seen=versions, clashes=clashes,
        date_parts=date_parts, rows_of=rows_of, holds=True,
    )


def _gone(page: TaskPage, raw: dict[str, Any], gone: TaskGone | TaskTaken) -> tuple[str, int]:
    who = names(g.acting, [gone.by]).get(gone.by, "") if gone.by else ""
    answers = [
        (field.label, in_words(field, raw[field.key]))
        for field in page.asked.form.inputs()
        if raw.get(field.key)
    ]
    html = render_template(
        "tasks/gone.html", page=page, who=who, gone=gone, answers=answers,
        task=get_task(g.acting, page.task.id),
    )
    return html, 409


def _seen(page: TaskPage) -> dict[str, int]:
    kept = page.asked.kept
    return {f.key: kept[f.key].version if f.key in kept else 0 for f in page.asked.form.inputs()}
