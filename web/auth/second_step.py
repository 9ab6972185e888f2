"""The second step of signing in: a code of the app, or setting one up where there is none."""

import segno
from flask import Blueprint, g, redirect, render_template, request, session, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid, NotFound
from web.access import allow, anyone
from web.auth.devices import remember_device, this_browser
from web.auth.entering import (
    at,
    begin,
    errors_of_before,
    finish,
    sealing,
    send_back_to,
    system,
)
from web.layout import first_page
from web.reading import reading_for_anyone
from workflows.accounts.second_factor import address_for_app
from workflows.accounts.signing_in import (
    HalfEnded,
    confirm_set_up,
    give_code,
    sets_up,
    what_to_set_up,
)
from workflows.accounts.throttling import TooOften
from workflows.council import council_name
from workflows.sessions import renew_session

blueprint = Blueprint("second_step", __name__)
FIELD = "one_time_code"
NO_CODE = "Enter the code that your app shows"


@blueprint.errorhandler(HalfEnded)
def _ended(ended: HalfEnded) -> Response:
    """Back to the beginning, for whoever is not signed in."""
    session.pop("half", None)
    if g.acting:
        return redirect(url_for("auth.account.overview"))
    session["refused"] = {"errors": {"email": ended.message}}
    return redirect(url_for("auth.sign_in", again=1))


@blueprint.get("/sign-in/code")
@anyone("sign_in")
def code() -> str | Response | tuple[str, int]:
    return _code_page("auth/code.html")


@blueprint.get("/sign-in/recovery-code")
@anyone("sign_in")
def recovery_code() -> str | Response | tuple[str, int]:
    return _code_page("auth/recovery_code.html")


def _code_page(template: str) -> str | Response | tuple[str, int]:
    if g.acting:
        return redirect(first_page())
    if sets_up(system(), _half(), at()):
        return redirect(url_for("auth.second_step.set_up"))
    errors = errors_of_before()
    page = render_template(template, errors=errors)
    return (page, 401) if errors else page


@blueprint.post("/sign-in/code")
@anyone("sign_in")
def check_code() -> Response | tuple[str, int]:
    return _check("auth.second_step.code", "auth/code.html", recovery=False)


@blueprint.post("/sign-in/recovery-code")
@anyone("sign_in")
def check_recovery_code() -> Response | tuple[str, int]:
    return _check("auth.second_step.recovery_code", "auth/recovery_code.html", recovery=True)


def _check(endpoint: str, template: str, *, recovery: bool) -> Response | tuple[str, int]:
    if g.acting:
        return redirect(first_page())
    typed = request.form.get(FIELD, "")
    if not typed.strip():
        what = "Enter one of your recovery codes" if recovery else NO_CODE
        return send_back_to(endpoint, {FIELD: what})
    try:
        signed_in = give_code(system(), _half(), typed, this_browser(), sealing(), at(),
                              recovery=recovery)
    except AnswersInvalid as problem:
        return send_back_to(endpoint, problem.errors)
    except TooOften as too_often:
        return render_template(template, errors={FIELD: too_often.message}), 429
    next_page, was_other = session.get("then", ["", False])
    return finish(signed_in.actor, next_page, was_other=was_other)


@blueprint.get("/sign-in/set-up")
@anyone("sign_in")
def set_up() -> str | Response | tuple[str, int]:
    if g.acting and "half" not in session:
        return redirect(url_for("auth.account.overview"))
    shown = what_to_set_up(system(), _half(), sealing(), at())
    issuer = f"Pepway {council_name(reading_for_anyone())}".strip()
    errors = errors_of_before()
    page = render_template(
        "auth/set_up.html", errors=errors, email=shown.email, issuer=issuer,
        picture=_picture(address_for_app(shown.secret, shown.email, issuer)),
        secret=" ".join(shown.secret[place:place + 4] for place in range(0, len(shown.secret), 4)),
    )
    return (page, 422) if errors else page


@blueprint.post("/sign-in/set-up")
@anyone("sign_in")
def confirm() -> Response:
    """Signs in, unless somebody signed in has set up another app; the recovery codes follow."""
    if g.acting and "half" not in session:
        return redirect(url_for("auth.account.overview"))
    typed = request.form.get(FIELD, "")
    if not typed.strip():
        return send_back_to("auth.second_step.set_up", {FIELD: NO_CODE})
    try:
        signed_in, codes = confirm_set_up(
            system(), _half(), typed, this_browser(), sealing(), at()
        )
    except AnswersInvalid as problem:
        return send_back_to("auth.second_step.set_up", problem.errors)
    then = session.get("then", ["", False])
    if g.acting is None:
        begin(signed_in.actor)
    else:
        session["token"] = renew_session(system(), session["token"], at())
    session.pop("half", None)
    response = show_once(codes, then[0])
    remember_device(response, signed_in.actor.id)
    return response


def show_once(codes: list[str], next_page: str = "") -> Response:
    session["recovery_codes"] = codes
    session["then"] = [next_page, False]
    return redirect(url_for("auth.second_step.new_recovery_codes"))


@blueprint.get("/recovery-codes")
@allow("change_own_account")
def new_recovery_codes() -> str:
    """Shown once, on the page that follows their making."""
    codes = session.pop("recovery_codes", None)
    if not codes:
        raise NotFound
    next_page, _ = session.pop("then", ["", False])
    return render_template("auth/new_recovery_codes.html", codes=codes,
                           next=next_page or first_page())


def _half() -> str:
    """Raises `HalfEnded` where this browser has given no password."""
    token: str = session.get("half", "")
    if not token:
        raise HalfEnded("Sign in first.")
    return token


def _picture(address: str) -> Markup:
    """For the camera of a phone; what it says stands beside it as text."""
    code = segno.make(address, error="m", micro=False)
    return Markup(code.svg_inline(  # noqa: S704 - drawn by us, of squares alone
        scale=4, light="#fff", svgclass=None, lineclass=None,
    ))
