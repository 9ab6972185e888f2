"""Paper: a document as a PDF, typeset by a process of its own, with limits, from data alone."""

import base64
import json
import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any
from uuid import UUID

from engine.errors import Refused
from web.typesetting.displayable import Showing, displayable
from workflows.documents.contents import Line, Part, Table
from workflows.pictures.redrawing import smaller

log = logging.getLogger(__name__)

TYPESETTER = Path(__file__).with_name("typesetter.py")
NOT_TYPESET = 3
"""What the typesetter ends with where Typst refuses, as a letter that no font has."""
LONGEST_SIDE = 1_000
"""Dots of a picture on paper."""
SECONDS = 30
"""For a whole document; a full plan takes a fraction of one."""

_at_once = BoundedSemaphore(2)
"""However many copies are asked for at once, two are made at a time."""


class NotMade(Refused):
    """The document could not be made, and no copy has left Pepway. Try again; if it fails again,
    print the page of the plan instead and tell whoever runs Pepway."""

    def __init__(self) -> None:
        super().__init__(" ".join((self.__doc__ or "").split()))


def typeset(
    document: dict[str, Any], pictures: Sequence[str], copy_id: UUID, seconds: float = SECONDS
) -> bytes:
    """`document` is all that the template gets: text, never markup; the log calls it by `copy_id`.

    Raises `NotMade`.
    """
    for showing in Showing:
        shown = {**displayable(document, showing), "pictures": pictures}
        with _at_once:
            ended_with, pdf = _typeset(shown, copy_id, seconds)
        if pdf:
            return pdf
        log.error("copy %s was not typeset with %s: the typesetter ended with %s", copy_id,
                  showing.value, ended_with)
        if ended_with != NOT_TYPESET:
            break
    raise NotMade


def _typeset(document: Any, copy_id: UUID, seconds: float) -> tuple[int, bytes]:
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(TYPESETTER), str(int(seconds))],
            input=json.dumps(document).encode(), capture_output=True, timeout=seconds, check=False,
            env=_without_our_keys(),
        )
    except subprocess.TimeoutExpired:
        log.error("copy %s was not typeset within %s seconds", copy_id, seconds)
        raise NotMade from None
    return done.returncode, b"" if done.returncode else done.stdout


def _without_our_keys() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PEPWAY_")}


def parts_of(parts: Sequence[Part]) -> list[dict[str, Any]]:
    return [
        {"title": part.title, "blocks": [_block_of(each) for each in part.blocks],
         "pictures": [each.words for each in part.pictures]}
        for part in parts
    ]


def pictures_in(parts: Sequence[Part]) -> list[str]:
    """In the order in which the parts show them, as large as a page needs."""
    return [base64.b64encode(smaller(each.content, LONGEST_SIDE)).decode()
            for part in parts for each in part.pictures]


def _block_of(block: Line | Table) -> dict[str, Any]:
    if isinstance(block, Table):
        return {"title": block.title, "columns": block.columns, "rows": block.rows}
    label, words = block
    return {"label": label, "words": words}
