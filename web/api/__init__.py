"""REST under /api/v1: the same verbs and the same `decide` as the pages, with bearer tokens."""

from apiflask import APIBlueprint, APIFlask
from flask import jsonify
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response

from web.access import anyone
from web.api.problems import register_problems
from web.api.routes import add_routes

TITLE = "Pepway"


def register(app: APIFlask, csrf: CSRFProtect) -> None:
    """Hang the API into the application. Bearer requests carry no cookie, so no CSRF token."""
    blueprint = APIBlueprint("api", __name__, url_prefix="/api/v1", tag="Pepway")
    register_problems(blueprint)
    add_routes(blueprint)

    @blueprint.get("/openapi.json")
    @blueprint.doc(hide=True)
    @anyone("see_api_docs")
    def openapi() -> Response:
        return jsonify(app.spec)

    csrf.exempt(blueprint)
    app.register_blueprint(blueprint)
