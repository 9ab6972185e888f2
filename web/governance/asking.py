"""One form on a page of its own; with its words where it was sent back."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid
from web.access import nobody_shown
from web.forms import error_targets, raw_from_post
from web.typed import done_with, form_id, send_back, sent_back, with_form_id, words_posted
from workflows.governance.asking import Options, answered, form_called


def ask(
    name: str, button: str, back: str = "", options: Options | None = None
) -> str | Response | tuple[str, int]:
    if way := with_form_id():
        return way
    typed, form = sent_back(request.path), form_called(name, options)
    errors = dict(typed.said["errors"]) if typed else {}
    page = render_template(
        "governance/ask.html", form=form, button=button, form_id=form_id(), errors=errors,
        raw=raw_from_post(form, words_posted(typed)), targets=error_targets(form, errors),
        back_to=back or url_for("governance.records"),
    )
    return (page, 422) if errors else page


def take(
    name: str, do: Callable[[Mapping[str, Any]], object], said: str, to: str = "",
    options: Options | None = None,
) -> Response:
    """What was answered goes to `do`; what it refuses goes back with every word."""
    form = form_called(name, options)
    try:
        do(answered(form, raw_from_post(form, request.form)))
    except AnswersInvalid as problem:
        nobody_shown("whether a child of these words is there is all that is told")
        return send_back(request.path, errors=problem.errors)
    done_with()
    flash(said)
    return redirect(to or url_for("governance.records"))
