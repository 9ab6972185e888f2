"""What the pages of the editors may do besides, as little as bpmn.io's libraries need; and what
all of them are told."""

from typing import Any

from flask import url_for
from flask_wtf.csrf import generate_csrf

from engine.drafts import DraftView

EDITOR_POLICY = {
    "style-src-attr": "'unsafe-inline'",
    "img-src": "'self' data:",
    "font-src": "'self' data:",
}
"""They place their parts by style attributes and carry their icons in their style sheets."""
TEXT_EDITOR_POLICY = {**EDITOR_POLICY, "style-src": "'self' 'nonce-{nonce}'"}
"""The text boxes of form-js and dmn-js write a style sheet, which carries the page's nonce."""


def told_to_editor(draft: DraftView, path: str, content: str) -> dict[str, Any]:
    """The file that it changes, and where it is saved and checked."""
    procedure = draft.procedure
    return {
        "procedure": procedure,
        "path": path,
        "content": content,
        "version": draft.version,
        "token": generate_csrf(),
        "addresses": {
            "save": url_for("studio.save", procedure=procedure, path=path),
            "check": url_for("studio.check", procedure=procedure, path=path),
        },
    }
