"""One's own account: the password, the app, the recovery codes."""

from collections.abc import Callable

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from engine.errors import AnswersInvalid
from web.access import allow
from web.auth.devices import forget_device, is_known
from web.auth.entering import at, begin, errors_of_before, sealing, send_back_to
from web.auth.second_step import FIELD, show_once
from web.reading import reading
from workflows.accounts.own_account import (
    Proof,
    begin_new_app,
    change_own_password,
    my_account,
    renew_recovery_codes,
)
from workflows.accounts.throttling import TooOften

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.get("")
@allow("change_own_account")
def overview() -> str:
    return render_template("auth/account.html", account=my_account(reading()),
                           is_known=is_known(g.acting.actor.id))


@blueprint.get("/password")
@allow("change_own_account")
def password() -> str | tuple[str, int]:
    return _form("auth/account_password.html")


@blueprint.get("/app")
@allow("change_own_account")
def app() -> str | tuple[str, int]:
    return _form("auth/account_app.html")


@blueprint.get("/recovery-codes")
@allow("change_own_account")
def recovery_codes() -> str | tuple[str, int]:
    return _form("auth/account_recovery_codes.html")


@blueprint.post("/password")
@allow("change_own_account")
def change_password() -> Response | tuple[str, int]:
    def change() -> Response:
        actor = g.acting.actor
        change_own_password(g.acting, _proof(), request.form.get("new_password", ""), sealing(),
                            at())
        begin(actor)
        flash("Your password is changed. You are signed out everywhere else.")
        return redirect(url_for("auth.account.overview"))

    return _proved(change, "auth.account.password", "auth/account_password.html")


@blueprint.post("/app")
@allow("change_own_account")
def new_app() -> Response | tuple[str, int]:
    def begin_it() -> Response:
        session["half"] = begin_new_app(g.acting, _proof(), sealing(), at()).token
        session["then"] = [url_for("auth.account.overview"), False]
        return redirect(url_for("auth.second_step.set_up"))

    return _proved(begin_it, "auth.account.app", "auth/account_app.html")


@blueprint.post("/recovery-codes")
@allow("change_own_account")
def new_codes() -> Response | tuple[str, int]:
    def renew() -> Response:
        codes = renew_recovery_codes(g.acting, _proof(), sealing(), at())
        return show_once(codes, url_for("auth.account.overview"))

    return _proved(renew, "auth.account.recovery_codes", "auth/account_recovery_codes.html")


@blueprint.post("/this-browser/forget")
@allow("change_own_account")
def forget_this_browser() -> Response:
    flash("This browser is forgotten.")
    response = redirect(url_for("auth.account.overview"))
    forget_device(response, g.acting.actor.id)
    return response


def _form(template: str) -> str | tuple[str, int]:
    errors = errors_of_before()
    page = render_template(template, errors=errors, account=my_account(reading()))
    return (page, 422) if errors else page


def _proved(
    do: Callable[[], Response], endpoint: str, template: str
) -> Response | tuple[str, int]:
    try:
        return do()
    except AnswersInvalid as problem:
        return send_back_to(endpoint, problem.errors)
    except TooOften as too_often:
        page = render_template(template, errors={"password": too_often.message},
                               account=my_account(reading()))
        return page, 429


def _proof() -> Proof:
    return Proof(request.form.get("password", ""), request.form.get(FIELD, ""))
