"""Signing in and out, and the demonstration's list of people."""

from urllib.parse import urlsplit

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

from engine.domain import SYSTEM
from engine.errors import NotFound
from engine.work import Acting
from web.access import anyone
from web.layout import BUILT
from workflows.people import everyone
from workflows.people import sign_in as check_password
from workflows.roles import ROLES

blueprint = Blueprint("auth", __name__, template_folder="templates")

OWN_FIELDS = frozenset({"csrf_token", "email", "password", "next", "signed_out"})


@blueprint.get("/")
@anyone("sign_in")
def home() -> Response:
    return redirect(url_for("tasks.my_tasks") if g.acting else url_for("auth.sign_in"))


@blueprint.route("/sign-in", methods=["GET", "POST"])
@anyone("sign_in")
def sign_in() -> str | Response | tuple[str, int]:
    next_page = _safe(request.values.get("next", ""))
    if request.method == "GET":
        return render_template("auth/sign_in.html", next=next_page, kept=[], errors={}, email="")
    email = request.form.get("email", "")
    kept = [(n, v) for n, v in request.form.items(multi=True) if n not in OWN_FIELDS]
    actor = check_password(_system(), email, request.form.get("password", ""))
    if actor is None:
        errors = {"email": "Enter the e-mail address and password of your account"}
        page = render_template(
            "auth/sign_in.html", next=next_page, kept=kept, errors=errors, email=email
        )
        return page, 401
    session.clear()
    session.permanent = True
    session["person"] = str(actor.id)
    if kept:
        g.acting = current_app.extensions["pepway"].acting(actor)
        return render_template("still_here.html", path=next_page, kept=kept)
    return redirect(next_page or url_for("tasks.my_tasks"))


@blueprint.post("/sign-out")
@anyone("sign_out")
def sign_out() -> Response:
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


def _safe(address: str) -> str:
    """Only a path of our own: anything that could lead elsewhere is dropped."""
    parts = urlsplit(address)
    own = address.startswith("/") and not address.startswith(("//", "/\\"))
    clean = not parts.netloc and not parts.scheme and "\\" not in address
    return address if own and clean and address.isprintable() else ""


def _system() -> Acting:
    acting: Acting = current_app.extensions["pepway"].acting(SYSTEM)
    return acting
