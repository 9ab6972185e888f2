"""Publishing a draft, throwing it away, and going back to a release."""

from uuid import UUID

from flask import flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.drafts import (
    DraftChanged,
    begin_draft_from,
    discard_draft,
    publish_draft,
    take_back_save,
)
from engine.errors import AnswersInvalid, DiagramRefused, Refused
from web.access import allow
from web.studio.blueprint import blueprint
from web.studio.seen import clash, sent_version
from web.typed import form_id, kept_fields, send_away


@blueprint.post("/<procedure>/publish")
@allow("publish_release")
def publish(procedure: str) -> Response:
    try:
        release = publish_draft(
            g.acting, procedure, request.form.get("notes", ""), sent_version(), form_id()
        )
    except AnswersInvalid as problem:
        return _back(procedure, problem.errors, 422)
    except DiagramRefused:
        return _back(procedure, {"findings": "Correct what the check has found, then publish"}, 422)
    except DraftChanged as changed:
        return _back(procedure, {"notes": clash(procedure, changed)["message"]}, 409)
    except Refused as refused:
        return _back(procedure, {"notes": refused.message}, 422)
    flash(
        f"Release {release.number} is live. New cases begin on it; running cases stay on the "
        "release that they began with."
    )
    return redirect(url_for("studio.overview"))


@blueprint.post("/<procedure>/take-back")
@allow("edit_draft")
def take_back(procedure: str) -> Response:
    try:
        take_back_save(g.acting, procedure, sent_version())
    except DraftChanged as changed:
        return _back(procedure, {"taking_back": clash(procedure, changed)["message"]}, 409)
    except Refused as refused:
        return _back(procedure, {"taking_back": refused.message}, 422)
    flash("The last change is taken back.")
    return redirect(url_for("studio.procedure_page", procedure=procedure))


@blueprint.post("/<procedure>/discard")
@allow("edit_draft")
def discard(procedure: str) -> Response:
    try:
        discard_draft(g.acting, procedure, sent_version())
    except DraftChanged as changed:
        return _back(procedure, {"discard": clash(procedure, changed)["message"]}, 409)
    flash("The draft is thrown away. The releases stand as they were.")
    return redirect(url_for("studio.overview"))


@blueprint.post("/releases/<uuid:release_id>/draft")
@allow("edit_draft")
def begin(release_id: UUID) -> Response:
    """A draft that starts from this release: to go back to it, or to publish one in review."""
    draft = begin_draft_from(g.acting, release_id)
    flash(f"The draft now is release {draft.release_number}. Publish it to make it live.")
    return redirect(url_for("studio.procedure_page", procedure=draft.procedure))


def _back(procedure: str, errors: dict[str, str], status: int) -> Response:
    return send_away(url_for("studio.procedure_page", procedure=procedure), kept_fields(),
                     errors=errors, status=status)
