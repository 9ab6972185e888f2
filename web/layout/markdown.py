"""Markdown that ships with Pepway, as HTML in the site's own style.

No HTML is taken from a text: what looks like a tag is shown as it was written.
"""

from collections.abc import Callable
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_CLASSES = {
    "heading_open": {"h1": "govuk-heading-l", "h2": "govuk-heading-m", "h3": "govuk-heading-s"},
    "paragraph_open": {"p": "govuk-body"},
    "bullet_list_open": {"ul": "govuk-list govuk-list--bullet"},
    "ordered_list_open": {"ol": "govuk-list govuk-list--number govuk-list--spaced"},
    "table_open": {"table": "govuk-table"}, "thead_open": {"thead": "govuk-table__head"},
    "tr_open": {"tr": "govuk-table__row"}, "th_open": {"th": "govuk-table__header"},
    "td_open": {"td": "govuk-table__cell"}, "link_open": {"a": "govuk-link"},
}
Change = Callable[[Token], None]


def html_of(text: str, change: Change | None = None) -> Markup:
    """`change` may put further attributes on what was read, such as where a picture lies."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(text)
    for token in _each(tokens):
        styled = _CLASSES.get(token.type, {}).get(token.tag)
        if styled:
            token.attrSet("class", styled)
        if change:
            change(token)
    return Markup(parser.renderer.render(tokens, parser.options, {}))  # noqa: S704 - our own texts


def tokens_of(text: str) -> list[Token]:
    """All that was read, from the first to the last, the words in a paragraph too."""
    return list(_each(MarkdownIt("commonmark", {"html": False}).enable("table").parse(text)))


def _each(tokens: list[Token]) -> list[Any]:
    return [each for block in tokens for each in (block, *(block.children or ()))]
