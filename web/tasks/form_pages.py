"""A task's form as a page: to fill in whole or in part, to check, and when it is gone."""

import secrets
from collections.abc import Mapping
from typing import Any

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import Clash
from engine.forms import Field, Form, entries, inputs_in, read_answers, settled
from engine.tasks import TaskForm
from web.access import may_see
from web.forms import hidden_pairs, raw_from_kept, with_rows
from web.forms.clashing import clashes_in, in_both_words
from web.forms.parts import part_shown, parts_of
from web.reading import reading
from web.tasks.sent import has_list, read_sent
from web.typed import sent_back, words_posted
from workflows.answers_in_words import NOT_ANSWERED, in_words
from workflows.contributions.links import links_of
from workflows.delegations import (
    EDUCATION_SECTIONS,
    GivenToMe,
    delegation_of,
    may_be_delegated,
)
from workflows.meeting_page import AGREED_AT
from workflows.pep.smart import help_with_targets
from workflows.pictures.kept import pictures_of
from workflows.shown_beside import shown_beside
from workflows.task_page import TaskPage, from_the_plan_before, unseen


def form_page_at(page: TaskPage) -> str | tuple[str, int]:
    """The form as the address asks for it: whole or one part of it; with its errors, with empty
    rows in a list, or with answers of which one is to be chosen."""
    raw = raw_from_kept(page.asked.kept)
    typed = sent_back(request.path)
    told: dict[str, str] = {}
    if typed is not None:
        sent = read_sent(page.asked, words_posted(typed))
        clashes = clashes_in(page.asked, sent.raw, sent.seen, typed.said.get("clashes", ()))
        if clashes:
            return form_page(page, {**raw, **sent.raw}, clashes=clashes), 409
        told = typed.said.get("errors", {})
    if told or "errors" in request.args:
        errors = {**told, **read_answers(page.asked.form, raw, page.asked.facts).errors}
        return (form_page(page, raw, errors), 422) if errors else form_page(page, raw)
    key, _, number = request.args.get("rows", "").partition(":")
    if has_list(page.asked, key) and number.isdecimal():
        raw = with_rows(raw, key, int(number))
    return form_page(page, raw, focus=request.args.get("focus", ""),
                     part=request.args.get("part", ""))


def colleague_page_at(given: GivenToMe, asked: TaskForm) -> str | tuple[str, int]:
    """What was given to a colleague, as `form_page_at` shows the whole."""
    raw, typed = raw_from_kept(asked.kept), sent_back(request.path)
    clashes: tuple[Clash, ...] = ()
    if typed is not None:
        sent = read_sent(asked, words_posted(typed))
        clashes = clashes_in(asked, sent.raw, sent.seen, typed.said.get("clashes", ()))
        raw = {**raw, **sent.raw} if clashes else raw
    key, _, number = request.args.get("rows", "").partition(":")
    if has_list(asked, key) and number.isdecimal():
        raw = with_rows(raw, key, int(number))
    stands = {each.key: each.version for each in clashes}
    form = settled(asked.form, asked.facts)
    page = render_template(
        "tasks/delegated.html", given=given, form=form, parts=parts_of(form), raw=raw,
        seen={**versions_of(asked), **stands}, clashes=in_both_words(asked.form, clashes),
        focus=request.args.get("focus", ""),
    )
    return (page, 409) if clashes else page


def check_page(page: TaskPage) -> str | Response:
    raw = raw_from_kept(page.asked.kept)
    read = read_answers(page.asked.form, raw, page.asked.facts)
    if read.errors:
        return redirect(url_for("tasks.see_task", task_id=page.task.id, errors=1))
    others = unseen_by_actor(page.asked)
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
    raw = read_sent(page.asked, words_posted(typed)).raw
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
    others = unseen_by_actor(page.asked).keys() - {clash.key for clash in clashes}
    delegable = page.task.form in EDUCATION_SECTIONS
    versions = {**versions_of(page.asked), **{clash.key: clash.version for clash in clashes}}
    form = settled(page.asked.form, page.asked.facts)
    parts = parts_asked(page.asked, form)
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


def parts_asked(asked: TaskForm, form: Form) -> list[Field]:
    """Of a long form, settled, what is asked as the saved answers stand."""
    if not parts_of(form):
        return []
    read = read_answers(asked.form, raw_from_kept(asked.kept), asked.facts)
    return parts_of(form, read.hidden)


def unseen_by_actor(asked: TaskForm) -> dict[str, Any]:
    return unseen(asked, g.acting.actor.id, may_see)


def versions_of(asked: TaskForm) -> dict[str, int]:
    kept = asked.kept
    return {f.key: kept[f.key].version if f.key in kept else 0 for f in asked.form.inputs()}


def _help(page: TaskPage, raw: Mapping[str, Any]) -> dict[str, str]:
    return help_with_targets(page.asked.form, raw, reading().today)
