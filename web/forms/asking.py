"""A page that asks one form: empty at first, then with what could not be kept and why."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid
from engine.forms import Form
from web.forms.posted import raw_from_post
from web.forms.shown import error_targets
from web.typed import done_with, form_id, send_back, sent_back, with_form_id, words_posted


def ask(
    form: Form, template: str, *, kept: Mapping[str, Any] | None = None, **shown: Any
) -> str | Response | tuple[str, int]:
    """The template extends `forms/page.html` or shows `form` itself; `shown` is for it alone.

    `kept` are the answers with which the form begins, where nothing was sent back yet.
    """
    if way := with_form_id():
        return way
    typed = sent_back(request.path)
    errors = typed.said.get("errors", {}) if typed else {}
    begins_with = dict(kept) if kept and not typed else raw_from_post(form, words_posted(typed))
    page = render_template(
        template, form=form, raw=begins_with, errors=errors,
        targets=error_targets(form, errors), form_id=form_id(), **shown,
    )
    return (page, 422) if errors else page


def answered(do: Callable[[], object], said: str, to: str) -> Response:
    """Do what a form asks for and go on; where its answers are wrong, back to it with its words."""
    try:
        do()
    except AnswersInvalid as problem:
        return send_back(request.path, errors=problem.errors)
    done_with()
    flash(said)
    return redirect(to)
