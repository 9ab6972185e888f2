"""Files attached to a plan: added, removed, downloaded; never shown as a page of ours."""

import io
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid
from web.access import allow, may_see
from web.forms import error_targets, raw_from_post
from web.reading import end_reading, reading
from web.typed import done_with, form_id, send_back, sent_back, with_form_id, words_posted
from web.uploading import takes_file
from workflows.attached.checking import REFUSALS
from workflows.attached.files import (
    attach_file,
    attached_form,
    attached_page,
    download_attached,
    read_sent,
    remove_attached,
)

blueprint = Blueprint("attached", __name__, template_folder="templates")


@blueprint.get("/children/<uuid:child_id>/attached")
@allow("attach_file", kind="child", arg="child_id")
def files(child_id: UUID) -> str | Response | tuple[str, int]:
    """Those of the newest plan, and the form that adds one; with its words where it was refused."""
    page = attached_page(reading(), child_id, may_see)
    if way := with_form_id():
        return way
    typed, form = sent_back(request.path), attached_form(may_see)
    errors = dict(typed.said["errors"]) if typed else {}
    if request.args.get("refused") in REFUSALS:
        errors["file"] = REFUSALS[request.args["refused"]]
    html = render_template(
        "attached/files.html", page=page, form=form, raw=raw_from_post(form, words_posted(typed)),
        errors=errors, targets=_boxes(errors), form_id=form_id(),
    )
    return (html, 422) if errors else html


@blueprint.post("/children/<uuid:child_id>/attached")
@allow("attach_file", kind="child", arg="child_id")
@takes_file
def add(child_id: UUID) -> Response:
    raw, sent = raw_from_post(attached_form(may_see), request.form), request.files.get("file")
    content, called = (sent.read(), sent.filename or "") if sent else (b"", "")
    try:
        about, file = read_sent(raw, content, called, g.acting.today, may_see)
        attach_file(g.acting, child_id, about, file, form_id())
    except AnswersInvalid as problem:
        return send_back(request.path, errors=problem.errors)
    done_with()
    flash(f"“{about.title}” was attached.")
    return redirect(url_for("attached.files", child_id=child_id))


@blueprint.post("/attached/<uuid:file_id>/remove")
@allow("attach_file", kind="attached_file", arg="file_id")
def remove(file_id: UUID) -> Response:
    remove_attached(g.acting, file_id, may_see)
    flash("The file was removed.")
    return redirect(url_for("attached.files", child_id=g.resource.child_id))


@blueprint.get("/attached/<uuid:file_id>")
@allow("download_attached_file", kind="attached_file", arg="file_id")
def download(file_id: UUID) -> Response:
    """Never opened as a page of ours, whatever it might hold."""
    end_reading()
    file = download_attached(g.acting, file_id, may_see, g.decision.reason)
    g.csp_extra = {"img-src": "'none'", "script-src": "'none'", "sandbox": ""}
    return send_file(io.BytesIO(file.content), file.media_type, as_attachment=True,
                     download_name=file.name, etag=False)


def _boxes(errors: dict[str, str]) -> dict[str, str]:
    """Sentences by the box in which to put each right."""
    of_form = {key: each for key, each in errors.items() if key != "file"}
    targets = error_targets(attached_form(may_see), of_form)
    return {**targets, **({"file": errors["file"]} if "file" in errors else {})}
