"""Who a request of the API comes from, whether its token reaches so far, and how often it comes."""

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
    if ("read" if request.method in READING else "write") not in bearer.scopes:
        raise Denied(403)
    g.acting, g.token_id = read_for(work, bearer.actor), bearer.token_id
    require("use_api")
    if request.get_data() and not request.is_json:
        raise UnsupportedMediaType
    must_be_readable()
