"""REST under /api/v1: the same verbs and the same `decide` as the pages, with bearer tokens."""

from apiflask import APIFlask
from flask import current_app, jsonify
from flask_wtf.csrf import CSRFProtect
from werkzeug.routing import PathConverter
from werkzeug.wrappers import Response

from engine.errors import NotFound
from web.access import allow, anyone
from web.api import (
    board,
    cases,
    changes,
    children,
    history,
    imports,
    involvements,
    looked_after,
    tasks,
)
from web.api.bearer import ask_who
from web.api.blueprint import api
from web.api.description import describe
from web.api.problems import register_problems
from web.api.rates import Rates
from web.api.unchanged import tell_whether_changed
from web.settings import Settings
from workflows.filing.leaving import RECIPIENT
from workflows.filing.schema import PATH, address_of_schema, schema_for

__all__ = ["board", "cases", "changes", "children", "history", "imports", "involvements",
           "looked_after", "register", "tasks"]

REQUESTS_A_MINUTE = 600
"""For each token; it keeps a program that runs wild from slowing down people."""


@api.get("/openapi.json")
@api.doc(hide=True)
@anyone("see_api_docs")
def openapi() -> Response:
    app: APIFlask = current_app  # type: ignore[assignment]
    return jsonify(app.spec)


@api.get(PATH.removeprefix("/api/v1"))
@api.doc(hide=True)
@anyone("see_api_docs")
def signed_plan_schema() -> Response:
    """What the case system is sent."""
    settings: Settings = current_app.extensions["pepway_settings"]
    schema = jsonify(schema_for(RECIPIENT, address_of_schema(settings.public_url)))
    schema.mimetype = "application/schema+json"
    return schema


class Rest(PathConverter):
    """Whatever follows: a line break too, which `path` stops at."""

    regex = "[^/](?s:.*?)"


@api.route("/<rest:rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
@api.doc(hide=True)
@allow("use_api")
def nothing_here(rest: str) -> Response:
    """What is no address of the API gets an answer in the API's own form."""
    raise NotFound


register_problems(api)
api.before_request(ask_who)
api.after_request(tell_whether_changed)


def register(app: APIFlask, csrf: CSRFProtect) -> None:
    """Hang the API into the application. Bearer requests carry no cookie, so no form token."""
    app.config.update(
        AUTO_404_RESPONSE=False,
        AUTO_OPERATION_ID=True,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
    )
    app.extensions["pepway_rates"] = Rates(REQUESTS_A_MINUTE)
    app.spec_processor(describe)  # type: ignore[arg-type]
    csrf.exempt(api)
    app.url_map.converters["rest"] = Rest
    app.register_blueprint(api)
