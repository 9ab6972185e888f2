"""What is sent must be text that can be kept and shown again: refused before anything reads it.

A database cannot keep a NUL or a whole number of 400 digits, a page cannot show half of a
surrogate pair, JSON has no infinity, and nobody types fifty lists within each other. JSON that says
two things of one name says neither.
"""

import json
import math
import re
from typing import Any

from flask import request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

UNREADABLE = re.compile(r"[\x00\ud800-\udfff]")
DEEPEST = 50
LARGEST = 2**63
"""Whole numbers from here on would come back rounded."""
MOST_FIELDS = 10_000
"""Of a form. The longest that is asked has some hundred, and its lists end at a hundred rows."""


def must_be_readable() -> None:
    """Raises `BadRequest`; what was typed in a form is on the page that says so.

    Raises `RequestEntityTooLarge` for a form of too many fields, of which no page shows any.
    """
    if too_many_fields():
        raise RequestEntityTooLarge
    texts = [request.path, *_texts(request.args)]
    if request.mimetype.startswith(("multipart/", "application/x-www-form")):
        texts += [*_texts(request.form), *(file.filename or "" for file in request.files.values())]
    if any(UNREADABLE.search(text) for text in texts) or not _json_is_readable():
        raise BadRequest


def too_many_fields() -> bool:
    return sum(map(len, request.form.listvalues())) > MOST_FIELDS


def _texts(given: Any) -> list[str]:
    return [text for pair in given.items(multi=True) for text in pair]


def _json_is_readable() -> bool:
    if not request.is_json:
        return True
    try:
        return _is_readable(json.loads(request.get_data(), object_pairs_hook=_said_once), DEEPEST)
    except RecursionError:
        return False
    except ValueError:  # no JSON: whoever reads it says so
        return True


def _said_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    said = dict(pairs)
    if len(said) < len(pairs):
        raise BadRequest
    return said


def _is_readable(value: Any, deepest: int) -> bool:
    if isinstance(value, str):
        return not UNREADABLE.search(value)
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return abs(value) < LARGEST
    if isinstance(value, (list, dict)):
        inner = [*value, *value.values()] if isinstance(value, dict) else value
        return deepest > 0 and all(_is_readable(each, deepest - 1) for each in inner)
    return True
