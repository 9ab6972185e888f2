"""What is new, in the words that the changelog has for people who use Pepway.

`CHANGELOG.md` beside this module is a link to the one at the root, so that an installed Pepway has
it too.
"""

import re
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup

from web.help.guides import HERE
from web.layout.markdown import html_of

FOR_USERS = "For people who use it"
"""The heading under which a version says it."""
_VERSION = re.compile(r"^## \[(.+?)\](?: - (\S+))?$", re.MULTILINE)
_PART = re.compile(rf"^### {FOR_USERS}\n(.*?)(?=^### |\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class News:
    version: str
    """Empty for what has no number yet."""
    day: str
    html: Markup


@cache
def news() -> tuple[News, ...]:
    """The newest version first; those that say nothing to people who use it are left out."""
    return told_in((HERE / "CHANGELOG.md").read_text(encoding="utf-8"))


def told_in(changelog: str) -> tuple[News, ...]:
    _, *parts = _VERSION.split(changelog)
    versions = zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    return tuple(
        News("" if version == "Unreleased" else version, day or "", html_of(found[1]))
        for version, day, text in versions if (found := _PART.search(text))
    )
