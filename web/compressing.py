"""Pages travel compressed: a case with its pictures is a tenth of its size then.

A compressed page that holds a secret beside words of an attacker's choice can leak the secret by
its length, to whoever makes the browser ask for it thousands of times. Ours cannot be made to: the
cookie is `SameSite=Lax`, so that another site's requests come without it and get no such page.
"""

import gzip

from flask import Response, request

WORTH_IT = 1_400
"""Bytes that travel in one packet anyway."""
LEVEL = 4
KINDS = frozenset({"text/html", "application/json", "image/svg+xml"})


def compress(response: Response) -> Response:
    """As the browser says that it can read it; files of the build were compressed when built."""
    if response.mimetype not in KINDS or response.direct_passthrough or response.is_streamed:
        return response
    response.vary.add("Accept-Encoding")
    if "Content-Encoding" in response.headers or not request.accept_encodings["gzip"]:
        return response
    content = response.get_data()
    if len(content) >= WORTH_IT:
        response.set_data(gzip.compress(content, LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
