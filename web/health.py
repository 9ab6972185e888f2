"""Whether Pepway runs; carries no data."""

from flask import Blueprint, current_app

from engine.background import Background
from engine.faults import is_passing
from engine.store.schema import serve_this_version
from web.access import anyone

BACKGROUND = "pepway_background"
"""Where the application keeps the background work that it knows of."""

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@anyone("see_health")
def healthz() -> tuple[str, int]:
    return "ok\n", 200


@blueprint.get("/readyz")
@anyone("see_health")
def readyz() -> tuple[str, int]:
    """Not ready where another start or command is wanted.

    Without a worker on PostgreSQL the pages work still: it is said, and no reason to send people
    away.
    """
    try:
        return _standing()
    except Exception as fault:
        if not is_passing(fault):
            raise
        return "the database is away: Pepway goes on when it is back\n", 503


def _standing() -> tuple[str, int]:
    installation = current_app.extensions["pepway"]
    if not serve_this_version(installation.database):
        return "the database needs `pepway migrate`\n", 503
    background: Background | None = current_app.extensions.get(BACKGROUND)
    if background is None or background.health().running:
        return "ready\n", 200
    if background.in_the_web_process:
        return "the background work has stopped: start Pepway again\n", 503
    return "ready, but no worker runs: start `pepway worker`\n", 200
