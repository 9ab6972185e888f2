"""Plain text: what an editor shows as it stands."""

import re

from workflows.attached.checks import NotTaken

_NEVER_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_NOT_MEANT_AS_TEXT = ("{\\rtf", "%!PS", "%PDF", "<!doctype", "<html", "<?xml", "<svg", "MIME-")


def check_text(content: bytes) -> str:
    """Raises `NotTaken`."""
    text = as_text(content)
    begins = text.lstrip("\ufeff \t\r\n").lower()
    if _NEVER_IN_TEXT.search(text) or begins.startswith(
        tuple(each.lower() for each in _NOT_MEANT_AS_TEXT)
    ):
        raise NotTaken("not_of_these")
    return "text"


def as_text(content: bytes) -> str:
    """In UTF-8, or as Windows wrote it before. Raises `NotTaken`."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotTaken("not_of_these")
