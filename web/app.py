"""Makes the Flask application out of an installation."""

import secrets
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from urllib.parse import urlsplit
from wsgiref.headers import Headers

from apiflask import APIFlask
from flask import Flask, Response, current_app, g, request, session
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from engine.clock import Clock, SystemClock
from engine.work import Installation
from web import (
    actions,
    admin,
    api,
    attached,
    auth,
    board,
    cases,
    contributing,
    documents,
    finding,
    governance,
    health,
    help,
    looks,
    meeting,
    metrics,
    notices,
    pictures,
    procedures,
    progress,
    records,
    sections,
    sight,
    studio,
    tasks,
    telling,
    workload,
)
from web.compressing import compress_pages
from web.errors import must_come_from_here, register_errors
from web.layout import BUILT, register_layout
from web.layout.environment import LayoutEnvironment
from web.readable import must_be_readable
from web.reading import (
    begin_reading,
    end_reading,
    hold_answers_against_the_audit,
    read_for,
    register_reading,
)
from web.settings import LOOPBACK, Settings
from web.uploading import allow_its_size
from web.watching import watch_requests
from workflows.sessions import who_is_signed_in
from workflows.sight.unusual import Openings

FEATURES = (
    auth, tasks, contributing, pictures, actions, cases, finding, records, sections, documents,
    progress, procedures, studio, board, workload, telling, meeting, attached, sight, admin,
    governance, notices, looks, help, health, metrics,
)

MOST_SENT = 2_000_000
"""Bytes, but where a file is added (`uploading.py`). Of a form as much: one answer may have 20,000
characters, each of which travels as up to twelve bytes, and no word is to be lost."""
MOST_PARTS = 300
"""Of forms that bring a file; they have a few questions. Other forms are not sent in parts."""
CONTENT_POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'nonce-{nonce}'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
FIXED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # With `no-referrer` a browser sends `Origin: null` with our own forms, and we could not tell
    # them from another site's. To other sites this says nothing either.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in (
        "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture",
        "encrypted-media", "fullscreen", "geolocation", "gyroscope", "magnetometer", "microphone",
        "midi", "payment", "screen-wake-lock", "serial", "usb",
        "xr-spatial-tracking",
    )),
}
FILE_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
FOR_A_YEAR = "max-age=31536000; includeSubDomains"


def create_app(
    installation: Installation, settings: Settings, wall_clock: Clock | None = None
) -> Flask:
    """`wall_clock` is what sessions run out by: the machine's, not the demonstration's."""
    app = APIFlask(
        "web", title="Pepway", version=version("pepway"), static_folder="static",
        static_url_path="/static", spec_path=None, docs_path=None, json_errors=False,
    )
    app.jinja_environment = LayoutEnvironment  # before anything asks for it
    app.config.update(
        OPENAPI_VERSION="3.1.0",
        SECURITY_SCHEMES={"token": {"type": "http", "scheme": "bearer"}},
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=settings.secret_keys[1:],
        SESSION_COOKIE_NAME="__Host-pepway" if settings.secure else "pepway",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=7),
        TRUSTED_HOSTS=_hosts(settings),
        MAX_CONTENT_LENGTH=MOST_SENT,
        MAX_FORM_MEMORY_SIZE=MOST_SENT,
        MAX_FORM_PARTS=MOST_PARTS,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    app.extensions["pepway"] = installation
    app.extensions["pepway_settings"] = settings
    app.extensions["pepway_wall_clock"] = wall_clock or SystemClock()
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=0, x_host=0
        )
    app.extensions["pepway_provider"] = auth.provider_of(settings)
    app.extensions["pepway_openings"] = Openings()
    watch_requests(app)
    register_reading(app)
    app.before_request(_who_acts)  # before CSRFProtect's, whose refusal asks who is signed in
    app.before_request(_read_request)
    app.before_request(must_come_from_here)
    csrf = CSRFProtect(app)
    compress_pages(app)
    app.after_request(_see_other)
    app.after_request(_harden)
    register_layout(app)
    register_errors(app)
    for feature in FEATURES:
        app.register_blueprint(feature.blueprint)
    api.register(app, csrf)
    hold_answers_against_the_audit(app)
    _serve_built_files(app, settings)
    return app


def _serve_built_files(app: Flask, settings: Settings) -> None:
    """Their names hold a hash of what is in them, so a browser keeps them for good; they were
    compressed when they were built."""
    if BUILT.is_dir():
        app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
            app.wsgi_app, root=BUILT, prefix="static/built/",
            immutable_file_test=lambda _path, _url: True, allow_all_origins=False,
            add_headers_function=partial(_harden_file, settings.secure),
        )


def _harden_file(secure: bool, headers: Headers, _path: str, _url: str) -> None:
    for name, value in {**FIXED_HEADERS, "Content-Security-Policy": FILE_POLICY}.items():
        headers[name] = value
    if secure:
        headers["Strict-Transport-Security"] = FOR_A_YEAR


def _see_other(response: Response) -> Response:
    """After a form was sent the browser goes on by GET, so that its Back button works."""
    if request.method == "POST" and response.status_code == 302:
        response.status_code = 303
    return response


def _hosts(settings: Settings) -> list[str]:
    """The names that Pepway answers to. Without https it answers on this machine only."""
    host = urlsplit(settings.public_url).hostname or ""
    return [host] if settings.secure else sorted({host, *LOOPBACK, "[::1]"} - {"::1"})


def _who_acts() -> None:
    """Who is signed in, as they may act at this very request.

    The cookie outlives the session, so that a form left open overnight still says whose it was.
    """
    g.csp_nonce = secrets.token_urlsafe(16)
    g.csp_extra = {}
    g.acting = None
    if request.path.startswith(("/api/", "/static/")):
        return
    token = session.get("token")
    if not token:
        return
    at = current_app.extensions["pepway_wall_clock"].now()
    work = begin_reading()
    actor = who_is_signed_in(work, token, at)
    if actor is None:
        end_reading()
    else:
        g.acting = read_for(work, actor)


def _read_request() -> None:
    """The API asks for its token first."""
    allow_its_size()
    if not request.path.startswith("/api/"):
        must_be_readable()


def _harden(response: Response) -> Response:
    nonce = g.get("csp_nonce", "")
    policy = {**CONTENT_POLICY, **g.get("csp_extra", {})}
    response.headers["Content-Security-Policy"] = "; ".join(
        f"{name} {value}" for name, value in policy.items()
    ).format(nonce=nonce)
    response.headers.update({**FIXED_HEADERS, **g.get("stricter_headers", {})})
    if current_app.extensions["pepway_settings"].secure:
        response.headers["Strict-Transport-Security"] = FOR_A_YEAR
    if not request.path.startswith("/static/") or response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Cookie")
    return response
