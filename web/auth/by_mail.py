"""A password by a link from a mail: for whoever is invited, or has forgotten theirs."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid, NotFound
from web.access import anyone
from web.auth.devices import this_browser
from web.auth.entering import (
    asks_everyone,
    at,
    enter,
    errors_of_before,
    sealing,
    send_back_to,
    settings,
    system,
)
from web.secret_addresses import keep_secret
from workflows.accounts.links import INVITATION, ask_for_new_password, choose_password, open_link
from workflows.accounts.throttling import TooOften

blueprint = Blueprint("by_mail", __name__)
blueprint.url_value_preprocessor(keep_secret)


@blueprint.get("/forgotten-password")
@anyone("sign_in")
def forgotten() -> str | tuple[str, int]:
    errors = errors_of_before()
    page = render_template("auth/forgotten.html", errors=errors, sends=settings().sends)
    return (page, 422) if errors else page


@blueprint.post("/forgotten-password")
@anyone("sign_in")
def ask() -> Response | tuple[str, int]:
    """The same answer whether or not anybody signs in with that address."""
    email = request.form.get("email", "").strip()
    if not email:
        return send_back_to("auth.by_mail.forgotten", {"email": "Enter your e-mail address"})
    try:
        ask_for_new_password(system(), email, this_browser(), at())
    except TooOften as too_often:
        return render_template("auth/forgotten.html", errors={"email": too_often.message},
                               sends=settings().sends), 429
    return redirect(url_for("auth.by_mail.asked"))


@blueprint.get("/forgotten-password/asked")
@anyone("sign_in")
def asked() -> str:
    return render_template("auth/forgotten_asked.html")


@blueprint.get("/choose-password/<secret>")
@anyone("sign_in")
def choose(secret: str) -> Response:
    try:
        link = open_link(system(), secret)
    except NotFound:
        return _closed()
    errors = errors_of_before()
    page = render_template("auth/choose_password.html", errors=errors, email=link.email,
                           invited=link.kind == INVITATION)
    return make_response(page, 422 if errors else 200)


@blueprint.post("/choose-password/<secret>")
@anyone("sign_in")
def keep(secret: str) -> Response:
    try:
        followed = choose_password(
            system(), secret, request.form.get("new_password", ""), this_browser(), sealing(),
            at(), asks_everyone=asks_everyone(),
        )
    except AnswersInvalid as problem:
        return send_back_to("auth.by_mail.choose", problem.errors, secret=secret)
    except NotFound:
        return _closed()
    return enter(followed)


def _closed() -> Response:
    return make_response(render_template("auth/link_closed.html"), 404)
