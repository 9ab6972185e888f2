"""A release beside the one that is live: a colleague approves it or sends it back."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid, DiagramRefused, Refused
from engine.review import ReviewOver, releases_to_review, return_release
from web.access import allow, may
from web.studio.blueprint import blueprint
from web.studio.pictures import pictures_of
from web.studio.seen import as_sent_back
from web.typed import form_id, kept_fields, send_away
from workflows.days import long_date
from workflows.release_page import release_page, titles_of
from workflows.trying.releasing import approve_as_expected


@blueprint.get("/reviews")
@allow("see_reviews")
def reviews() -> str:
    waiting = releases_to_review(g.acting)
    return render_template("studio/reviews.html", releases=waiting,
                           titles=titles_of(g.acting, waiting))


@blueprint.get("/releases/<uuid:release_id>")
@allow("see_release")
def release(release_id: UUID) -> tuple[str, int]:
    errors, status, words = as_sent_back()
    page = release_page(g.acting, release_id)
    return render_template(
        "studio/release.html", page=page, pictures=pictures_of(page.changes), errors=errors,
        typed=words, form_id=form_id(),
        may_set_aside=may("set_rule_aside"),
    ), status


@blueprint.post("/releases/<uuid:release_id>/approve")
@allow("approve_release")
def approve(release_id: UUID) -> Response:
    try:
        approved = approve_as_expected(
            g.acting, release_id, request.form.get("review", ""),
            may_set_aside=may("set_rule_aside"),
        )
    except AnswersInvalid as problem:
        return _back(release_id, problem.errors, 422)
    except DiagramRefused:
        return _back(release_id, {"review": "The check no longer lets it go live. Send it back"},
                     422)
    except (Refused, ReviewOver) as refused:
        return _back(release_id, {"review": refused.message}, 409)
    if approved.state == "live":
        flash(f"Release {approved.number} is live. New cases begin on it; running cases stay on "
              "the release that they began with.")
    else:
        flash(f"Release {approved.number} is approved and goes live on "
              f"{long_date(approved.live_from)}.")
    return redirect(url_for("studio.release", release_id=release_id))


@blueprint.post("/releases/<uuid:release_id>/return")
@allow("approve_release")
def send_release_back(release_id: UUID) -> Response:
    try:
        returned = return_release(g.acting, release_id, request.form.get("reason", ""))
    except AnswersInvalid as problem:
        return _back(release_id, {"reason": problem.errors["review"]}, 422)
    except ReviewOver as over:
        return _back(release_id, {"reason": over.message}, 409)
    flash(f"Release {returned.number} is sent back. It does not go live.")
    return redirect(url_for("studio.release", release_id=release_id))


def _back(release_id: UUID, errors: dict[str, str], status: int) -> Response:
    return send_away(url_for("studio.release", release_id=release_id), kept_fields(),
                     errors=errors, status=status)
