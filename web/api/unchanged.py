"""What a program has read already and has not changed is not sent again: `ETag`, `If-None-Match`.

The tag is weak, of the JSON before it is compressed. It is answered all the same: what is looked
at is on record, and who may not look any more learns it.
"""

from typing import Any

from flask import Response, request

DESCRIBED: dict[str, Any] = {
    "name": "If-None-Match", "in": "header", "required": False, "schema": {"type": "string"},
    "description": "The ETag of what you have: if it is still so, the answer is 304 and empty",
}
NOT_CHANGED = {"description": "It is as you have it"}


def tell_whether_changed(response: Response) -> Response:
    if request.method == "GET" and response.status_code == 200 and response.is_json:
        response.add_etag(weak=True)
        response.make_conditional(request)
    return response
