"""A copy as a PDF."""

from typing import Any

from web.typesetting import SECONDS, parts_of, pictures_in, typeset
from workflows.days import long_date
from workflows.documents.copies import GivenCopy


def pdf_of(copy: GivenCopy, council: str, seconds: float = SECONDS) -> bytes:
    """Raises `NotMade`; what was typed is then in no message and in no log."""
    return typeset(document_of(copy, council), pictures_in(copy.contents.parts), copy.id, seconds)


def document_of(copy: GivenCopy, council: str) -> dict[str, Any]:
    """All that the template gets: text, never markup."""
    purpose, held = copy.purpose, copy.contents
    title = purpose.heading or purpose.title
    return {
        "title": title,
        "file_title": f"{title}, case {copy.case_reference}, copy {copy.number}",
        "council": council,
        "about": held.child,
        "facts": held.facts,
        "style": purpose.style,
        "copy": f"Copy {copy.number}, for the {copy.recipient.title}, {long_date(copy.on)}",
        "on": [copy.on.year, copy.on.month, copy.on.day],
        "parts": parts_of(held.parts),
    }
