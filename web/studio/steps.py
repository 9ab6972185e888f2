"""The same diagram as a list of its steps: changed by plain forms, without a mouse or a script.

Nothing is kept before the second page, which says what the change does.
"""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.drafts import DraftChanged
from engine.editing.editing import EditRefused
from engine.errors import AnswersInvalid, Refused
from web.access import allow
from web.forms import error_targets, hidden_pairs, raw_from_post
from web.studio.blueprint import blueprint
from web.studio.seen import as_sent_back, clash, sent_version, what_went_wrong
from web.typed import (
    done_with,
    form_id,
    kept_fields,
    of_this_form,
    send_away,
    send_back,
    sent_back,
    with_form_id,
    words_posted,
)
from workflows.answers_in_words import in_words
from workflows.step_editing.carrying_out import (
    Preview,
    carry_out,
    command_called,
    place_in,
    preview,
)
from workflows.step_editing.commands import Command
from workflows.step_editing.listing import steps_page
from workflows.step_editing.place import Place
from workflows.step_editing.undoing import undo_change


@blueprint.get("/<procedure>/steps")
@allow("edit_draft")
def steps(procedure: str) -> Response:
    return redirect(url_for("studio.steps_of", procedure=procedure, diagram=procedure))


@blueprint.get("/<procedure>/steps/<diagram>")
@allow("edit_draft")
def steps_of(procedure: str, diagram: str) -> tuple[str, int]:
    errors, status, _ = as_sent_back()
    page = steps_page(g.acting, procedure, f"{diagram}.bpmn")
    return render_template("studio/steps.html", page=page, draft=page.draft, diagram=diagram,
                           errors=errors), status


@blueprint.post("/<procedure>/steps/<diagram>/undo")
@allow("edit_draft")
def undo_step(procedure: str, diagram: str) -> Response:
    back = url_for("studio.steps_of", procedure=procedure, diagram=diagram)
    try:
        undo_change(g.acting, procedure, sent_version())
    except (DraftChanged, Refused) as problem:
        return send_away(back, kept_fields(), **what_went_wrong(problem, procedure, "undo"))
    flash("The last change is taken back.")
    return redirect(back)


@blueprint.get("/<procedure>/steps/<diagram>/<element>/<change>")
@allow("edit_draft")
def ask_step(
    procedure: str, diagram: str, element: str, change: str
) -> str | Response | tuple[str, int]:
    """What is to be changed; where nothing has to be asked, what will happen."""
    command = command_called(change)
    place = place_in(g.acting, procedure, f"{diagram}.bpmn", element)
    if way := with_form_id():
        return way
    typed = sent_back(request.path)
    form = command.form(place)
    if not form.fields:
        return _seen_first(place, command, {}, "")
    errors = typed.said.get("errors", {}) if typed else {}
    raw = raw_from_post(form, words_posted(typed)) if typed else command.begins_with(place)
    page = render_template(
        "studio/step_form.html", place=place, form=form, raw=raw, errors=errors,
        targets=error_targets(form, errors), form_id=form_id(), **_addresses(place, change),
    )
    return (page, 422) if errors else page


@blueprint.get("/<procedure>/steps/<diagram>/<element>/<change>/preview")
@allow("edit_draft")
def see_step(
    procedure: str, diagram: str, element: str, change: str
) -> str | Response | tuple[str, int]:
    command = command_called(change)
    place = place_in(g.acting, procedure, f"{diagram}.bpmn", element)
    address = _addresses(place, change)["address"]
    typed = sent_back(address)
    if typed is None:
        return redirect(address)
    raw = raw_from_post(command.form(place), words_posted(typed))
    try:
        return _seen_first(place, command, raw, typed.said.get("warning", ""))
    except AnswersInvalid:
        return redirect(of_this_form(address))


@blueprint.post("/<procedure>/steps/<diagram>/<element>/<change>")
@allow("edit_draft")
def change_step(procedure: str, diagram: str, element: str, change: str) -> Response:
    command = command_called(change)
    place = place_in(g.acting, procedure, f"{diagram}.bpmn", element)
    raw = raw_from_post(command.form(place), request.form)
    do, shown = request.form.get("do", "preview"), f"{request.path}/preview"
    if do == "change":
        return send_back(request.path)
    try:
        if do == "confirm":
            return _made(place, command, raw)
        preview(g.acting, place, command, raw)
    except AnswersInvalid as problem:
        return send_back(request.path, errors=problem.errors)
    except EditRefused:
        return redirect(of_this_form(request.path))
    except DraftChanged as changed:
        return send_back(request.path, to=shown, warning=clash(procedure, changed)["message"])
    return send_back(request.path, to=shown)


def _made(place: Place, command: Command, raw: dict[str, Any]) -> Response:
    draft = carry_out(g.acting, place, command, raw, sent_version())
    done_with()
    unchanged = draft.version == place.draft.version
    flash("Nothing was changed: everything stood there as you entered it." if unchanged
          else command.done)
    return redirect(_addresses(place, command.key)["back"])


def _seen_first(
    place: Place, command: Command, raw: dict[str, Any], warning: str
) -> str | tuple[str, int]:
    """What a change would do, or why it cannot be done."""
    shown: Preview | None = None
    refused = ""
    try:
        shown = preview(g.acting, place, command, raw)
    except EditRefused as problem:
        refused = problem.message
    form = command.form(place)
    page = render_template(
        "studio/step_preview.html", place=place, command=command, shown=shown, refused=refused,
        warning=warning, hidden=hidden_pairs(form, raw), form_id=form_id(),
        answers=[(field.label, in_words(field, raw[field.key])) for field in form.inputs()
                 if raw.get(field.key)],
        **_addresses(place, command.key),
    )
    return (page, 422 if refused else 409) if refused or warning else page


def _addresses(place: Place, change: str) -> dict[str, str]:
    procedure, diagram = place.draft.procedure, place.path.removesuffix(".bpmn")
    return {
        "address": url_for("studio.ask_step", procedure=procedure, diagram=diagram,
                           element=place.id, change=change),
        "back": url_for("studio.steps_of", procedure=procedure, diagram=diagram),
    }
