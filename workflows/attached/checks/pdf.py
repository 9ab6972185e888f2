"""A PDF that only shows something: no script, no action that starts one, no file within it."""

import io
import re
import zlib
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, NullObject

from workflows.attached.checks import NotTaken

MOST_UNPACKED = 50_000_000
KEYS = {
    "/JS": "script", "/JavaScript": "script", "/XFA": "script",
    "/EF": "holds_files", "/EmbeddedFiles": "holds_files",
    "/RichMediaContent": "holds_files",
}
"""What no dictionary may have."""
NAMES = {
    "/S": {
        "/JavaScript": "script", "/Launch": "starts_something", "/ImportData": "starts_something",
        "/SubmitForm": "starts_something", "/GoToE": "starts_something",
        "/GoToR": "starts_something", "/Rendition": "starts_something",
        "/Movie": "starts_something", "/Sound": "starts_something",
        "/RichMediaExecute": "starts_something",
    },
    "/Type": {"/EmbeddedFile": "holds_files"},
    "/Subtype": {
        "/FileAttachment": "holds_files", "/RichMedia": "holds_files", "/3D": "holds_files",
        "/Movie": "holds_files", "/Sound": "holds_files", "/Screen": "starts_something",
    },
}
"""What no dictionary may say that it is."""
ANYWHERE = {
    b"/JavaScript": "script", b"/Launch": "starts_something", b"/EmbeddedFile": "holds_files",
    b"/RichMedia": "holds_files",
}
"""Long enough never to stand in packed data by chance. Another reader may find things that the
table of a PDF does not name, so these are looked for in its bytes as well."""


def check_pdf(content: bytes) -> str:
    """Raises `NotTaken`, and what the reader raises where the file is damaged."""
    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted:
        raise NotTaken("locked")
    for each in _dictionaries(reader):
        _must_only_show(each)
    if not reader.pages:
        raise NotTaken("unreadable")
    for seen in (content, *_packed_objects(content)):
        plain = _with_plain_names(seen)
        for name, why in ANYWHERE.items():
            if name in plain:
                raise NotTaken(why)
    return "pdf"


def _packed_objects(content: bytes) -> Iterator[bytes]:
    """Objects that stand together in a packed stream, whether or not the table names it."""
    if _with_plain_names(content).count(b"/ObjStm") > content.count(b"/ObjStm"):
        raise NotTaken("unreadable")
    for found in re.finditer(rb"/ObjStm.*?stream\r?\n", content, re.DOTALL):
        unpacked = zlib.decompressobj().decompress(content[found.end():], MOST_UNPACKED)
        if len(unpacked) == MOST_UNPACKED:
            raise NotTaken("too_complex")
        yield unpacked


def _with_plain_names(content: bytes) -> bytes:
    """A name may be written with numbers in the place of letters."""
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), content)


def _must_only_show(found: DictionaryObject) -> None:
    for key, why in KEYS.items():
        if key in found and not isinstance(found.raw_get(key), NullObject):
            raise NotTaken(why)
    for key, names in NAMES.items():
        value = found.get(key)
        if isinstance(value, NameObject) and value in names:
            raise NotTaken(names[value])


def _dictionaries(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every one in the file, whether or not a page leads to it."""
    numbers = {(number, generation) for generation, table in reader.xref.items()
               for number in table if number}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    waiting: list[Any] = [reader.trailer]
    waiting += [IndirectObject(*each, reader).get_object() for each in sorted(numbers)]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, DictionaryObject):
            yield thing
            waiting += [thing.raw_get(key) for key in thing]
        elif isinstance(thing, ArrayObject):
            waiting += list(thing)
