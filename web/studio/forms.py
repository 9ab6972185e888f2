"""The forms of a draft: all of them, a new one, and the editor with its preview."""

from dataclasses import asdict
from typing import Any

from flask import flash, g, jsonify, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from engine.drafts import DraftChanged
from engine.errors import AnswersInvalid, Refused
from engine.forms import Form, read_form
from web.access import allow
from web.studio.blueprint import blueprint
from web.studio.editors import TEXT_EDITOR_POLICY, told_to_editor
from web.studio.seen import as_sent_back, sent_version, what_went_wrong
from web.typed import done_with, send_back
from workflows.form_changes import make_form, remove_form
from workflows.form_pages import (
    FormPage,
    asked_in,
    form_page,
    forms_page,
    shown_without_a_child,
    worded,
)
from workflows.pep.domain import vocabulary


@blueprint.get("/<procedure>/forms")
@allow("edit_draft")
def forms(procedure: str) -> tuple[str, int]:
    errors, status, _ = as_sent_back()
    page = forms_page(g.acting, procedure)
    return render_template("studio/forms.html", page=page, draft=page.draft, errors=errors), status


@blueprint.get("/<procedure>/forms/new")
@allow("edit_draft")
def new_form(procedure: str) -> tuple[str, int]:
    errors, status, words = as_sent_back()
    page = forms_page(g.acting, procedure)
    return render_template("studio/new_form.html", page=page, draft=page.draft, errors=errors,
                           words=words), status


@blueprint.post("/<procedure>/forms/new")
@allow("edit_draft")
def make_new_form(procedure: str) -> Response:
    try:
        name = make_form(g.acting, procedure, request.form.get("form-title", ""),
                         request.form.get("copied", ""), sent_version())
    except (AnswersInvalid, DraftChanged, Refused) as problem:
        return send_back(request.path, **what_went_wrong(problem, procedure, "form-title"))
    done_with()
    flash("The form is made. No step asks it yet: choose it for a step of the diagram.")
    return redirect(url_for("studio.questions", procedure=procedure, form=name))


@blueprint.get("/<procedure>/forms/<form>")
@allow("edit_draft")
def edit_form(procedure: str, form: str) -> str:
    page = form_page(g.acting, procedure, form)
    g.csp_extra = TEXT_EDITOR_POLICY
    return render_template(
        "studio/form.html",
        page=page,
        draft=page.draft,
        addresses=addresses_of(page),
        preview=preview_of(page.form) if page.form else "",
        config=_config(page),
    )


@blueprint.post("/<procedure>/forms/<form>/preview")
@allow("edit_draft")
def preview_form(procedure: str, form: str) -> tuple[Response, int]:
    """A form that is on the screen and not saved yet, as practitioners will see it."""
    sent = request.get_json(silent=True)
    content = sent.get("content") if isinstance(sent, dict) else None
    try:
        read = read_form(content.encode() if isinstance(content, str) else b"", form)
    except Refused as refused:
        return jsonify({"message": refused.message}), 422
    return jsonify({
        "html": preview_of(read),
        "findings": [asdict(said) for said in worded(read, vocabulary())],
    }), 200


@blueprint.post("/<procedure>/forms/<form>/remove")
@allow("edit_draft")
def remove(procedure: str, form: str) -> Response:
    to = url_for("studio.forms", procedure=procedure)
    try:
        remove_form(g.acting, procedure, form, sent_version())
    except DraftChanged as changed:
        return send_back(to, **what_went_wrong(changed, procedure, f"remove-{form}"))
    flash("The form is taken out of the draft. Running cases keep theirs.")
    return redirect(to)


def preview_of(form: Form) -> Markup:
    """Its questions as GOV.UK components, by the templates that practitioners' pages use."""
    shown = shown_without_a_child(form)
    return Markup(render_template("studio/preview.html", form=shown))  # noqa: S704 (escaped there)


def addresses_of(page: FormPage) -> dict[str, str]:
    """The place of each question by its key, for what is found about it; of two the first."""
    found: dict[str, str] = {}
    for each in asked_in(page.questions):
        found.setdefault(each.key, each.address)
    return found


def _config(page: FormPage) -> dict[str, Any]:
    """What the editor in the browser needs to know."""
    name, draft = page.row.name, page.draft
    told = told_to_editor(draft, f"{name}.form", page.content)
    told["addresses"]["preview"] = url_for("studio.preview_form", procedure=draft.procedure,
                                           form=name)
    return {**told, "places": page.places}
