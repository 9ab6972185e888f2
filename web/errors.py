"""Errors as pages: one table from what went wrong to a sentence that says what to do."""

import logging

from flask import Flask, Response, g, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from engine.errors import CaseClosed, EngineError, NotFound, Refused, TaskGone, TaskTaken

log = logging.getLogger(__name__)

STATUS = {NotFound: 404, TaskGone: 409, TaskTaken: 409, CaseClosed: 409, Refused: 422}
TITLES = {
    400: "Something in this page was out of date",
    404: "Page not found",
    405: "This page cannot be used in this way",
    409: "Somebody was there before you",
    413: "This is too large",
    422: "That cannot be done",
    429: "Too many tries",
    500: "Sorry, something went wrong",
}
SENTENCES = {
    404: "Check the address, or go to your tasks.",
    405: "Go back and try again.",
    413: "Send less in one go: at most 2 MB.",
    500: "We have noted it. What you typed is below, and what was saved before is safe.",
}
NEVER_SHOWN = frozenset({"csrf_token", "password", "nonce"})


def register_errors(app: Flask) -> None:
    app.register_error_handler(EngineError, _engine_error)
    app.register_error_handler(CSRFError, _out_of_date)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def error_page(status: int, message: str = "") -> Response:
    """A page that keeps what was typed, so that it can be copied."""
    html = render_template(
        "error.html",
        title=TITLES.get(status, TITLES[400]),
        message=message or SENTENCES.get(status, "Go back and try again."),
        typed=_typed(),
    )
    return make_response(html, status)


def _engine_error(error: EngineError) -> Response:
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 422)
    return error_page(status, "" if status == 404 else error.message)


def _out_of_date(error: CSRFError) -> Response:
    """The page was open for too long. What was typed goes on with a new page, on one click.

    Only for a form of our own: one sent from another site is refused outright.
    """
    if not _from_here():
        return error_page(400, "This form did not come from Pepway.")
    fields = [(n, v) for n, v in request.form.items(multi=True) if n not in NEVER_SHOWN]
    if request.path == url_for("auth.sign_in"):
        return make_response(redirect(url_for("auth.sign_in")))
    if g.get("acting") is None:
        html = render_template("auth/sign_in.html", next=request.path, kept=fields, errors={},
                               email="", signed_out=True)
        return make_response(html, 401)
    html = render_template("still_here.html", path=request.path, kept=fields)
    return make_response(html, 400)


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if status in (301, 302, 303, 307, 308):
        response = error.get_response()
        return make_response(response)
    return error_page(status)


def _unexpected(error: Exception) -> Response:
    log.exception("request failed: %s %s", request.method, request.endpoint)
    return error_page(500)


def _from_here() -> bool:
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return not origin or origin.rstrip("/").startswith(request.host_url.rstrip("/"))


def _typed() -> list[tuple[str, str]]:
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in NEVER_SHOWN and not name.startswith("seen-") and value.strip()
    ]
