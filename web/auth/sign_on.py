"""Signing in by the council's own sign-on: there, back, and what is said where it fails.

The way there is a link and not a form: browsers hold where a form may lead to against every address
that it passes, and a council's sign-on passes on to others.
"""

import re
import secrets
from collections.abc import Sequence
from typing import Any

from flask import (
    Blueprint,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response

from engine.domain import SYSTEM, Actor
from engine.errors import NotFound, Refused
from engine.work import Acting
from web.access import anyone
from web.auth.devices import this_browser
from web.auth.entering import enter_by_sign_on
from web.auth.refusals import REFUSALS, SignOnRefused
from web.errors import carried_words, own_path
from web.layout import first_page
from web.reading import end_reading
from web.secret_addresses import keep_secret
from web.settings import Settings
from workflows.accounts.throttling import TooOften, budget_of_network, give_back, take_a_try
from workflows.identities import (
    Claimed,
    link_identity,
    refuse_sign_on,
    sign_in_by_identity,
    who_is_expected,
)
from workflows.secret_hash import hash_of
from workflows.sessions import sign_out_hint
from workflows.sign_ons import Attempt, begin_attempt, take_attempt

blueprint = Blueprint("sign_on", __name__)
blueprint.url_value_preprocessor(keep_secret)

BROWSER, INVITATION, REFUSED, SIGNED_OUT = (
    "sign_on_browser", "sign_on_invitation", "sign_on_refused", "signed_out"
)
"""Where the cookie keeps what belongs to this browser alone."""
CODE = re.compile(r"[\x20-\x7e]{1,4096}")
"""What a code may be made of (RFC 6749)."""
ERROR = re.compile(r"[a-z_]{1,40}")


@blueprint.errorhandler(TooOften)
def _too_often(problem: TooOften) -> tuple[str, int]:
    """The page for signing in, which still has the words of an ended session."""
    page = render_template(
        "auth/sign_in.html", next=own_path(request.values.get("next", "")), kept=carried_words(),
        errors={"email": problem.message}, email="",
    )
    return page, 429


@blueprint.app_context_processor
def _what_the_button_says() -> dict[str, Any]:
    settings = _settings()
    return {"sign_on_name": settings.sign_on_name if settings.sign_on_issuer else ""}


@blueprint.get("/sign-in/council")
@anyone("sign_in")
def begin() -> Response:
    """On to the council's sign-on; with `link`, for whoever opened an invitation; with `again`, for
    whoever is signed in and has to show there once more that it is them."""
    invited = session.get(INVITATION, "") if "link" in request.args else ""
    again = "again" in request.args
    if g.acting and not invited and not again:
        _provider()
        return redirect(first_page())
    address = _begun(own_path(request.args.get("next", "")), invited, again=again)
    return redirect(address or url_for(".refused"))


@blueprint.post("/sign-in/council")
@anyone("sign_in")
def begin_with_words() -> Response:
    """The same from a form whose session had ended: what was typed waits here meanwhile.

    The page that answers leads on; a redirect to another site would be stopped by the browser.
    """
    kept = carried_words() if session.get("person") else []
    address = _begun(own_path(request.form.get("next", "")), "", kept)
    if not address:
        return redirect(url_for(".refused"))
    answer = make_response(render_template("auth/sign_on_onward.html", onward=address))
    answer.headers["Refresh"] = f"0; url={address}"
    return answer


@blueprint.get("/sign-in/council/back")
@anyone("sign_in")
def back() -> Response:
    """Where the council's sign-on sends the browser to. The code does not stay in the address."""
    end_reading()
    provider = _provider()
    at = current_app.extensions["pepway_wall_clock"].now()
    state = request.args.get("state", "") if _each_once() else ""
    attempt = take_attempt(_system(), state, session.get(BROWSER, ""), at)
    if attempt is None:
        _count_a_try()
        return _refuse(REFUSALS["stale"], "response: state")
    try:
        provider.check_sender(request.args.get("iss"))
        signed_on = provider.who_signed_on(_code(), attempt, _back_here(), at)
    except SignOnRefused as problem:
        return _refuse(REFUSALS[problem.why], problem.detail)
    return _signed_on(signed_on.claimed, signed_on.sign_out_hint, attempt)


@blueprint.get("/sign-in/council/refused")
@anyone("sign_in")
def refused() -> Response:
    _provider()
    told = session.get(REFUSED)
    if not told:
        return redirect(url_for("auth.sign_in"))
    page = render_template("auth/sign_on_refused.html", **told)
    return make_response(page, 401)


@blueprint.get("/link/<secret>")
@anyone("sign_in")
def invited(secret: str) -> Response:
    """What an invitation leads to. Nothing has happened yet: mail servers open links, too."""
    _provider()
    name = who_is_expected(_system(), secret, _settings().sign_on_issuer)
    session[INVITATION] = secret
    answer = make_response(render_template("auth/link.html", name=name))
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


@blueprint.get("/sign-out/council")
@anyone("sign_out")
def sign_out_there() -> Response:
    """On to where the council's own session ends, for whoever has just signed out here."""
    end_reading()
    provider, token = _provider(), session.pop(SIGNED_OUT, "")
    here = url_for("auth.sign_in")
    if not token:
        return redirect(here)
    try:
        public = _settings().public_url.rstrip("/")
        address = provider.way_out(sign_out_hint(_system(), token), f"{public}{here}")
    except SignOnRefused:
        return redirect(here)
    return redirect(address or here)


def remember_signing_out(token: str) -> None:
    """The page that follows offers to end the council's own session, too."""
    session[SIGNED_OUT] = token


def may_sign_out_there() -> bool:
    return SIGNED_OUT in session and bool(_settings().sign_on_issuer)


def _begun(
    next_page: str, invited: str, kept: Sequence[tuple[str, str]] = (), *, again: bool = False
) -> str:
    """The provider's address for a new attempt of this browser; empty where it is away."""
    end_reading()
    provider = _provider()
    _count_a_try()
    at = current_app.extensions["pepway_wall_clock"].now()
    browser = session.setdefault(BROWSER, secrets.token_urlsafe(32))
    try:
        provider.discovery()
    except SignOnRefused as problem:
        _refuse(REFUSALS[problem.why], problem.detail)
        return ""
    invitation = hash_of(invited) if invited else ""
    attempt = begin_attempt(_system(), browser, at, next_page, invitation, kept)
    return str(provider.way_in(attempt, _back_here(), again=again))


def _signed_on(claimed: Claimed, hint: str, attempt: Attempt) -> Response:
    actor: Actor | None
    if attempt.invitation:
        try:
            actor = link_identity(_system(), attempt.invitation, claimed)
        except Refused as problem:
            return _refuse(problem.message, "link refused", claimed)
    else:
        actor = sign_in_by_identity(_system(), claimed)
    if actor is None:
        return _refuse(REFUSALS["unknown"], "no person has this identity", claimed)
    give_back(_system(), budget_of_network(this_browser()))
    return enter_by_sign_on(actor, attempt.next_page, attempt.fields, hint)


def _count_a_try() -> None:
    """As a wrong one of this network, until somebody is signed in by it. Raises `TooOften`."""
    at = current_app.extensions["pepway_wall_clock"].now()
    if until := take_a_try(_system(), budget_of_network(this_browser()), at):
        raise TooOften(until, at)


def _each_once() -> bool:
    """A parameter that comes twice may be read in two ways (RFC 6749)."""
    return all(len(values) == 1 for _, values in request.args.lists())


def _code() -> str:
    """Raises `SignOnRefused` where the council's sign-on says that it signed nobody in."""
    error, code = request.args.get("error"), request.args.get("code", "")
    if error is not None:
        word = error if ERROR.fullmatch(error) else "not one of OAuth's words"
        raise SignOnRefused("declined", f"response: {word}")
    if not CODE.fullmatch(code):
        raise SignOnRefused("untrusted", "response: code")
    return code


def _refuse(sentence: str, audited: str, claimed: Claimed | None = None) -> Response:
    reference = refuse_sign_on(_system(), audited, claimed)
    session[REFUSED] = {"sentence": sentence, "reference": reference}
    return redirect(url_for(".refused"))


def _provider() -> Any:
    """Raises `NotFound` where the council has no sign-on of its own."""
    provider = current_app.extensions["pepway_provider"]
    if provider is None:
        raise NotFound
    return provider


def _back_here() -> str:
    """As it is registered with the provider, whatever the request said of its host."""
    return f"{_settings().public_url.rstrip('/')}{url_for('.back')}"


def _settings() -> Settings:
    settings: Settings = current_app.extensions["pepway_settings"]
    return settings


def _system() -> Acting:
    acting: Acting = current_app.extensions["pepway"].acting(SYSTEM)
    return acting
