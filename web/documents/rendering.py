"""A copy as a PDF: typeset by a process of its own, with limits, from data alone."""

import json
import logging
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from engine.errors import Refused
from web.documents.displayable import displayable
from workflows.days import long_date
from workflows.documents.contents import Line, Table
from workflows.documents.copies import GivenCopy

log = logging.getLogger(__name__)

TYPESETTER = Path(__file__).parent / "typeset" / "typesetter.py"
SECONDS = 30
"""For a whole document; a full plan takes a fraction of one."""

_at_once = BoundedSemaphore(2)
"""However many copies are asked for at once, two are made at a time."""


class NotMade(Refused):
    """The document could not be made, and no copy has left Pepway. Try again; if it fails again,
    print the page of the plan instead and tell whoever runs Pepway."""

    def __init__(self) -> None:
        super().__init__(" ".join((self.__doc__ or "").split()))


def pdf_of(copy: GivenCopy, council: str, seconds: float = SECONDS) -> bytes:
    """Raises `NotMade`; what was typed is then in no message and in no log."""
    data = json.dumps(displayable(document_of(copy, council)))
    try:
        with _at_once:
            done = subprocess.run(
                [sys.executable, "-I", str(TYPESETTER)], input=data.encode(),
                capture_output=True, timeout=seconds, check=False, env={},
            )
    except subprocess.TimeoutExpired:
        log.error("copy %s was not typeset within %s seconds", copy.id, seconds)
        raise NotMade from None
    if done.returncode or not done.stdout:
        log.error("copy %s was not typeset: the typesetter ended with %s", copy.id,
                  done.returncode)
        raise NotMade
    return done.stdout


def document_of(copy: GivenCopy, council: str) -> dict[str, Any]:
    """All that the template gets: text, never markup."""
    purpose, held = copy.purpose, copy.contents
    title = purpose.heading or purpose.title
    return {
        "title": title,
        "file_title": f"{title}, case {copy.case_reference}, copy {copy.number}",
        "council": council,
        "child": held.child,
        "facts": held.facts,
        "style": purpose.style,
        "copy": f"Copy {copy.number}, for the {copy.recipient.title}, {long_date(copy.on)}",
        "on": [copy.on.year, copy.on.month, copy.on.day],
        "parts": [
            {"title": part.title, "blocks": [_block_of(each) for each in part.blocks]}
            for part in held.parts
        ],
    }


def _block_of(block: Line | Table) -> dict[str, Any]:
    if isinstance(block, Table):
        return {"title": block.title, "columns": block.columns, "rows": block.rows}
    label, words = block
    return {"label": label, "words": words}
