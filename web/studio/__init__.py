"""The studio: process owners change a diagram, see what the check says, and publish it."""

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.checker import FileReport
from engine.diagram import read_diagram
from engine.drafts import (
    DraftChanged,
    check_draft,
    discard_draft,
    open_draft,
    publish_draft,
    save_draft_diagram,
)
from engine.errors import DiagramRefused, Refused
from engine.releases import live_releases, release_files, releases_of
from web.access import allow
from web.diagrams import Marks, draw
from workflows.people import names
from workflows.pep.domain import vocabulary

blueprint = Blueprint("studio", __name__, template_folder="templates", url_prefix="/studio")

EDITOR_POLICY = {
    "style-src-attr": "'unsafe-inline'",
    "img-src": "'self' data:",
    "font-src": "'self' data:",
}
"""bpmn-js sets styles on its own elements and carries its icon font in its style sheet."""


@blueprint.get("")
@allow("see_studio")
def overview() -> str:
    rows = [(release, releases_of(g.acting, release.procedure), open_draft(g.acting,
             release.procedure)) for release in live_releases(g.acting)]
    called = names(g.acting, [r.created_by for _, all_of, _ in rows for r in all_of])
    return render_template("studio/overview.html", rows=rows, called=called)


@blueprint.get("/<procedure>")
@allow("edit_diagram")
def edit(procedure: str) -> str:
    return _page(procedure)


@blueprint.get("/<procedure>/diagram.bpmn")
@allow("edit_diagram")
def diagram(procedure: str) -> Response:
    response = Response(open_draft(g.acting, procedure).content, mimetype="application/xml")
    response.headers["Content-Disposition"] = f'attachment; filename="{procedure}.bpmn"'
    return response


@blueprint.post("/<procedure>/save")
@allow("edit_diagram")
def save(procedure: str) -> Response | tuple[Response, int]:
    """From the editor: JSON with `xml` and `version`; answers with findings."""
    sent = request.get_json(silent=True) or {}
    try:
        draft = save_draft_diagram(
            g.acting, procedure, str(sent.get("xml", "")).encode(), int(sent.get("version", 0))
        )
    except Refused as refused:
        status = 409 if isinstance(refused, DraftChanged) else 422
        return jsonify({"message": refused.message}), status
    report = check_draft(g.acting, procedure, draft.content)
    return jsonify({"version": draft.version, **_as_json(report)})


@blueprint.post("/<procedure>/upload")
@allow("edit_diagram")
def upload(procedure: str) -> Response | tuple[str, int]:
    """A .bpmn file becomes the draft; works without script."""
    file = request.files.get("file")
    content = file.read() if file else b""
    try:
        save_draft_diagram(
            g.acting, procedure, content, int(request.form.get("version", "0") or 0)
        )
    except Refused as refused:
        return _page(procedure, errors={"file": refused.message}), 422
    flash("The file is now the draft. See below what the check says.")
    return redirect(url_for("studio.edit", procedure=procedure))


@blueprint.post("/<procedure>/publish")
@allow("publish_release")
def publish(procedure: str) -> Response | tuple[str, int]:
    notes = request.form.get("notes", "").strip()
    if not notes:
        return _page(procedure, errors={"notes": "Enter what has changed, and why"}), 422
    try:
        version = int(request.form.get("version", "0") or 0)
        release = publish_draft(g.acting, procedure, notes, version)
    except DiagramRefused as refused:
        return _page(procedure, errors={"findings": refused.message}), 422
    except Refused as refused:
        return _page(procedure, errors={"notes": refused.message}), 409
    flash(f"Release {release.number} is live. New cases use it; running ones stay on theirs.")
    return redirect(url_for("studio.overview"))


@blueprint.post("/<procedure>/discard")
@allow("edit_diagram")
def discard(procedure: str) -> Response:
    discard_draft(g.acting, procedure)
    flash("The draft is gone. The live release stands.")
    return redirect(url_for("studio.overview"))


def _page(procedure: str, errors: dict[str, str] | None = None) -> str:
    draft = open_draft(g.acting, procedure)
    g.csp_extra = EDITOR_POLICY
    report = check_draft(g.acting, procedure, draft.content)
    words = vocabulary()
    config = {
        "procedure": procedure,
        "xml": draft.content.decode(),
        "version": draft.version,
        "saveTo": url_for("studio.save", procedure=procedure),
        "forms": sorted(name.removesuffix(".form") for name in
                        release_files(g.acting, draft.release.id) if name.endswith(".form")),
        "roles": words.roles,
        "actions": words.actions,
        "facts": {fact.name: fact.title for fact in words.facts.values()},
    }
    picture = read_diagram(draft.content)
    refused = frozenset(f.element for f in report.findings if f.severity == "error" and f.element)
    return render_template(
        "studio/edit.html", draft=draft, report=report, config=config, errors=errors or {},
        picture=draw(picture, Marks(badges=dict.fromkeys(refused, "see finding"))),
        saved_by=names(g.acting, [draft.saved_by]).get(draft.saved_by, "") if draft.saved_by
        else "",
    )


def _as_json(report: FileReport) -> dict[str, object]:
    return {
        "verdict": report.verdict,
        "findings": [
            {"rule": f.rule, "severity": f.severity, "element": f.element, "message": f.message}
            for f in report.findings
        ],
    }
