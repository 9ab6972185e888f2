"""What a draft changes; proposing it as the next release, taking changes back, throwing it away."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.drafts import DraftChanged, begin_draft_from, discard_draft, take_back_save
from engine.errors import AnswersInvalid, DiagramRefused, Refused
from web.access import allow
from web.studio.blueprint import blueprint
from web.studio.pictures import pictures_of
from web.studio.seen import as_sent_back, sent_version, what_went_wrong
from web.typed import form_id, kept_fields, send_away
from workflows.release_page import draft_page
from workflows.trying.releasing import propose_as_expected

DATE_PARTS = ("year", "month", "day")


@blueprint.get("/<procedure>/changes")
@allow("edit_draft")
def changes(procedure: str) -> tuple[str, int]:
    errors, status, words = as_sent_back()
    page = draft_page(g.acting, procedure)
    return render_template(
        "studio/changes.html", page=page, pictures=pictures_of(page.changes), errors=errors,
        typed=words, form_id=form_id(),
    ), status


@blueprint.post("/<procedure>/propose")
@allow("propose_release")
def propose(procedure: str) -> Response:
    try:
        release = propose_as_expected(
            g.acting, procedure, request.form.get("notes", ""), sent_version(),
            live_from=_live_from(), nonce=form_id(),
        )
    except DiagramRefused:
        said = {"findings": "Correct what the check has found, then send it"}
        return _back("studio.changes", procedure, errors=said, status=422)
    except (AnswersInvalid, DraftChanged, Refused) as problem:
        return _back("studio.changes", procedure, **what_went_wrong(problem, procedure, "notes"))
    flash(f"Release {release.number} waits for a colleague to approve it. They have been told.")
    return redirect(url_for("studio.release", release_id=release.id))


@blueprint.post("/<procedure>/take-back")
@allow("edit_draft")
def take_back(procedure: str) -> Response:
    try:
        take_back_save(g.acting, procedure, sent_version())
    except (DraftChanged, Refused) as problem:
        return _back("studio.procedure_page", procedure,
                     **what_went_wrong(problem, procedure, "taking_back"))
    flash("The last change is taken back.")
    return redirect(url_for("studio.procedure_page", procedure=procedure))


@blueprint.post("/<procedure>/discard")
@allow("edit_draft")
def discard(procedure: str) -> Response:
    try:
        discard_draft(g.acting, procedure, sent_version())
    except DraftChanged as changed:
        return _back("studio.procedure_page", procedure,
                     **what_went_wrong(changed, procedure, "discard"))
    flash("The draft is thrown away. The releases stand as they were.")
    return redirect(url_for("studio.overview"))


@blueprint.post("/releases/<uuid:release_id>/draft")
@allow("edit_draft")
def begin(release_id: UUID) -> Response:
    """A draft that starts from this release: to go back to it, or to change what was sent back."""
    draft = begin_draft_from(g.acting, release_id)
    flash(f"The draft now is release {draft.release_number}. Send it for approval to make it live.")
    return redirect(url_for("studio.procedure_page", procedure=draft.procedure))


def _live_from() -> date | None:
    """The day that was typed; none was: as soon as it is approved."""
    parts = [request.form.get(f"live_from-{part}", "").strip() for part in DATE_PARTS]
    if not any(parts):
        return None
    try:
        year, month, day = (int(part) for part in parts)
        return date(year, month, day)
    except (ValueError, OverflowError) as problem:
        raise AnswersInvalid({"live_from": "Enter a real day, such as 27 3 2026"}) from problem


def _back(page: str, procedure: str, **said: Any) -> Response:
    return send_away(url_for(page, procedure=procedure), kept_fields(), **said)
