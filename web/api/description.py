"""What the OpenAPI text says beyond the types of its routes: enough to make a client from it."""

from typing import Any

from web.api.imports import CSV, ImportIn
from web.api.once import DESCRIBED as KEY
from web.api.problems import describe_problems
from web.api.shapes import ReasonIn
from web.api.unchanged import DESCRIBED as TAG
from web.api.unchanged import NOT_CHANGED
from workflows.administration.imports import KINDS

CHANGING = frozenset({"post", "put"})
SCHEMAS = "#/components/schemas/"
BODY_MAY_BE_LEFT_OUT = {"post_api_release": ReasonIn}
ROWS_OR_A_FILE = {"post_api_import_kind": ImportIn}


def describe(spec: dict[str, Any]) -> dict[str, Any]:
    describe_problems(spec)
    for operations in spec["paths"].values():
        for method, operation in operations.items():
            if method in CHANGING:
                operation.setdefault("parameters", []).append(KEY)
            elif "application/json" in operation["responses"]["200"]["content"]:
                operation.setdefault("parameters", []).append(TAG)
                operation["responses"]["304"] = NOT_CHANGED
            _describe_ids(operation)
            _describe_body(spec, operation)
            _describe_rows(spec, operation)
    plain: dict[str, Any] = _with_plain_names(spec)
    schemas = plain["components"]["schemas"]
    plain["components"]["schemas"] = {_plain(name): schemas[name] for name in sorted(schemas)}
    return plain


def _describe_ids(operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path" and parameter["name"].endswith("_id"):
            parameter["schema"] = {"type": "string", "format": "uuid"}


def _describe_body(spec: dict[str, Any], operation: dict[str, Any]) -> None:
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True
    shape = BODY_MAY_BE_LEFT_OUT.get(operation["operationId"])
    if shape is not None:
        spec["components"]["schemas"][shape.__name__] = shape.model_json_schema()
        schema = {"$ref": f"{SCHEMAS}{shape.__name__}"}
        operation["requestBody"] = {"content": {"application/json": {"schema": schema}}}


def _describe_rows(spec: dict[str, Any], operation: dict[str, Any]) -> None:
    shape = ROWS_OR_A_FILE.get(operation["operationId"])
    if shape is None:
        return
    spec["components"]["schemas"][shape.__name__] = shape.model_json_schema()
    operation["requestBody"] = {"required": True, "content": {
        "application/json": {"schema": {"$ref": f"{SCHEMAS}{shape.__name__}"}},
        CSV: {"schema": {"type": "string", "description": "The first row names the columns"}},
    }}
    for parameter in operation["parameters"]:
        if parameter["name"] == "kind":
            parameter["schema"] = {"type": "string", "enum": list(KINDS)}


def _with_plain_names(part: Any) -> Any:
    """A shape inside another is called `Outer.Inner` by who makes the text: here it has one name
    wherever it stands."""
    if isinstance(part, dict):
        return {name: f"{SCHEMAS}{_plain(said.removeprefix(SCHEMAS))}"
                if name == "$ref" and said.startswith(SCHEMAS) else _with_plain_names(said)
                for name, said in part.items()}
    if isinstance(part, list):
        return [_with_plain_names(each) for each in part]
    return part


def _plain(name: str) -> str:
    return name.rpartition(".")[2]
