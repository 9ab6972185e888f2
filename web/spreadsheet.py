"""Rows for a spreadsheet: UTF-8 with its mark, so that Excel reads it; nothing is a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from flask import Response

RECKONED = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet would reckon with at the beginning of a cell; some take the wide letters of
Asian keyboards for the same."""
PASSED_OVER = " \t\r\n\"'\u00a0"
"""What may stand before it: quotes that are taken off, and blanks."""


def as_file(rows: Iterable[Sequence[str]], name: str) -> Response:
    """Sent row by row as they are read."""
    return Response(encoded(rows), mimetype="text/csv",
                    headers={"Content-Disposition": f"attachment; filename={name}"})


def harmless(cell: str) -> str:
    """With an apostrophe before it where it could be reckoned with; a number is let be."""
    if cell.startswith(("\t", "\r", "\n")):
        return f"'{cell}"
    return f"'{cell}" if cell.lstrip(PASSED_OVER).startswith(RECKONED) and not _is_number(
        cell) else cell


def _is_number(cell: str) -> bool:
    return cell.removeprefix("-").isascii() and cell.removeprefix("-").isdigit()


def encoded(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """A file, part by part."""
    text = io.StringIO()
    writer = csv.writer(text)
    yield b"\xef\xbb\xbf"
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()
