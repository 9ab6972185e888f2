"""Whatever changes something has one effect under one `Idempotency-Key`, and the same answer."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from flask import g, request
from pydantic import BaseModel

from engine.errors import AnswersInvalid
from engine.work import Acting, Work
from workflows.sent_once import Answered, answered_before, keep_answer

HEADER = "Idempotency-Key"
LONGEST_KEY = 200
DESCRIBED = {
    "name": HEADER, "in": "header", "required": False,
    "schema": {"type": "string", "maxLength": LONGEST_KEY},
    "description": "The same request under the same key, by the same token and within 24 hours, "
                   "has one effect and the same answer. Another request under it is refused (422).",
}

Given = tuple[dict[str, Any], int, dict[str, str]]


def once(
    do: Callable[[Acting | Work], BaseModel], status: int = 200,
    location: Callable[[Any], str] | None = None, **again: Any,
) -> Given:
    """The answer of what is done in one transaction; `again` stands in it where it was done before.

    What is refused is not kept: sent again, it is tried again. Raises `KeyUsed`.
    """
    key = key_sent()
    if key is None:
        return _given(_answered(do(g.acting), status, location))
    token_id, hashed = g.token_id, _hash(key)
    with g.acting.begin() as work:
        before = answered_before(work, token_id, hashed, _hash(_asked()))
        if before is None:
            answered = _answered(do(work), status, location)
            keep_answer(work, token_id, hashed, answered)
            return _given(answered)
    return _given(Answered(before.status, {**before.body, **again}, before.location))


def key_sent() -> str | None:
    """Raises `AnswersInvalid` for one that is too long."""
    key = request.headers.get(HEADER, "")
    if len(key) > LONGEST_KEY:
        raise AnswersInvalid({HEADER: f"Use at most {LONGEST_KEY} characters"})
    return key or None


def _asked() -> str:
    """What is asked, however its JSON is written; of a file every byte counts."""
    body: Any = None
    if request.data:
        body = (request.get_json() if request.is_json
                else hashlib.sha256(request.data).hexdigest())
    return json.dumps([request.method, request.path, body], sort_keys=True)


def _answered(
    made: BaseModel, status: int, location: Callable[[Any], str] | None
) -> Answered:
    return Answered(status, made.model_dump(mode="json"), location(made) if location else None)


def _given(answered: Answered) -> Given:
    headers = {"Location": answered.location} if answered.location else {}
    return dict(answered.body), answered.status, headers


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
