"""Whether Pepway runs; carries no data."""

from flask import Blueprint, current_app

from engine.store.schema import is_current
from web.access import anyone

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@anyone("see_health")
def healthz() -> tuple[str, int]:
    return "ok\n", 200


@blueprint.get("/readyz")
@anyone("see_health")
def readyz() -> tuple[str, int]:
    installation = current_app.extensions["pepway"]
    ready = is_current(installation.database)
    return ("ready\n", 200) if ready else ("the database needs `pepway migrate`\n", 503)
