"""Addresses that are secrets themselves: whoever has one is let in by it."""

from typing import Any

from flask import g


def keep_secret(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Such an address goes to no other site and into no search engine. For a blueprint's
    `url_value_preprocessor`."""
    if values and "secret" in values:
        g.stricter_headers = {
            "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow",
        }
