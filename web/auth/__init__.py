"""Signing in and out, and the demonstration's list of people."""

from flask import (
    Blueprint,
    current_app,
    flash,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response

from engine.domain import SYSTEM, Actor
from engine.errors import NotFound
from engine.work import Acting
from web.access import anyone
from web.errors import carried_words, own_path
from web.layout import BUILT, first_page
from web.typed import send_away
from workflows.people import everyone
from workflows.people import sign_in as check_password
from workflows.roles import ROLES
from workflows.sessions import begin_session, end_session

blueprint = Blueprint("auth", __name__, template_folder="templates")

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
        email=refused.get("email", ""),
    )
    return (page, 401) if refused else page


@blueprint.post("/sign-in")
@anyone("sign_in")
def check_sign_in() -> str | Response | tuple[str, int]:
    next_page = own_path(request.form.get("next", ""))
    email, kept = request.form.get("email", "").strip(), carried_words()
    actor = check_password(_system(), email, request.form.get("password", ""))
    if actor is None and not kept:
        session["refused"] = {"email": email[:200], "errors": _what_is_missing(email)}
        return redirect(url_for("auth.sign_in", next=next_page or None, again=1))
    if actor is None:
        page = render_template(
            "auth/sign_in.html", next=next_page, kept=kept, errors=_what_is_missing(email),
            email=email,
        )
        return page, 401
    before = session.get("person")
    _begin(actor)
    if kept and before not in (None, str(actor.id)):
        flash("Somebody else had typed something in this window. It was not shown to you.")
        return redirect(first_page())
    if kept and next_page:
        return send_away(url_for("errors.not_done"), kept, status=200, again=next_page,
                         signed_in_again=True)
    return redirect(next_page or first_page())


@blueprint.post("/sign-out")
@anyone("sign_out")
def sign_out() -> Response:
    token = session.get("token")
    if token:
        end_session(_system(), token)
    session.clear()
    response = redirect(url_for("auth.sign_in"))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@blueprint.get("/demo")
@anyone("see_demo")
def demo() -> str | Response:
    """Who can be signed in as; exists in the demonstration only."""
    if not current_app.extensions["pepway_settings"].demo:
        raise NotFound
    people = everyone(_system())
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


def _begin(actor: Actor) -> None:
    """A new session and a new cookie; what the old one carried is gone."""
    ended = session.get("token")
    if ended:
        end_session(_system(), ended)
    session.clear()
    session.permanent = True
    at = current_app.extensions["pepway_wall_clock"].now()
    session["token"] = begin_session(_system(), actor.id, at)
    session["person"] = str(actor.id)
    g.acting = current_app.extensions["pepway"].acting(actor)


def _what_is_missing(email: str) -> dict[str, str]:
    if not email:
        return {"email": "Enter your e-mail address"}
    if not request.form.get("password"):
        return {"password": "Enter your password"}
    return {"email": "The e-mail address or the password is not right. Check both"}


def _system() -> Acting:
    acting: Acting = current_app.extensions["pepway"].acting(SYSTEM)
    return acting
