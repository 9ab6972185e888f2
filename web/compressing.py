"""Pages travel compressed: a case with its pictures is a tenth of its size then.

A compressed page that holds a secret beside words of an attacker's choice can leak the secret by
its length, to whoever makes the browser ask for it thousands of times. Ours cannot be made to: the
cookie is `SameSite=Lax`, so that another site's requests come without it and get no such page.
"""

from flask import Flask
from flask_compress import Compress

WORTH_IT = 1_400
"""Bytes that travel in one packet anyway."""


def compress_pages(app: Flask) -> None:
    """As the browser says that it can read them; built files were compressed when built."""
    app.config.update(
        COMPRESS_MIMETYPES=["text/html", "application/json", "image/svg+xml"],
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_MIN_SIZE=WORTH_IT,
        COMPRESS_STREAMS=False,
    )
    Compress(app)
