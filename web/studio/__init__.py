"""The studio: process owners change a diagram, see what the check says, and publish it."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, url_for
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from engine.cases import retry_incident
from engine.drafts import (
    DraftChanged,
    begin_draft_from,
    discard_draft,
    open_draft,
    publish_draft,
    save_draft_diagram,
)
from engine.errors import AnswersInvalid, DiagramRefused, NotFound, Refused
from engine.releases import get_release, release_files
from web.access import allow, may
from web.diagrams import draw
from web.typed import form_id, kept_fields, send_away, sent_back, words_posted
from workflows.days import moment_in_words
from workflows.people import names
from workflows.pep.domain import vocabulary
from workflows.studio_page import (
    StudioPage,
    check_of,
    incidents,
    studio_overview,
    studio_page,
)

blueprint = Blueprint("studio", __name__, template_folder="templates", url_prefix="/studio")

EDITOR_POLICY = {
    "style-src-attr": "'unsafe-inline'",
    "img-src": "'self' data:",
    "font-src": "'self' data:",
}
"""bpmn-js places its parts by style attributes and carries its icons in its style sheet."""


@blueprint.get("")
@allow("see_studio")
def overview() -> str:
    return render_template("studio/overview.html", procedures=studio_overview(g.acting),
                           incidents=incidents(g.acting))


@blueprint.post("/incidents/<uuid:case_id>/retry")
@allow("retry_incident", kind="case", arg="case_id")
def retry(case_id: UUID) -> Response:
    """Try again what failed; whoever sees the case comes back to it."""
    if retry_incident(g.acting, case_id):
        flash("The case goes on.")
    else:
        flash("It failed again. What is wrong now stands at the case.")
    if may("see_case", g.resource):
        return redirect(url_for("cases.case_page", case_id=case_id))
    return redirect(url_for("studio.overview"))


@blueprint.get("/<procedure>")
@allow("edit_diagram")
def edit(procedure: str) -> str | tuple[str, int]:
    typed = sent_back(request.path)
    if typed is None:
        return _page(procedure, {}, "")
    notes = words_posted(typed).get("notes", "")
    return _page(procedure, typed.said["errors"], notes), typed.said["status"]


@blueprint.get("/<procedure>/diagram.bpmn")
@allow("edit_diagram")
def diagram(procedure: str) -> Response:
    """The draft as a file, to be changed in another editor."""
    return _as_file(open_draft(g.acting, procedure).content, f"{procedure}.bpmn")


@blueprint.get("/releases/<uuid:release_id>/diagram.bpmn")
@allow("see_studio")
def release_diagram(release_id: UUID) -> Response:
    release = get_release(g.acting, release_id)
    content = release_files(g.acting, release_id)[f"{release.procedure}.bpmn"]
    return _as_file(content, f"{release.procedure}-release-{release.number}.bpmn")


@blueprint.get("/releases/<uuid:release_id>/decisions/<name>.dmn")
@allow("see_studio")
def decision(release_id: UUID, name: str) -> Response:
    """A decision table as a file, to be read or changed in another editor."""
    content = release_files(g.acting, release_id).get(f"{name}.dmn")
    if content is None:
        raise NotFound
    return _as_file(content, f"{name}.dmn")


@blueprint.post("/<procedure>/check")
@allow("edit_diagram")
def check(procedure: str) -> tuple[Response, int]:
    """What the check says of a diagram that is on the screen and not saved yet."""
    try:
        found = check_of(g.acting, procedure, _sent_xml())
    except Refused as refused:
        return jsonify({"message": refused.message}), 422
    return jsonify({"report": asdict(found)}), 200


@blueprint.post("/<procedure>/save")
@allow("edit_diagram")
def save(procedure: str) -> tuple[Response, int]:
    """From the editor: JSON with `xml` and the `version` that it began from."""
    try:
        draft = save_draft_diagram(g.acting, procedure, _sent_xml(), _sent_version())
    except DraftChanged as changed:
        return jsonify(_clash(procedure, changed)), 409
    except Refused as refused:
        return jsonify({"message": refused.message}), 422
    return jsonify(
        {
            "version": draft.version,
            "message": f"The draft was saved on {moment_in_words(draft.saved_at)}.",
            "report": asdict(check_of(g.acting, procedure)),
        }
    ), 200


@blueprint.post("/<procedure>/upload")
@allow("edit_diagram")
def upload(procedure: str) -> Response:
    """A .bpmn file becomes the draft; needs no script."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _back(procedure, {"file": "Choose a file with a diagram (ending .bpmn)"}, 422)
    try:
        save_draft_diagram(g.acting, procedure, file.read(), _sent_version())
    except DraftChanged as changed:
        return _back(procedure, {"file": _clash(procedure, changed)["message"]}, 409)
    except Refused as refused:
        return _back(procedure, {"file": refused.message}, 422)
    flash("The file is now the draft. See below what the check says.")
    return redirect(url_for("studio.edit", procedure=procedure))


@blueprint.post("/<procedure>/publish")
@allow("publish_release")
def publish(procedure: str) -> Response:
    try:
        release = publish_draft(
            g.acting, procedure, request.form.get("notes", ""), _sent_version(), form_id()
        )
    except AnswersInvalid as problem:
        return _back(procedure, problem.errors, 422)
    except DiagramRefused:
        return _back(procedure, {"findings": "Correct what the check has found, then publish"}, 422)
    except DraftChanged as changed:
        return _back(procedure, {"notes": _clash(procedure, changed)["message"]}, 409)
    except Refused as refused:
        return _back(procedure, {"notes": refused.message}, 422)
    flash(
        f"Release {release.number} is live. New cases begin on it; running cases stay on the "
        "release that they began with."
    )
    return redirect(url_for("studio.overview"))


@blueprint.post("/<procedure>/discard")
@allow("edit_diagram")
def discard(procedure: str) -> Response:
    try:
        discard_draft(g.acting, procedure, _sent_version())
    except DraftChanged as changed:
        return _back(procedure, {"discard": _clash(procedure, changed)["message"]}, 409)
    flash("The draft is thrown away. The releases stand as they were.")
    return redirect(url_for("studio.overview"))


@blueprint.post("/releases/<uuid:release_id>/draft")
@allow("edit_diagram")
def begin(release_id: UUID) -> Response:
    """A draft that starts from this release: to go back to it, or to publish one in review."""
    draft = begin_draft_from(g.acting, release_id)
    flash(f"The draft now is release {draft.release_number}. Publish it to make it live.")
    return redirect(url_for("studio.edit", procedure=draft.procedure))


def _back(procedure: str, errors: dict[str, str], status: int) -> Response:
    return send_away(url_for("studio.edit", procedure=procedure), kept_fields(), errors=errors,
                     status=status)


def _page(procedure: str, errors: dict[str, str], notes: str) -> str:
    page = studio_page(g.acting, procedure)
    g.csp_extra = EDITOR_POLICY
    return render_template(
        "studio/edit.html",
        page=page,
        draft=page.draft,
        errors=errors,
        notes=notes,
        form_id=secrets.token_urlsafe(16),
        picture=draw(page.diagram) if page.drawn else "",
        shapes={node.element.id for node in page.diagram.nodes},
        config=_config(page),
    )


def _config(page: StudioPage) -> dict[str, Any]:
    """What the editor in the browser needs to know."""
    known = vocabulary()
    return {
        "procedure": page.draft.procedure,
        "xml": page.draft.content.decode("utf-8-sig"),
        "version": page.draft.version,
        "token": generate_csrf(),
        "addresses": {
            "save": url_for("studio.save", procedure=page.draft.procedure),
            "check": url_for("studio.check", procedure=page.draft.procedure),
        },
        "forms": {name: f"{title} ({name})" for name, title in page.forms.items()},
        "roles": dict(known.roles),
        "actions": dict(known.actions),
        "processes": {each: each for each in page.processes},
        "words": [{"name": name, "title": title} for name, title in page.words],
        "report": asdict(page.check),
    }


def _clash(procedure: str, changed: DraftChanged) -> dict[str, Any]:
    """Who was first and when, and the version that stands now."""
    who = names(g.acting, [changed.by]).get(changed.by, "") if changed.by else ""
    said = f" {who} did so on {moment_in_words(changed.at)}." if who else ""
    return {
        "message": f"This diagram was saved or published while you had it open.{said} "
                   "Nothing of theirs was changed.",
        "version": open_draft(g.acting, procedure).version,
    }


def _sent_xml() -> bytes:
    sent = request.get_json(silent=True)
    xml = sent.get("xml") if isinstance(sent, dict) else None
    return xml.encode("utf-8", "replace") if isinstance(xml, str) else b""


def _sent_version() -> int:
    """The version of the draft that the page showed; what is no number is older than any."""
    sent = request.get_json(silent=True) if request.is_json else request.form
    text = str(sent.get("version", "")) if isinstance(sent, Mapping) else ""
    return int(text) if text.isdecimal() and len(text) < 9 else -1


def _as_file(content: bytes, name: str) -> Response:
    response = Response(content, mimetype="application/xml")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
