"""Errors as problem+json: one sentence, and where answers are wrong, one for each field."""

import logging
from typing import Any

from apiflask import APIBlueprint
from apiflask.exceptions import HTTPError
from flask import g, json, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from engine.errors import (
    AnswersInvalid,
    CaseClosed,
    EngineError,
    NotFound,
    TaskGone,
    TaskTaken,
    ValuesChanged,
)
from engine.faults import is_passing, where
from web.access import may_see
from web.errors import SECONDS_TO_WAIT
from web.watching import id_of_request
from workflows.administration.imports import RowsWrong
from workflows.pep.becoming_looked_after import MayBeKnown
from workflows.pep.changes.carrying_out import NotNow, SeenIsOld
from workflows.pep.starting import CaseRuns
from workflows.sight.unusual import TooManyOpened
from workflows.task_page import sees
from workflows.tokens import TokenSpent

log = logging.getLogger(__name__)

STATUS: dict[type[EngineError], int] = {
    MayBeKnown: 409,
    NotNow: 409,
    SeenIsOld: 409,
    NotFound: 404,
    TaskGone: 409,
    TaskTaken: 409,
    CaseClosed: 409,
    CaseRuns: 409,
    ValuesChanged: 409,
    TokenSpent: 401,
    TooManyOpened: 429,
}
TITLES = {
    400: "The request cannot be read as JSON",
    401: "A token is needed",
    403: "The token does not allow this",
    404: "There is nothing here that you can see",
    405: "This method is not possible here",
    409: "Something changed in between",
    413: "The request is too large",
    415: "Send JSON",
    422: "There is a problem with what you sent",
    429: "Too many requests",
    500: "Something went wrong",
    503: "The records cannot be reached for a moment",
}
TITLE_OF: dict[type[EngineError], str] = {
    CaseRuns: "This child has a running case already",
    MayBeKnown: "This child may be known already",
    NotNow: "This cannot be changed now",
}
DETAILS = {
    401: "Send a token that is known and has not expired: Authorization: Bearer ...",
    403: "Reading needs a token with the scope read; telling of a child's care, the scope care; an "
         "import, the scope import; changing anything else, the scope write.",
    429: "Wait a minute, then go on more slowly.",
    503: "It may have been done: look first, or send it again with the same Idempotency-Key.",
}
TO_WAIT = {429: 60, 503: SECONDS_TO_WAIT}
"""Seconds."""
PROBLEM_JSON = "application/problem+json"


class Denied(Exception):
    """No token, or not the right one, or too often."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status


def register_problems(api: APIBlueprint) -> None:
    api.register_error_handler(EngineError, _engine_error)
    api.register_error_handler(Denied, lambda denied: problem(denied.status))
    api.register_error_handler(HTTPError, _invalid)
    api.register_error_handler(ValidationError, _not_of_the_shape)
    api.register_error_handler(HTTPException, lambda error: problem(error.code or 500))
    api.register_error_handler(Exception, _unexpected)


def problem(
    status: int,
    detail: str = "",
    errors: list[dict[str, Any]] | None = None,
    *,
    title: str = "",
) -> Response:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": title or TITLES.get(status, TITLES[400]),
        "status": status,
    }
    if detail or status in DETAILS:
        body["detail"] = detail or DETAILS[status]
    if errors:
        body["errors"] = errors
    response = Response(json.dumps(body), status, mimetype=PROBLEM_JSON)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if status in TO_WAIT:
        response.headers["Retry-After"] = str(TO_WAIT[status])
    return response


def describe_problems(spec: dict[str, Any]) -> dict[str, Any]:
    """Say in the OpenAPI text what every operation may answer beside its success."""
    parts = spec.setdefault("components", {})
    parts.setdefault("schemas", {})["Problem"] = _SCHEMA
    answers = parts.setdefault("responses", {})
    for status in (400, 401, 403, 404, 409, 413, 415, 422, 429):
        answers[str(status)] = {
            "description": TITLES[status],
            "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    for operations in spec["paths"].values():
        for method, operation in operations.items():
            operation["security"] = [{"token": []}]
            writing = (409, 413, 415) if method != "get" else ()
            for status in (400, 401, 403, 404, 422, 429, *writing):
                reference = {"$ref": f"#/components/responses/{status}"}
                operation["responses"].setdefault(str(status), reference)
    return spec


_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["path", "message"],
                "properties": {
                    "path": {"type": "string", "description": "Where it is in what you sent, "
                             "such as answers.targets[0].text"},
                    "message": {"type": "string"},
                    "current": {"description": "Of a conflict: the value that stands now, where "
                                "you may see it"},
                    "version": {"type": "integer", "description": "Of a conflict: its version"},
                    "row": {"type": "integer", "description": "Of an import: the row"},
                    "column": {"type": "string", "description": "Of an import: its column"},
                },
            },
        },
    },
}


def _engine_error(error: EngineError) -> Response:
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 422)
    if isinstance(error, AnswersInvalid):
        found = [{"path": _place(path), "message": text} for path, text in error.errors.items()]
        return problem(status, error.message, found)
    if isinstance(error, ValuesChanged):
        clashes = [
            {"path": f"answers.{clash.key}", "message": "This answer changed in between",
             **({"current": clash.current} if sees(g.acting.actor.id, clash, may_see) else {}),
             "version": clash.version}
            for clash in error.clashes
        ]
        return problem(status, error.message, clashes)
    if isinstance(error, RowsWrong):
        return problem(status, error.message, [
            {"path": f"rows[{each.row}].{each.column}", "message": each.sentence,
             "row": each.row, "column": each.column} for each in error.wrong])
    title = next((said for kind, said in TITLE_OF.items() if isinstance(error, kind)), "")
    return problem(status, "" if status == 404 else error.message, title=title)


def _place(path: str) -> str:
    """Answers lie under `answers` in what is sent; everything else beside them."""
    sent = request.get_json(silent=True)
    beside = set(sent) if isinstance(sent, dict) else set()
    under_answers = request.path.startswith("/api/v1/tasks/") or "answers" in beside
    return f"answers.{path}" if under_answers and path not in beside else path


def _invalid(error: HTTPError) -> Response:
    """What the shape of the request lacks: fields by the part that they belong to."""
    found = [
        {"path": str(name), "message": message}
        for fields in (error.detail or {}).values()
        for name, messages in (fields.items() if isinstance(fields, dict) else [("", fields)])
        for message in (messages if isinstance(messages, list) else [str(messages)])
    ]
    return problem(error.status_code, "", found)


def _not_of_the_shape(error: ValidationError) -> Response:
    """A body that no `@api.input` has read, because it may be left out."""
    found = [
        {"path": ".".join(str(part) for part in each["loc"]), "message": each["msg"]}
        for each in error.errors(include_url=False, include_input=False)
    ]
    return problem(422, "", found)


def _unexpected(error: Exception) -> Response:
    """Logged under a number that says nothing about anyone, which the answer asks to quote."""
    if is_passing(error):
        log.error("the database is away: %s %s", request.method, request.endpoint)
        return problem(503)
    quote = id_of_request()
    log.error("request %s failed: %s %s\n%s", quote, request.method, request.endpoint,
              where(error))
    return problem(500, f"Nothing was changed. Quote {quote} when you ask for help.")
