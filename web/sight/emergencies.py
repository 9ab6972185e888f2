"""Opening a record in an emergency, and looking at it afterwards."""

from uuid import UUID

from flask import current_app, flash, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid
from web.access import allow, children_shown
from web.forms import raw_from_post
from web.forms.asking import answered, ask
from web.layout import first_page
from web.reading import reading
from web.sight.blueprint import blueprint
from web.typed import done_with, send_back
from workflows.accounts.asking_again import CODE, OwnBrowser, must_sign_on_again, with_code
from workflows.accounts.sealing import Sealing
from workflows.accounts.throttling import TooOften
from workflows.sight.emergencies import (
    FORM_OF_OPENING,
    FORM_OF_REVIEWING,
    NOT_FOUND,
    emergency,
    end_emergency,
    my_emergencies,
    open_in_emergency,
    review_emergency,
)


@blueprint.get("/emergency")
@allow("open_in_emergency")
def ask_to_open() -> str | Response | tuple[str, int]:
    mine = my_emergencies(reading())
    children_shown("open_in_emergency", {each.child_id for each in mine})
    return ask(with_code(reading(), FORM_OF_OPENING), "sight/open.html",
               button="Open the record for four hours", mine=mine,
               must_sign_on_again=must_sign_on_again(reading(), _browser()))


@blueprint.post("/emergency")
@allow("open_in_emergency")
def open_record() -> Response:
    raw = raw_from_post(with_code(reading(), FORM_OF_OPENING), request.form)
    try:
        case_id = open_in_emergency(g.acting, raw, _browser())
    except AnswersInvalid as problem:
        return send_back(request.path, errors=problem.errors)
    except TooOften as too_often:
        return send_back(request.path, errors={CODE.key: too_often.message})
    if case_id is None:
        return send_back(request.path, errors={"reference": NOT_FOUND})
    done_with()
    return redirect(url_for("cases.case_page", case_id=case_id))


def _browser() -> OwnBrowser:
    settings, clock = (current_app.extensions[each] for each in
                       ("pepway_settings", "pepway_wall_clock"))
    return OwnBrowser(session["token"], Sealing(settings.secret_keys), clock.now())


@blueprint.post("/emergency/<uuid:emergency_id>/end")
@allow("end_emergency")
def end_early(emergency_id: UUID) -> Response:
    end_emergency(g.acting, emergency_id)
    flash("The record is closed to you again.")
    return redirect(first_page())


@blueprint.get("/emergency/<uuid:emergency_id>/review")
@allow("review_emergency", kind="emergency", arg="emergency_id")
def ask_to_look(emergency_id: UUID) -> str | Response | tuple[str, int]:
    return ask(FORM_OF_REVIEWING, "sight/review_emergency.html", button="Save",
               emergency=emergency(reading(), emergency_id))


@blueprint.post("/emergency/<uuid:emergency_id>/review")
@allow("review_emergency", kind="emergency", arg="emergency_id")
def look(emergency_id: UUID) -> Response:
    raw = raw_from_post(FORM_OF_REVIEWING, request.form)
    return answered(lambda: review_emergency(g.acting, emergency_id, raw), "Saved.",
                    url_for("sight.protected"))
