"""Who a request of the API comes from, whether its token reaches so far, and how often it comes."""

from collections.abc import Callable
from typing import Any

from flask import current_app, g, request
from werkzeug.exceptions import UnsupportedMediaType

from engine.domain import SYSTEM
from web.access import require
from web.api.problems import Denied
from web.api.rates import Rates
from web.network import network_of_request
from web.readable import must_be_readable
from web.reading import begin_reading, end_reading, read_for
from workflows.tokens import find_bearer, note_wrong_token

OPEN_TO_ANYONE = frozenset({"api.openapi", "api.signed_plan_schema"})
READING = frozenset({"GET", "HEAD", "OPTIONS"})


def ask_who() -> None:
    """Set who acts from the bearer token, before anything of the request is read.

    Raises `Denied` with 401, 403 or 429.
    """
    if request.endpoint in OPEN_TO_ANYONE:
        return
    rates: Rates = current_app.extensions["pepway_rates"]
    at = current_app.extensions["pepway_wall_clock"].now()
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    known = kind.lower() == "bearer" and token.strip()
    work = begin_reading()
    bearer = find_bearer(work, token.strip()) if known else None
    by = current_app.extensions["pepway"].acting(SYSTEM)
    if bearer is None:
        end_reading()
        raise Denied(429 if note_wrong_token(by, network_of_request(), at) else 401)
    if rates.is_too_often(by, bearer.token_id, at):
        raise Denied(429)
    if _scope_needed() not in bearer.scopes:
        raise Denied(403)
    g.acting, g.token_id = read_for(work, bearer.actor), bearer.token_id
    require("use_api")
    if request.get_data() and not request.is_json and request.mimetype not in _others_taken():
        raise UnsupportedMediaType
    must_be_readable()


def reaches(scope: str, *beside_json: str) -> Callable[[Any], Any]:
    """Ask for a scope of its own, which neither reading nor writing brings; and take bodies of
    these types too."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        view.scope, view.beside_json = scope, beside_json  # type: ignore[attr-defined]
        return view

    return decorate


def _scope_needed() -> str:
    own: str = getattr(_view(), "scope", "")
    return own or ("read" if request.method in READING else "write")


def _others_taken() -> tuple[str, ...]:
    taken: tuple[str, ...] = getattr(_view(), "beside_json", ())
    return taken


def _view() -> Any:
    return current_app.view_functions.get(request.endpoint or "")
