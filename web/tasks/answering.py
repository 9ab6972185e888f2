"""What the buttons of a task's form do, and what is said when it cannot be done.

What was typed is saved and the browser is sent on to a page of its own, so that its Back button
leads to pages that can be shown again, with the words that were typed last.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid, Clash, TaskGone, TaskTaken, ValuesChanged
from engine.forms import Field, Form, entries, inputs_in, read_answers, settled
from engine.tasks import TaskForm, complete_task, task_form
from web.access import may_see
from web.forms import (
    choices_from_post,
    hidden_pairs,
    raw_from_kept,
    raw_from_post,
    seen_from_post,
    with_row_removed,
    with_rows,
    without_empty_rows,
)
from web.forms.clashing import clashes_in, in_both_words
from web.forms.parts import part_after, part_shown, parts_of
from web.reading import reading
from web.typed import kept_fields, send_away, sent_back, words_posted
from workflows.answers_in_words import NOT_ANSWERED, in_words, rows_of
from workflows.attachments import pictures_of
from workflows.contributions.links import links_of
from workflows.delegations import (
    EDUCATION_SECTIONS,
    GivenToMe,
    delegation_of,
    fill_in_delegated,
    may_be_delegated,
)
from workflows.meeting_page import AGREED_AT
from workflows.pep.smart import help_with_targets
from workflows.shown_beside import shown_beside
from workflows.still_true import save_and_confirm
from workflows.task_page import TaskPage, from_the_plan_before, unseen


@dataclass(frozen=True)
class Sent:
    """What one press of a button brought."""

    page: ClassVar[str] = "tasks.see_task"

    asked: TaskForm
    raw: dict[str, Any]
    seen: dict[str, int]
    detail: str
    """What a button says beside its wish: the list, the number of the row, the part."""
    still_true: Sequence[str] = ()
    """Questions whose answers of the plan before are ticked as still true."""
    part: str = ""
    """The part of a long form that was on the page; empty where all of it was."""

    def keep(self, *, typed: Mapping[str, Any] | None = None,
             still_true: Sequence[str] = ()) -> None:
        """As a draft."""
        save_and_confirm(g.acting, self.asked.task.id, self.raw if typed is None else typed,
                         self.seen, [*self.still_true, *still_true], may_see)


@dataclass(frozen=True)
class SentByColleague(Sent):
    """Of what a designated teacher gave to a colleague to fill in."""

    page: ClassVar[str] = "tasks.delegated_sections"

    def keep(self, *, typed: Mapping[str, Any] | None = None,
             still_true: Sequence[str] = ()) -> None:
        fill_in_delegated(g.acting, self.asked.task.id, self.raw if typed is None else typed,
                          self.seen)


def answer(asked: TaskForm, wish: str, detail: str, part: str = "") -> Response:
    return _carry_out(_read(asked, request.form, detail, part), _WISHES.get(wish, _check))


def answer_as_colleague(asked: TaskForm, wish: str, detail: str) -> Response:
    """They keep drafts and nothing else: the task is the teacher's."""
    read = _read(asked, request.form, detail)
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


def form_page_at(page: TaskPage) -> str | tuple[str, int]:
    """The form as the address asks for it: whole or one part of it; with its errors, with empty
    rows in a list, or with answers of which one is to be chosen."""
    raw = raw_from_kept(page.asked.kept)
    typed = sent_back(request.path)
    told: dict[str, str] = {}
    if typed is not None:
        sent = _read(page.asked, words_posted(typed))
        clashes = clashes_in(page.asked, sent.raw, sent.seen, typed.said.get("clashes", ()))
        if clashes:
            return form_page(page, {**raw, **sent.raw}, clashes=clashes), 409
        told = typed.said.get("errors", {})
    if told or "errors" in request.args:
        errors = {**told, **read_answers(page.asked.form, raw, page.asked.facts).errors}
        return (form_page(page, raw, errors), 422) if errors else form_page(page, raw)
    key, _, number = request.args.get("rows", "").partition(":")
    if _has_list(page.asked, key) and number.isdecimal():
        raw = with_rows(raw, key, int(number))
    return form_page(page, raw, focus=request.args.get("focus", ""),
                     part=request.args.get("part", ""))


def colleague_page_at(given: GivenToMe, asked: TaskForm) -> str | tuple[str, int]:
    """What was given to a colleague, as `form_page_at` shows the whole."""
    raw, typed = raw_from_kept(asked.kept), sent_back(request.path)
    clashes: tuple[Clash, ...] = ()
    if typed is not None:
        sent = _read(asked, words_posted(typed))
        clashes = clashes_in(asked, sent.raw, sent.seen, typed.said.get("clashes", ()))
        raw = {**raw, **sent.raw} if clashes else raw
    key, _, number = request.args.get("rows", "").partition(":")
    if _has_list(asked, key) and number.isdecimal():
        raw = with_rows(raw, key, int(number))
    stands = {each.key: each.version for each in clashes}
    page = render_template(
        "tasks/delegated.html", given=given, form=settled(asked.form, asked.facts), raw=raw,
        seen={**versions_of(asked), **stands}, clashes=in_both_words(asked.form, clashes),
        focus=request.args.get("focus", ""),
    )
    return (page, 409) if clashes else page


def check_page(page: TaskPage) -> str | Response:
    raw = raw_from_kept(page.asked.kept)
    read = read_answers(page.asked.form, raw, page.asked.facts)
    if read.errors:
        return redirect(url_for("tasks.see_task", task_id=page.task.id, errors=1))
    others = _unseen(page.asked)
    shown = [field for field in page.asked.form.inputs()
             if field.key not in read.hidden and field.key not in others]
    visible = {key: value for key, value in raw.items() if key not in others}
    said = {**raw, **{each.key: each.value for each in entries(page.asked.form, raw, read, {})}}
    return render_template(
        "tasks/check.html",
        page=page,
        answers=[(field, in_words(field, said.get(field.key))) for field in shown],
        hidden=hidden_pairs(page.asked.form, visible),
        seen=versions_of(page.asked),
        nonce=secrets.token_urlsafe(16),
        help=_help(page, visible),
    )


def gone_page(page: TaskPage) -> str | None:
    """Who was there before, when, and what was typed; None where it was not typed here."""
    typed = sent_back(request.path)
    if typed is None:
        return None
    raw = _read(page.asked, words_posted(typed)).raw
    task, form = page.task, page.asked.form
    words = [(f, in_words(f, raw[f.key], gaps=False)) for f in form.inputs() if raw.get(f.key)]
    answers = [(field, said) for field, said in words if said != NOT_ANSWERED]
    done = task.status == "completed"
    return render_template(
        "tasks/gone.html", page=page, who=page.completed_by if done else page.assignee,
        mine=(task.completed_by if done else task.assignee_id) == g.acting.actor.id,
        answers=answers,
    )


def form_page(
    page: TaskPage,
    raw: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
    *,
    clashes: tuple[Clash, ...] = (),
    focus: str = "",
    part: str = "",
) -> str:
    """The task with its form. Where answers clash, it carries the versions that now stand, so
    that sending it again is a choice."""
    others = _unseen(page.asked).keys() - {clash.key for clash in clashes}
    delegable = page.task.form in EDUCATION_SECTIONS
    versions = {**versions_of(page.asked), **{clash.key: clash.version for clash in clashes}}
    form = settled(page.asked.form, page.asked.facts)
    parts = _parts(page.asked, form)
    shown = part_shown(parts, part)
    if shown:
        here = {each.key for each in inputs_in(shown.part)}
        versions = {key: version for key, version in versions.items() if key in here}
    return render_template(
        "tasks/part.html" if shown else "tasks/task.html",
        page=page,
        form=form,
        parts=parts,
        shown=shown,
        raw={key: value for key, value in raw.items() if key not in others},
        errors=errors or {},
        seen={key: version for key, version in versions.items() if key not in others},
        unseen=others,
        clashes=in_both_words(page.asked.form, clashes),
        focus=focus,
        holds=g.resource.holds_task,
        contributions=links_of(reading(), page.task.id) if page.step.voice else (),
        pictures=pictures_of(reading(), task_id=page.task.id) if page.step.voice else (),
        meets=page.task.element in AGREED_AT,
        beside=shown_beside(reading(), page.task.id, may_see),
        may_delegate=delegable and may_be_delegated(reading(), page.task.id),
        delegation=delegation_of(reading(), page.task.id) if delegable else None,
        from_before={key: since for key, since in from_the_plan_before(page.asked).items()
                     if key not in others},
        help=_help(page, raw),
    )


def _help(page: TaskPage, raw: Mapping[str, Any]) -> dict[str, str]:
    return help_with_targets(page.asked.form, raw, reading().today)


def _parts(asked: TaskForm, form: Form) -> list[Field]:
    """Of a long form, settled, what is asked as the saved answers stand."""
    if not parts_of(form):
        return []
    read = read_answers(asked.form, raw_from_kept(asked.kept), asked.facts)
    return parts_of(form, read.hidden)


def _read(
    asked: TaskForm, posted: MultiDict[str, str], detail: str = "", part: str = ""
) -> Sent:
    """The answers as typed; where two people changed one, the value that was chosen."""
    raw, seen = raw_from_post(asked.form, posted), seen_from_post(posted)
    for key, chosen in choices_from_post(posted).items():
        if chosen == "theirs":
            raw.pop(key, None)
            seen.pop(key, None)
    return Sent(asked, raw, seen, detail, posted.getlist("still-true"), part)


def _save(sent: Sent) -> Response:
    sent.keep()
    flash("Saved. You can come back to it at any time.")
    return redirect(url_for("tasks.my_tasks"))


def _next(sent: Sent) -> Response:
    """Keep this part, right or wrong, and go on: what is wrong is said before it is sent."""
    task_id = sent.asked.task.id
    sent.keep()
    kept = task_form(g.acting, task_id)
    following = part_after(_parts(kept, settled(kept.form, kept.facts)), sent.part)
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
    task_id, raw = sent.asked.task.id, {**_unseen(sent.asked), **sent.raw}
    complete_task(g.acting, task_id, raw, sent.seen, request.form.get("nonce"))
    return redirect(url_for("tasks.done", task_id=task_id))


def _add(sent: Sent) -> Response:
    sent.keep()
    key = sent.detail
    if not _has_list(sent.asked, key):
        return _to_form(sent)
    rows = max(_rows_on_page(sent, key), 1) + 1
    return _to_form(sent, rows=f"{key}:{rows}", focus=f"{key}-{rows - 1}")


def _remove(sent: Sent) -> Response:
    key, _, number = sent.detail.partition(":")
    if not (_has_list(sent.asked, key) and number.isdecimal()):
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


def _has_list(asked: TaskForm, key: str) -> bool:
    return any(field.kind == "list" and field.key == key for field in asked.form.inputs())


def _rows_on_page(sent: Sent, key: str) -> int:
    """How many rows the list had, those in which nothing was typed included."""
    raw = raw_from_post(sent.asked.form, request.form, empty_rows=True)
    return len(rows_of(raw.get(key)))


def _to_form(sent: Sent, **asked: Any) -> Response:
    """The form on an address of its own, with what was just saved."""
    part = sent.part or None
    return redirect(url_for(sent.page, task_id=sent.asked.task.id, part=part, **asked))


_WISHES = {"save": _save, "next": _next, "part": _part, "confirm": _confirm, "check": _check,
           "complete": _complete, "add": _add, "remove": _remove}


def versions_of(asked: TaskForm) -> dict[str, int]:
    kept = asked.kept
    return {f.key: kept[f.key].version if f.key in kept else 0 for f in asked.form.inputs()}


def _unseen(asked: TaskForm) -> dict[str, Any]:
    return unseen(asked, g.acting.actor.id, may_see)

