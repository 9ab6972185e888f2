"""The files of a draft and of a release: taken away, brought back, saved by an editor."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import flash, g, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.drafts import DraftChanged, open_draft, save_draft_file
from engine.errors import NotFound, Refused
from engine.releases import get_release, release_files
from web.access import allow
from web.studio.blueprint import blueprint
from web.studio.seen import clash, sent_version, what_went_wrong
from web.typed import kept_fields, send_away
from workflows.days import moment_in_words
from workflows.studio_page import check_of

MEDIA = {"bpmn": "application/xml", "dmn": "application/xml", "form": "application/json"}


@blueprint.get("/<procedure>/files/<path>")
@allow("edit_draft")
def draft_file(procedure: str, path: str) -> Response:
    """A file of the draft, to be changed in another editor."""
    return _as_file(open_draft(g.acting, procedure).files.get(path), path)


@blueprint.get("/releases/<uuid:release_id>/files/<file>")
@allow("see_studio")
def release_file(release_id: UUID, file: str) -> Response:
    release, content = get_release(g.acting, release_id), release_files(g.acting, release_id)
    stem, _, ending = file.rpartition(".")
    return _as_file(content.get(file), f"{stem}-release-{release.number}.{ending}")


@blueprint.post("/<procedure>/files/<path>")
@allow("edit_draft")
def save(procedure: str, path: str) -> tuple[Response, int]:
    """From an editor: JSON with the file's `content` and the `version` that it began from."""
    try:
        draft = save_draft_file(g.acting, procedure, path, _sent_content(), sent_version())
    except DraftChanged as changed:
        return jsonify(clash(procedure, changed)), 409
    except Refused as refused:
        return jsonify({"message": refused.message}), 422
    return jsonify(
        {
            "version": draft.version,
            "message": f"The draft was saved on {moment_in_words(draft.saved_at)}.",
            "report": asdict(check_of(g.acting, procedure, draft.files)),
        }
    ), 200


@blueprint.post("/<procedure>/check/<path>")
@allow("edit_draft")
def check(procedure: str, path: str) -> tuple[Response, int]:
    """What the check says of a file that is on the screen and not saved yet."""
    try:
        files = {**open_draft(g.acting, procedure).files, path: _sent_content()}
        found = check_of(g.acting, procedure, files)
    except Refused as refused:
        return jsonify({"message": refused.message}), 422
    return jsonify({"report": asdict(found)}), 200


@blueprint.post("/<procedure>/upload")
@allow("edit_draft")
def upload(procedure: str) -> Response:
    """A file becomes part of the draft; needs no script.

    What `path` names is replaced, whatever the file is called; without it the file's own name says
    which one it is.
    """
    file, path = request.files.get("file"), request.form.get("path", "")
    back = request.form.get("back", "")
    if file is None or not file.filename:
        wanted = f"ending .{path.rpartition('.')[2]}" if path else "ending .bpmn, .form or .dmn"
        return _back(procedure, back, errors={"file": f"Choose a file ({wanted})"}, status=422)
    path = path or file.filename.rpartition("/")[2]
    try:
        save_draft_file(g.acting, procedure, path, file.read(), sent_version())
    except (DraftChanged, Refused) as problem:
        return _back(procedure, back, **what_went_wrong(problem, procedure, "file"))
    flash("The file is now part of the draft. See below what the check says.")
    return redirect(_page_to(procedure, back))


def _back(procedure: str, back: str, **said: Any) -> Response:
    return send_away(_page_to(procedure, back), kept_fields(), **said)


def _page_to(procedure: str, back: str) -> str:
    """The editor that was open, or the procedure's own page."""
    if back.endswith(".bpmn"):
        return url_for("studio.draw", procedure=procedure, diagram=back.removesuffix(".bpmn"))
    return url_for("studio.procedure_page", procedure=procedure)


def _sent_content() -> bytes:
    sent = request.get_json(silent=True)
    content = sent.get("content") if isinstance(sent, dict) else None
    return content.encode("utf-8", "replace") if isinstance(content, str) else b""


def _as_file(content: bytes | None, name: str) -> Response:
    if content is None:
        raise NotFound
    response = Response(content, mimetype=MEDIA.get(name.rpartition(".")[2], "text/plain"))
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
