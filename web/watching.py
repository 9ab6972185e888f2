"""What is noted of each request for whoever watches over Pepway: how long it took, and how it went.

By the rule of its address, never by the address: that may hold what leads to a child, or a secret.
"""

import logging
import re
import secrets
import time
from uuid import UUID

from flask import Flask, Response, current_app, g, request

from engine.doing import be_doing
from engine.measures import REQUESTS

log = logging.getLogger(__name__)

NO_RULE = "none"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
TOLD = ("case_id", "task_id")
"""Parts of an address that are logged."""
REQUEST_ID = "X-Request-ID"
_SHAPE = re.compile(r"[0-9a-fA-F-]{8,64}")
"""What no name fits in."""


def watch_requests(app: Flask) -> None:
    """To be registered before all else, so that it begins first and ends last."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(lambda _fault: be_doing())


def id_of_request() -> str:
    """That which a proxy before Pepway gives it, else a new one; error pages ask to quote it."""
    if "request_id" not in g:
        given = request.headers.get(REQUEST_ID, "")
        is_ours = current_app.extensions["pepway_settings"].proxies and _SHAPE.fullmatch(given)
        g.request_id = given if is_ours else secrets.token_hex(4)
    known: str = g.request_id
    return known


def rule_of_request() -> str:
    return request.url_rule.rule if request.url_rule else NO_RULE


def _begin() -> None:
    g.began = time.monotonic()
    be_doing(request=id_of_request(), rule=rule_of_request())


def _end(response: Response) -> Response:
    response.headers[REQUEST_ID] = id_of_request()
    began = g.get("began")
    if began is not None:
        seconds = time.monotonic() - began
        method = request.method if request.method in METHODS else "other"
        status = response.status_code
        REQUESTS.labels(rule_of_request(), method, f"{status // 100}xx").observe(seconds)
        log.info("request", extra={"known": {
            "method": method, "status": status, "ms": round(seconds * 1_000), **_ids()}})
    return response


def _ids() -> dict[str, str]:
    acting, named = g.get("acting"), request.view_args or {}
    told = {name.removesuffix("_id"): str(named[name]) for name in TOLD
            if isinstance(named.get(name), UUID)}
    return {**({"person": str(acting.actor.id)} if acting else {}), **told}
