"""What is noted of each request for whoever watches over Pepway: how long it took, and how it went.

By the rule of its address, never by the address: that may hold what leads to a child.
"""

import time

from flask import Flask, Response, g, request

from engine.measures import REQUESTS

NO_RULE = "none"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def watch_requests(app: Flask) -> None:
    """To be registered before all else, so that it begins first and ends last."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = time.monotonic()


def _end(response: Response) -> Response:
    began = g.get("began")
    if began is not None:
        method = request.method if request.method in METHODS else "other"
        status = f"{response.status_code // 100}xx"
        REQUESTS.labels(rule_of_request(), method, status).observe(time.monotonic() - began)
    return response


def rule_of_request() -> str:
    return request.url_rule.rule if request.url_rule else NO_RULE
