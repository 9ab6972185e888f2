"""Signing in and out, one's own account, and the demonstration's list of people."""

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
from web.auth import account, by_mail, second_step
from web.auth.devices import this_browser
from web.auth.entering import asks_everyone, at, enter, sealing, system
from web.errors import carried_words, own_path
from web.layout import BUILT, first_page
from web.typed import keep_away
from workflows.accounts.signing_in import HalfWay, SignedIn, give_password
from workflows.accounts.throttling import TooOften
from workflows.people import everyone
from workflows.roles import ROLES
from workflows.sessions import end_session

blueprint = Blueprint("auth", __name__, template_folder="templates")
for part in (second_step, by_mail, account):
    blueprint.register_blueprint(part.blueprint)


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
    return _go_on(followed, next_page, kept)


def _refused(errors: dict[str, str], status: int) -> tuple[str, int]:
    page = render_template(
        "auth/sign_in.html", next=own_path(request.form.get("next", "")), kept=carried_words(),
        errors=errors, email=request.form.get("email", "").strip(),
    )
    return page, status


def _go_on(
    followed: SignedIn | HalfWay, next_page: str, kept: list[tuple[str, str]]
) -> Response:
    """Words from an ended session wait for whoever typed them, and for nobody else."""
    before, actor = session.get("person"), followed.actor
    if kept and before not in (None, str(actor.id)):
        return enter(followed, was_other=True)
    if kept and next_page:
        by = current_app.extensions["pepway"].acting(actor)
        next_page = keep_away(by, url_for("errors.not_done"), kept, status=200, again=next_page,
                              signed_in_again=True)
    return enter(followed, next_page)


@blueprint.post("/sign-out")
@anyone("sign_out")
def sign_out() -> Response:
    token = session.get("token")
    if token:
        end_session(system(), token)
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


def _what_is_missing(email: str) -> dict[str, str]:
    if not email:
        return {"email": "Enter your e-mail address"}
    if not request.form.get("password"):
        return {"password": "Enter your password"}
    return {"email": "The e-mail address or the password is not right. Check both"}
