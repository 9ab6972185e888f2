"""What the buttons of a task's form do, and what is said when it cannot be done.

What was typed is saved and the browser is sent on to a page of its own, so that its Back button
leads to pages that can be shown again, with the words that were typed last.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid, TaskGone, TaskTaken, ValuesChanged
from engine.forms import inputs_in, read_answers, settled
from engine.tasks import TaskForm, complete_task, task_form
from web.forms import raw_from_kept, raw_from_post, with_row_removed, without_empty_rows
from web.forms.parts import part_after
from web.tasks.form_pages import parts_asked, unseen_by_actor
from web.tasks.sent import Sent, SentByColleague, has_list, read_sent, rows_on_page
from web.typed import kept_fields, send_away
from workflows.answers_in_words import rows_of


def answer(asked: TaskForm, wish: str, detail: str, part: str = "") -> Response:
    return _carry_out(read_sent(asked, request.form, detail, part), _WISHES.get(wish, _check))


def answer_as_colleague(asked: TaskForm, wish: str, detail: str) -> Response:
    """They keep drafts and nothing else: the task is the teacher's."""
    read = read_sent(asked, request.form, detail)
    sent = SentByColleague(read.asked, read.raw, read.seen, detail)
    return _carry_out(sent, {"add": _add, "remove": _remove}.get(wish, _save))


def _carry_out(sent: Sent, wish: Callable[[Sent], Response]) -> Response:
    task_id = sent.asked.task.id
    at = url_for(sent.page, task_id=task_id)
    try:
        return wish(sent)
    except AnswersInvalid as problem:
        sent.keep()
        return send_away(at, kept_fields(), errors=dict(problem.errors))
    except ValuesChanged as changed:
        return send_away(at, kept_fields(), clashes=[clash.key for clash in changed.clashes])
    except (TaskGone, TaskTaken):
        return send_away(url_for("tasks.gone", task_id=task_id), kept_fields())


def _save(sent: Sent) -> Response:
    sent.keep()
    flash("Saved. You can come back to it at any time.")
    return redirect(url_for("tasks.my_tasks"))


def _next(sent: Sent) -> Response:
    """Keep this part, right or wrong, and go on: what is wrong is said before it is sent."""
    task_id = sent.asked.task.id
    sent.keep()
    kept = task_form(g.acting, task_id)
    following = part_after(parts_asked(kept, settled(kept.form, kept.facts)), sent.part)
    if following:
        return redirect(url_for("tasks.see_task", task_id=task_id, part=following.key))
    return redirect(url_for("tasks.check_answers", task_id=task_id))


def _part(sent: Sent) -> Response:
    """Keep this part and go to the one that was chosen."""
    sent.keep()
    return _to_form(replace(sent, part=sent.detail))


def _check(sent: Sent) -> Response:
    """Keep what was typed; the next page shows it once more, or what is wrong with it."""
    sent.keep()
    kept = task_form(g.acting, sent.asked.task.id)
    if read_answers(kept.form, raw_from_kept(kept.kept), kept.facts).errors:
        return redirect(url_for("tasks.see_task", task_id=sent.asked.task.id, errors=1))
    return redirect(url_for("tasks.check_answers", task_id=sent.asked.task.id))


def _complete(sent: Sent) -> Response:
    """What somebody else answered and this person may not see goes along as it stands."""
    task_id, raw = sent.asked.task.id, {**unseen_by_actor(sent.asked), **sent.raw}
    complete_task(g.acting, task_id, raw, sent.seen, request.form.get("nonce"))
    return redirect(url_for("tasks.done", task_id=task_id))


def _add(sent: Sent) -> Response:
    sent.keep()
    key = sent.detail
    if not has_list(sent.asked, key):
        return _to_form(sent)
    rows = max(rows_on_page(sent, key), 1) + 1
    return _to_form(sent, rows=f"{key}:{rows}", focus=f"{key}-{rows - 1}")


def _remove(sent: Sent) -> Response:
    key, _, number = sent.detail.partition(":")
    if not (has_list(sent.asked, key) and number.isdecimal()):
        sent.keep()
        return _to_form(sent)
    raw = raw_from_post(sent.asked.form, request.form, empty_rows=True)
    left = with_row_removed(raw, key, int(number))
    typed = without_empty_rows(sent.asked.form, left)
    sent.keep(typed=typed)
    return _to_form(sent, rows=f"{key}:{len(rows_of(left.get(key)))}", focus=key)


def _confirm(sent: Sent) -> Response:
    """Everything of one part that was carried over is still true."""
    part = sent.asked.form.group(sent.detail)
    sent.keep(still_true=[each.key for each in inputs_in(part)] if part else ())
    return _to_form(sent, _anchor=sent.detail)


def _to_form(sent: Sent, **asked: Any) -> Response:
    """The form on an address of its own, with what was just saved."""
    part = sent.part or None
    return redirect(url_for(sent.page, task_id=sent.asked.task.id, part=part, **asked))


_WISHES = {"save": _save, "next": _next, "part": _part, "confirm": _confirm, "check": _check,
           "complete": _complete, "add": _add, "remove": _remove}
