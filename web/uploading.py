"""Routes that take a file: how much may be sent there, and what is said of more."""

from collections.abc import Callable
from typing import Any

from flask import Response, current_app, make_response, redirect, request

from workflows.pictures.redrawing import LARGEST, REFUSALS

WITH_ITS_FORM = 100_000
"""Bytes around the file itself."""


def takes_file(view: Callable[..., Any]) -> Callable[..., Any]:
    """The page of the same address says why one was not taken, by `refused` in its address."""
    view.takes_file = True  # type: ignore[attr-defined]
    return view


def allow_its_size() -> None:
    """Before anything of the request is read."""
    if _takes_file():
        request.max_content_length = LARGEST + WITH_ITS_FORM


def refused_as_too_large() -> Response | None:
    return refused("too_large") if _takes_file() else None


def refused(why: str) -> Response:
    return make_response(redirect(f"{request.path}?refused={why}", 303))


def refusal() -> dict[str, str]:
    """The sentence by the name of its field, where the address asks for one."""
    why = request.args.get("refused", "")
    return {"picture": REFUSALS[why]} if why in REFUSALS else {}


def sent_picture() -> bytes:
    file = request.files.get("picture")
    return file.read() if file else b""


def as_download(picture: bytes) -> Response:
    """Never opened as a page of ours, whatever it might hold."""
    return Response(picture, mimetype="image/jpeg", headers={
        "Content-Disposition": 'attachment; filename="picture.jpg"',
    })


def _takes_file() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "takes_file", False)
