"""What the buttons of a task's form do, and what is said when it cannot be done."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid, Clash, TaskGone, TaskTaken, ValuesChanged
from engine.forms import read_answers
from engine.tasks import complete_task, save_draft
from web.access import may_see
from web.forms import (
    choices_from_post,
    hidden_pairs,
    in_words,
    raw_from_kept,
    raw_from_post,
    seen_from_post,
    with_row_added,
    with_row_removed,
    without_empty_rows,
)
from workflows.people import names
from workflows.task_page import TaskPage, field_classes, task_page

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Sent:
    """What one press of a button brought."""

    page: TaskPage
    raw: dict[str, Any]
    seen: dict[str, int]
    detail: str
    """What a button says beside its wish: the list, the number of the row."""


def answer(page: TaskPage, wish: str, detail: str) -> Answer:
    sent = _read(page, detail)
    try:
        return _WISHES.get(wish, _check)(sent)
    except AnswersInvalid as problem:
        return form_page(page, sent.raw, problem.errors), 422
    except ValuesChanged as changed:
        return form_page(page, sent.raw, clashes=changed.clashes), 409
    except (TaskGone, TaskTaken) as gone:
        return _gone(sent, gone)


def form_page(
    page: TaskPage,
    raw: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
    *,
    clashes: tuple[Clash, ...] = (),
    focus: str = "",
) -> str:
    """The task with its form. Where answers clash, it carries the versions that now stand, so
    that sending it again is a choice."""
    unseen = _unseen(page)
    versions = {**_seen(page), **{clash.key: clash.version for clash in clashes}}
    return render_template(
        "tasks/task.html",
        page=page,
        raw={key: value for key, value in raw.items() if key not in unseen},
        errors=errors or {},
        seen={key: version for key, version in versions.items() if key not in unseen},
        unseen=unseen,
        clashes=_in_both_words(page, clashes),
        focus=focus,
        holds=g.resource.holds_task,
    )


def _read(page: TaskPage, detail: str) -> Sent:
    """The answers as typed; where two people changed one, the value that was chosen."""
    raw, seen = raw_from_post(page.asked.form, request.form), seen_from_post(request.form)
    for key, chosen in choices_from_post(request.form).items():
        if chosen == "theirs":
            raw.pop(key, None)
            seen.pop(key, None)
    return Sent(page, raw, seen, detail)


def _save(sent: Sent) -> Answer:
    save_draft(g.acting, sent.page.task.id, sent.raw, sent.seen)
    flash("Saved. You can come back to it at any time.")
    return redirect(url_for("tasks.my_tasks"))


def _check(sent: Sent) -> Answer:
    """Keep what was typed, then show it once more before it is sent."""
    save_draft(g.acting, sent.page.task.id, sent.raw, sent.seen)
    page = task_page(g.acting, sent.page.task.id)
    raw = raw_from_kept(page.asked.kept)
    read = read_answers(page.asked.form, raw, page.asked.facts)
    if read.errors:
        return form_page(page, raw, read.errors), 422
    shown = [field for field in page.asked.form.inputs() if field.key not in read.hidden]
    return render_template(
        "tasks/check.html",
        page=page,
        answers=[(field, in_words(field, raw.get(field.key))) for field in shown],
        hidden=hidden_pairs(page.asked.form, raw),
        seen=_seen(page),
        nonce=secrets.token_urlsafe(16),
    )


def _complete(sent: Sent) -> Answer:
    task_id = sent.page.task.id
    complete_task(g.acting, task_id, sent.raw, sent.seen, request.form.get("nonce"))
    return redirect(url_for("tasks.done", task_id=task_id))


def _add(sent: Sent) -> Answer:
    save_draft(g.acting, sent.page.task.id, sent.raw, sent.seen)
    raw = raw_from_post(sent.page.asked.form, request.form, empty_rows=True)
    key = sent.detail
    if not _has_list(sent, key):
        return _saved_page(sent)
    raw = with_row_added(raw, key)
    return _saved_page(sent, raw, f"{key}-{len(raw[key]) - 1}")


def _remove(sent: Sent) -> Answer:
    key, _, number = sent.detail.partition(":")
    raw = raw_from_post(sent.page.asked.form, request.form, empty_rows=True)
    if _has_list(sent, key) and number.isdecimal():
        raw = with_row_removed(raw, key, int(number))
    typed = without_empty_rows(sent.page.asked.form, raw)
    save_draft(g.acting, sent.page.task.id, typed, sent.seen)
    return _saved_page(sent, raw, key)


def _has_list(sent: Sent, key: str) -> bool:
    return any(
        field.kind == "list" and field.key == key and key in sent.raw
        for field in sent.page.asked.form.inputs()
    )


def _saved_page(sent: Sent, raw: Mapping[str, Any] | None = None, focus: str = "") -> str:
    """The form again, with the versions of what was just saved."""
    page = task_page(g.acting, sent.page.task.id)
    return form_page(page, sent.raw if raw is None else raw, focus=focus)


_WISHES = {"save": _save, "check": _check, "complete": _complete, "add": _add,
           "remove": _remove}


def _gone(sent: Sent, gone: TaskGone | TaskTaken) -> tuple[str, int]:
    """The task is done, or somebody else's, since the page was opened: who, when, what is lost."""
    answers = [
        (field, in_words(field, sent.raw[field.key]))
        for field in sent.page.asked.form.inputs()
        if sent.raw.get(field.key)
    ]
    page = task_page(g.acting, sent.page.task.id)
    who = names(g.acting, [gone.by]).get(gone.by, "") if gone.by else ""
    mine = gone.by == g.acting.actor.id
    return render_template(
        "tasks/gone.html", page=page, who=who, mine=mine, answers=answers
    ), 409


def _in_both_words(page: TaskPage, clashes: tuple[Clash, ...]) -> list[dict[str, Any]]:
    called = names(g.acting, [clash.by for clash in clashes])
    return [
        {
            "clash": clash,
            "field": (field := page.asked.form.input(clash.key)),
            "current": in_words(field, clash.current),
            "typed": in_words(field, clash.typed),
            "who": called.get(clash.by, "") if clash.by else "",
        }
        for clash in clashes
    ]


def _seen(page: TaskPage) -> dict[str, int]:
    kept = page.asked.kept
    return {f.key: kept[f.key].version if f.key in kept else 0 for f in page.asked.form.inputs()}


def _unseen(page: TaskPage) -> set[str]:
    """Questions that somebody else has answered in a class that is not for this person."""
    classes = field_classes(page.asked)
    return {
        key
        for key, kept in page.asked.kept.items()
        if kept.by != g.acting.actor.id and not may_see(classes[key])
    }
