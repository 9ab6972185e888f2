"""Reads the XML of diagrams and decisions from people we do not trust."""

import codecs
import re

from lxml import etree

from engine.errors import Refused

MOST_BYTES = 2_000_000
_DECLARED = re.compile(rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")


class Unreadable(Refused):
    """This file cannot be read as a diagram."""


def read_xml(content: bytes) -> etree._Element:
    """The root element. Raises `Unreadable` with a sentence for anything but plain UTF-8 XML.

    No DOCTYPE, so no entities and nothing fetched; comments and processing instructions are
    left out; at most 2 MB and 256 levels.
    """
    if not content.strip():
        msg = "The file is empty. Choose a BPMN file (ending .bpmn)."
        raise Unreadable(msg)
    if len(content) > MOST_BYTES:
        msg = "The file is larger than 2 MB. A procedure's diagram is much smaller: choose another."
        raise Unreadable(msg)
    try:
        content.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as problem:
        msg = "The file is not XML in UTF-8. Export the diagram again as BPMN 2.0 XML."
        raise Unreadable(msg) from problem
    declared = _DECLARED.match(content.removeprefix(codecs.BOM_UTF8))
    if declared and declared.group(1).upper() not in (b"UTF-8", b"UTF8", b"ASCII", b"US-ASCII"):
        msg = "The file says that it is not in UTF-8. Save it as UTF-8 and try again."
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
        msg = "The file is not well-formed XML. Export the diagram again as BPMN 2.0 XML."
        raise Unreadable(msg) from problem
    if root.getroottree().docinfo.internalDTD is not None:
        msg = "The file has a DOCTYPE, which Pepway does not read. Remove that line and try again."
        raise Unreadable(msg)
    return root
