"""Privacy notices as they are shipped: Markdown with a version, as HTML that nobody else wrote."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markupsafe import Markup

TEXTS = Path(__file__).parents[1] / "notices" / "texts"
FOR_STAFF = "practitioner"
NOTICE_TO_READ = "notice_to_read"
"""In the session of whoever has not read the version of `FOR_STAFF` that stands."""
_VERSION = re.compile(r"<!-- version (\d+) -->\n")
_CLASSES = {
    "heading_open": {"h1": "govuk-heading-l", "h2": "govuk-heading-m", "h3": "govuk-heading-s"},
    "paragraph_open": {"p": "govuk-body"},
    "bullet_list_open": {"ul": "govuk-list govuk-list--bullet"},
    "table_open": {"table": "govuk-table"}, "thead_open": {"thead": "govuk-table__head"},
    "tr_open": {"tr": "govuk-table__row"}, "th_open": {"th": "govuk-table__header"},
    "td_open": {"td": "govuk-table__cell"}, "link_open": {"a": "govuk-link"},
}


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
    return Notice(key, title, int(version[1]), _html(body))


def _html(body: str) -> Markup:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(body)
    for token in [each for block in tokens for each in (block, *(block.children or ()))]:
        styled = _CLASSES.get(token.type, {}).get(token.tag)
        if styled:
            token.attrSet("class", styled)
    return Markup(parser.renderer.render(tokens, parser.options, {}))  # noqa: S704 - our own texts
