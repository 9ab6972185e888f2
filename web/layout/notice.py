"""Privacy notices as they are shipped: Markdown with a version, as HTML that nobody else wrote."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markupsafe import Markup

from web.layout.markdown import html_of

TEXTS = Path(__file__).parents[1] / "notices" / "texts"
FOR_STAFF = "practitioner"
NOTICE_TO_READ = "notice_to_read"
"""In the session of whoever has not read the version of `FOR_STAFF` that stands."""
_VERSION = re.compile(r"<!-- version (\d+) -->\n")


@dataclass(frozen=True, slots=True)
class Notice:
    key: str
    title: str
    version: int
    html: Markup


@cache
def notice(key: str) -> Notice:
    """Raises `FileNotFoundError` for a key that no text has."""
    text = (TEXTS / f"{key}.md").read_text(encoding="utf-8")
    version = _VERSION.match(text)
    if version is None:
        msg = f"{key}.md does not begin with its version"
        raise ValueError(msg)
    body = text[version.end():]
    title = body.lstrip().splitlines()[0].removeprefix("# ")
    return Notice(key, title, int(version[1]), html_of(body))
