"""The JSON Schema of what is sent to the case system: told from the places of the record.

A place that is added is no new version; one whose type changes, or that goes away, is.
"""

from collections.abc import Mapping
from typing import Any

from workflows.documents.recipients import Recipient, may_read
from workflows.pep.record import PLACES

VERSION = 1
PATH = f"/api/v1/schemas/signed-plan/{VERSION}"

_TEXT, _MOMENT = {"type": "string"}, {"type": "string", "format": "date-time"}
_DATE, _ID = {"type": "string", "format": "date"}, {"type": "string", "format": "uuid"}
TYPES: Mapping[str, Mapping[str, Any]] = {
    "text": _TEXT, "choice": _TEXT, "date": _DATE, "number": {"type": "number"},
    "yes_no": {"type": "boolean"}, "choices": {"type": "array", "items": _TEXT},
}
_OWN_QUESTIONS = {
    "description": "Questions that the council's process owners have added",
    "type": ["string", "number", "boolean", "array"],
}


def address_of_schema(public_url: str) -> str:
    return f"{public_url.rstrip('/')}{PATH}"


def schema_for(recipient: Recipient, address: str) -> dict[str, Any]:
    """`address` is where it is published."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address,
        "title": f"A signed Personal Education Plan, version {VERSION}",
        **_object({
            "schema": {"const": address},
            "test": {"type": "boolean", "description": "An invented plan, to try the connection"},
            "id": {**_ID, "description": "The same each time that it is sent"},
            "child": _object({
                "id": _ID, "reference": _TEXT,
                "council_number": {"type": ["string", "null"],
                                   "description": "The child's number in the case system"},
                "name": _TEXT, "born_on": _DATE,
            }),
            "case": _object({"id": _ID, "reference": _TEXT}),
            "plan": _object({
                "version": {"type": "integer", "minimum": 1},
                "prepared_at": {"type": ["string", "null"], "format": "date-time"},
                "signed_at": {"type": ["string", "null"], "format": "date-time"},
                "signatures": {"type": "array", "items": _object({
                    "role": {"enum": ["designated_teacher", "social_worker"]},
                    "name": _TEXT, "at": _MOMENT})},
            }),
            "document": _object({
                "name": _TEXT, "media_type": {"const": "application/pdf"},
                "copy": {"type": "integer", "minimum": 1},
                "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                "content": {"type": "string", "contentEncoding": "base64"},
            }),
            "record": _record(recipient),
        }),
    }


def _object(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Each of the fields is there; what a later edition adds is no fault."""
    return {"type": "object", "properties": dict(fields), "required": list(fields)}


def _record(recipient: Recipient) -> dict[str, Any]:
    return {
        "type": "object",
        "description": "What was answered, by place of the record; what is not answered is not "
                       "there, nor what the Care Plan is not given",
        "properties": {
            path: {"title": place.label, **_type(recipient, path, place.type)}
            for path, place in PLACES.items()
            if "[]." not in path and may_read(recipient, path)
        },
        "additionalProperties": _OWN_QUESTIONS,
    }


def _type(recipient: Recipient, path: str, type_: str) -> Mapping[str, Any]:
    if type_ != "list":
        return TYPES[type_]
    cells = {
        place.path.removeprefix(f"{path}."): {"title": place.label, **TYPES[place.type]}
        for place in PLACES.values()
        if place.path.startswith(f"{path}.") and may_read(recipient, place.path)
    }
    return {"type": "array", "items": {"type": "object", "properties": cells,
                                       "additionalProperties": _OWN_QUESTIONS}}
