"""Reads the XML of diagrams and decisions from people we do not trust."""

import codecs
import re

from lxml import etree

from engine.errors import Refused

MOST_BYTES = 2_000_000
_UTF_8 = frozenset({b"UTF-8", b"UTF8", b"ASCII", b"US-ASCII"})
_AS_IN_ASCII = frozenset({b"ISO-8859-1", b"ISO-8859-15", b"WINDOWS-1252", b"WINDOWS-1250"})
"""What some tools declare without fail: its first 128 characters are those of UTF-8."""
_DECLARED = re.compile(rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")


class Unreadable(Refused):
    """This file cannot be read as a diagram."""

    rule = "unreadable"


class TooLarge(Unreadable):
    """This file is more than Pepway reads, whatever it holds."""

    rule = "too-complex"


def read_xml(content: bytes, standard: str = "BPMN 2.0") -> etree._Element:
    """The root element. Raises `Unreadable` with a sentence for anything but plain UTF-8 XML.

    No DOCTYPE, so no entities and nothing fetched; comments and processing instructions are
    left out; beyond 2 MB or 256 levels it is `TooLarge`. `standard` is what the file should be.
    """
    ending = f".{standard.split()[0].lower()}"
    if not content.strip():
        msg = f"The file is empty. Choose a {standard.split()[0]} file (ending {ending})."
        raise Unreadable(msg)
    if len(content) > MOST_BYTES:
        msg = "The file is larger than 2 MB. A procedure's diagram is much smaller: choose another."
        raise TooLarge(msg)
    try:
        content.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as problem:
        msg = f"The file is not XML in UTF-8. Export it again as {standard} XML."
        raise Unreadable(msg) from problem
    declared = _DECLARED.match(content.removeprefix(codecs.BOM_UTF8))
    said = declared.group(1).upper() if declared else b"UTF-8"
    if said not in _UTF_8 and not (said in _AS_IN_ASCII and content.isascii()):
        msg = ("The file says that it is not in UTF-8. Open it in a text editor, write UTF-8 for "
               "the encoding in its first line, and save it as UTF-8.")
        raise Unreadable(msg)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.LxmlError, ValueError) as problem:
        if _is_too_deep(problem):
            msg = "The file has more than 256 elements inside each other. Draw it flatter."
            raise TooLarge(msg) from problem
        msg = f"The file is not well-formed XML. Export it again as {standard} XML."
        raise Unreadable(msg) from problem
    if root.getroottree().docinfo.internalDTD is not None:
        msg = "The file has a DOCTYPE, which Pepway does not read. Remove that line and try again."
        raise Unreadable(msg)
    return root


def _is_too_deep(problem: Exception) -> bool:
    """libxml2 stops at 256 levels, which says nothing about whether the rest is well-formed."""
    return isinstance(problem, etree.XMLSyntaxError) and "depth" in str(problem.msg).lower()
