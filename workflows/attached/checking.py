"""A file from outside is looked through by a process of its own, with limits on time and memory."""

import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from threading import BoundedSemaphore

from engine.errors import AnswersInvalid
from workflows.attached.checks.text import as_text
from workflows.pictures.redrawing import REFUSALS as OF_PICTURES
from workflows.pictures.redrawing import PictureRefused, is_heic, redrawn

LARGEST = 10_000_000
"""Bytes of a file."""
SECONDS = 30
LONGEST_NAME = 100
_AS_PDF = "Open it, print it to PDF, and add that"
REFUSALS: Mapping[str, str] = {
    "none": "Choose a file",
    "too_large": "The file is larger than 10 MB. Choose a smaller one, or add it in parts",
    "not_of_these": "This file is none of PDF, Word (.docx), OpenDocument text (.odt), plain text, "
                    f"JPEG or PNG, whatever its name says. {_AS_PDF}",
    "heic": OF_PICTURES["heic"],
    "unreadable": "The file cannot be read; it may be damaged. Open it on your computer, save it "
                  "again, and add that",
    "locked": "The file is protected with a password. Open it, save it without one, and add that",
    "script": f"The PDF holds a script, which could do harm where it is opened. {_AS_PDF}",
    "starts_something": "Opening the file would start something else, which could do harm. "
                        f"{_AS_PDF}",
    "fetches": f"Opening the file would fetch something from elsewhere. {_AS_PDF}",
    "holds_files": "There is another file inside this one, which nobody can check. Take it out, or "
                   "print the file to PDF, and add that",
    "macros": f"The file holds macros, which could do harm where it is opened. {_AS_PDF}",
    "too_complex": "The file is too complex to be checked. Add it in parts, or print it to PDF and "
                   "add that",
    "too_many": "There are 40 files already. Remove one that is not needed first",
    "plan_full": "The files of one plan may have 50 MB together, and this one would be more. "
                 "Remove one that is not needed first, or add a smaller one",
    "too_many_dots": OF_PICTURES["too_many_dots"],
}
FORMATS = {
    "pdf": ("application/pdf", ".pdf"),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    "odt": ("application/vnd.oasis.opendocument.text", ".odt"),
    "text": ("text/plain", ".txt"),
    "picture": ("image/jpeg", ".jpg"),
}
"""Media type, and how the name ends."""
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_at_once = BoundedSemaphore(2)
"""However many files come at once, two are looked through at a time."""


class FileRefused(AnswersInvalid):
    """A file that is not taken, and why."""

    def __init__(self, why: str) -> None:
        super().__init__({"file": REFUSALS[why]})


@dataclass(frozen=True, slots=True)
class CheckedFile:
    name: str
    media_type: str
    content: bytes


def checked(content: bytes, called: str, seconds: float = SECONDS) -> CheckedFile:
    """What is kept of a file. Pictures are drawn anew, text is in UTF-8; its name ends as it is.

    Raises `FileRefused`, and `RuntimeError` where the check itself fails, which is our fault.
    """
    if not content:
        raise FileRefused("none")
    if len(content) > LARGEST:
        raise FileRefused("too_large")
    if is_heic(content):
        raise FileRefused("heic")
    found, kept = "picture", content
    if content.startswith(_PICTURES):
        kept = _redrawn(content)
    else:
        found = _looked_through(content, seconds)
        kept = as_text(content).encode() if found == "text" else content
    media_type, ending = FORMATS[found]
    return CheckedFile(_name(called, ending), media_type, kept)


def _redrawn(content: bytes) -> bytes:
    try:
        return redrawn(content)
    except PictureRefused as problem:
        raise FileRefused(problem.why if problem.why in REFUSALS else "unreadable") from problem


def _looked_through(content: bytes, seconds: float) -> str:
    with _at_once:
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-m", "workflows.attached.checks"], input=content,
                capture_output=True, timeout=seconds, check=False, env=_without_our_keys(),
            )
        except subprocess.TimeoutExpired:
            raise FileRefused("too_complex") from None
    said, _, why = done.stdout.decode().partition(" ")
    if done.returncode < 0 or why:
        raise FileRefused(why or "too_complex")
    if done.returncode or said not in FORMATS:
        msg = f"the check of a file ended with {done.returncode}"
        raise RuntimeError(msg)
    return said


def _without_our_keys() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PEPWAY_")}


def _name(called: str, ending: str) -> str:
    """As a download is called: never a path, and nothing in it that is not seen."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", called))[-1]
    seen = "".join(each if each.isprintable() and each not in '<>:"|?*;' else " " for each in last)
    stem = " ".join(seen.split()).rpartition(".")
    bare = (stem[0] or stem[2]).strip(". ")[:LONGEST_NAME - len(ending)].strip(". ")
    return f"{bare or 'attachment'}{ending}"
