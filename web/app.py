"""Makes the Flask application out of an installation."""

import secrets
from datetime import timedelta
from uuid import UUID

from flask import Flask, Response, current_app, g, request, session
from flask_wtf.csrf import CSRFProtect

from engine.domain import SYSTEM
from engine.work import Installation
from web import api, auth, board, cases, health, procedures, records, studio, tasks
from web.errors import register_errors
from web.layout import register_layout
from web.settings import Settings
from workflows.people import find_actor

FEATURES = (auth, tasks, cases, records, procedures, studio, board, health)

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


def create_app(installation: Installation, settings: Settings) -> Flask:
    app = Flask("web", static_folder="static", static_url_path="/static")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-pepway" if settings.secure else "pepway",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=10),
        MAX_CONTENT_LENGTH=3_000_000,
        MAX_FORM_MEMORY_SIZE=1_000_000,
        MAX_FORM_PARTS=2_000,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    app.extensions["pepway"] = installation
    app.extensions["pepway_settings"] = settings
    csrf = CSRFProtect(app)
    app.before_request(_who_acts)
    app.after_request(_harden)
    register_layout(app)
    register_errors(app)
    for feature in FEATURES:
        app.register_blueprint(feature.blueprint)
    api.register(app, csrf)
    return app


def _who_acts() -> None:
    """Who is signed in, as they may act at this very request."""
    g.csp_nonce = secrets.token_urlsafe(16)
    g.csp_extra = {}
    g.acting = None
    if request.path.startswith(("/api/", "/static/")):
        return
    installation: Installation = current_app.extensions["pepway"]
    person = session.get("person")
    actor = find_actor(installation.acting(SYSTEM), UUID(person)) if person else None
    if actor is not None:
        g.acting = installation.acting(actor)


def _harden(response: Response) -> Response:
    nonce = g.get("csp_nonce", "")
    policy = {**CONTENT_POLICY, **g.get("csp_extra", {})}
    response.headers["Content-Security-Policy"] = "; ".join(
        f"{name} {value}" for name, value in policy.items()
    ).format(nonce=nonce)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.path.startswith("/static/built/"):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif not request.path.startswith("/static/"):
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Cookie")
    return response
