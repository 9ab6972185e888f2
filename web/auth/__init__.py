"""Signing in and out, one's own account, and the demonstration's list of people."""

from typing import Any

from flask import (
    Blueprint,
    current_app,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response

from engine.errors import NotFound
from web.access import anyone
from web.auth import account, by_mail, second_step, sign_on, where
from web.auth.devices import this_browser
from web.auth.entering import asks_everyone, at, enter, sealing, system, where_to
from web.errors import carried_words, own_path
from web.layout import BUILT, first_page
from web.settings import Settings
from workflows.accounts.signing_in import give_password
from workflows.accounts.throttling import TooOften
from workflows.people import everyone
from workflows.roles import ROLES
from workflows.sessions import Began, end_session, why_it_ended

blueprint = Blueprint("auth", __name__, template_folder="templates")
for part in (second_step, by_mail, account, sign_on, where):
    blueprint.register_blueprint(part.blueprint)


def provider_of(settings: Settings) -> Any:
    """The council's own sign-on, where it has one; where it has none, its libraries stay away."""
    if not settings.sign_on_issuer:
        return None
    from web.auth.provider import Provider

    return Provider(settings)


@blueprint.get("/")
@anyone("sign_in")
def home() -> Response:
    return redirect(first_page() if g.acting else url_for("auth.sign_in"))


@blueprint.get("/sign-in")
@anyone("sign_in")
def sign_in() -> str | Response | tuple[str, int]:
    next_page = own_path(request.args.get("next", ""))
    if g.acting:
        return redirect(next_page or first_page())
    refused = session.get("refused", {}) if "again" in request.args else {}
    page = render_template(
        "auth/sign_in.html", next=next_page, kept=[], errors=refused.get("errors", {}),
        email=refused.get("email", ""), why_ended=_why_ended(),
        signed_out_of_pepway_only=sign_on.may_sign_out_there(),
    )
    return (page, 401) if refused else page


@blueprint.post("/sign-in")
@anyone("sign_in")
def check_sign_in() -> str | Response | tuple[str, int]:
    next_page = own_path(request.form.get("next", ""))
    email, kept = request.form.get("email", "").strip(), carried_words()
    try:
        followed = give_password(
            system(), email, request.form.get("password", ""), this_browser(), sealing(), at(),
            asks_everyone=asks_everyone(),
        )
    except TooOften as too_often:
        return _refused({"email": too_often.message}, 429)
    if followed is None and not kept:
        session["refused"] = {"email": email[:200], "errors": _what_is_missing(email)}
        return redirect(url_for("auth.sign_in", next=next_page or None, again=1))
    if followed is None:
        return _refused(_what_is_missing(email), 401)
    next_page, was_other = where_to(followed.actor, next_page, kept)
    return enter(followed, next_page, was_other=was_other)


def _refused(errors: dict[str, str], status: int) -> tuple[str, int]:
    page = render_template(
        "auth/sign_in.html", next=own_path(request.form.get("next", "")), kept=carried_words(),
        errors=errors, email=request.form.get("email", "").strip(),
    )
    return page, status


@blueprint.post("/sign-out")
@anyone("sign_out")
def sign_out() -> Response:
    token = session.get("token", "")
    began_by = end_session(system(), token) if token else ""
    session.clear()
    if began_by == Began.SIGN_ON:
        sign_on.remember_signing_out(token)
    response = redirect(url_for("auth.sign_in"))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@blueprint.get("/demo")
@anyone("see_demo")
def demo() -> str | Response:
    """Who can be signed in as; exists in the demonstration only."""
    if not current_app.extensions["pepway_settings"].demo:
        raise NotFound
    people = everyone(system())
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == (
        "application/json"
    ):
        return jsonify(
            [{"name": p.name, "email": p.email, "roles": list(p.roles)} for p in people]
        )
    by_role = [(role, [p for p in people if role.key in p.roles]) for role in ROLES.values()]
    return render_template("auth/demo.html", by_role=by_role)


@blueprint.get("/licences")
@anyone("see_licences")
def licences() -> str:
    """The licence texts of what the browser is sent."""
    texts = [(path.stem, path.read_text()) for path in sorted(BUILT.glob("*LICENSE*"))]
    return render_template("auth/licences.html", texts=texts)


@blueprint.get("/accessibility")
@anyone("see_licences")
def accessibility() -> str:
    """The accessibility statement that the regulations of 2018 ask of public bodies."""
    return render_template("auth/accessibility.html")


def _why_ended() -> str:
    """What to say to a browser whose session has ended by itself or from elsewhere."""
    token = session.get("token")
    return why_it_ended(system(), token, at()) if token else ""


def _what_is_missing(email: str) -> dict[str, str]:
    if not email:
        return {"email": "Enter your e-mail address"}
    if not request.form.get("password"):
        return {"password": "Enter your password"}
    return {"email": "The e-mail address or the password is not right. Check both"}
