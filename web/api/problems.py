"""Errors as problem+json: one sentence, and where answers are wrong, one for each field."""

from typing import Any

from apiflask import APIBlueprint
from apiflask.exceptions import HTTPError
from flask import json
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

STATUS: dict[type[EngineError], int] = {
    NotFound: 404,
    TaskGone: 409,
    TaskTaken: 409,
    CaseClosed: 409,
    ValuesChanged: 409,
    AnswersInvalid: 422,
}
TITLES = {
    400: "The request cannot be read",
    401: "A token is needed",
    403: "The token does not allow this",
    404: "There is nothing here that you can see",
    405: "This method is not possible here",
    409: "Something changed in between",
    413: "The request is too large",
    415: "Send JSON",
    422: "There is a problem with your answers",
    500: "Something went wrong",
}


class Denied(Exception):
    """No token, or not the right one."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status


def register_problems(blueprint: APIBlueprint) -> None:
    blueprint.register_error_handler(EngineError, _engine_error)
    blueprint.register_error_handler(Denied, lambda denied: problem(denied.status))
    blueprint.register_error_handler(HTTPError, _invalid)
    blueprint.register_error_handler(HTTPException, lambda error: problem(error.code or 500))


def problem(
    status: int, detail: str = "", errors: list[dict[str, Any]] | None = None
) -> Response:
    body: dict[str, Any] = {"title": TITLES.get(status, TITLES[400]), "status": status}
    if detail:
        body["detail"] = detail
    if errors:
        body["errors"] = errors
    response = Response(json.dumps(body), status, mimetype="application/problem+json")
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _engine_error(error: EngineError) -> Response:
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 422)
    if isinstance(error, AnswersInvalid):
        found = [{"path": path, "message": text} for path, text in error.errors.items()]
        return problem(status, error.message, found)
    if isinstance(error, ValuesChanged):
        clashes = [
            {"path": clash.key, "message": "This answer changed in between",
             "current": clash.current, "version": clash.version}
            for clash in error.clashes
        ]
        return problem(status, error.message, clashes)
    return problem(status, "" if status == 404 else error.message)


def _invalid(error: HTTPError) -> Response:
    found = [
        {"path": f"{place}.{field}".strip("."), "message": str(text)}
        for place, fields in (error.detail or {}).items()
        for field, text in (fields.items() if isinstance(fields, dict) else [("", fields)])
    ]
    return problem(error.status_code, "", found)
