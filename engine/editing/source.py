"""XML that is changed in places and written again, with every other byte as it was.

A parser keeps what a file means, not how it is written: quotes, line ends, the order and spacing
of attributes. Others wrote it, and compare it; so what was not changed is copied.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape

from lxml import etree

from engine.spiff.elements import BPMN, PEPWAY
from engine.spiff.xml import read_xml

DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
PREFIXES = {BPMN: "bpmn", PEPWAY: "pepway", DI: "bpmndi", DC: "dc", DD: "di", XSI: "xsi"}

_ATTRIBUTE = re.compile(rb"""(\s+)([^\s=/>]+)\s*=\s*("[^"]*"|'[^']*')""")


@dataclass(frozen=True, slots=True)
class _AsWritten:
    """How a node of the file is written, and what the parser read in it."""

    opening: bytes
    closing: bytes
    """Empty of what is one tag: `<a/>`, a comment."""
    inside: bytes
    """Between the opening and the first node in it, or the closing."""
    behind: bytes
    """Between it and what follows."""
    attributes: tuple[tuple[str, str], ...]
    text: str | None
    tail: str | None


class Source:
    """Raises `Unreadable` for what `read_xml` refuses."""

    def __init__(self, content: bytes) -> None:
        read_xml(content)
        self._mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
        body = content.removeprefix(codecs.BOM_UTF8)
        parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True,
                                 load_dtd=False, huge_tree=False, strip_cdata=False)
        self.root = etree.fromstring(body, parser)
        spans = _spans(body)
        self._before = body[: spans[0].start]
        self._after = body[spans[0].end :]
        nodes = list(self.root.iter())
        self._written = {
            node: _as_written(body, node, span, nodes[0] is node)
            for node, span in zip(nodes, spans, strict=True)
        }
        self._prefixes = {uri: prefix for prefix, uri in self.root.nsmap.items()}
        self._declared = dict(self._prefixes)

    def written(self) -> bytes:
        for uri in self._names_used():
            if uri not in self._prefixes or (self._prefixes[uri] is None and uri != BPMN):
                self._prefixes[uri] = self._free_prefix(uri)
        return self._mark + self._before + b"".join(self._node(self.root)) + self._after

    def _names_used(self) -> set[str]:
        """Namespaces of all that was added or changed."""
        used: set[str] = set()
        for node in self.root.iter(etree.Element):
            known = self._written.get(node)
            old = dict(known.attributes) if known else {}
            if known is None:
                used.add(etree.QName(node).namespace or "")
            used |= {etree.QName(name).namespace or "" for name in node.attrib
                     if str(name) not in old}
        return used - {""}

    def _free_prefix(self, uri: str) -> str:
        prefix = PREFIXES.get(uri, "ns")
        while prefix in self._prefixes.values():
            prefix += "_"
        return prefix

    def _node(self, node: etree._Element) -> Iterator[bytes]:
        known = self._written.get(node)
        if known is None:
            yield from self._new(node)
            return
        if is_aside(node):
            yield known.opening
            return
        opening = self._opening(node, known)
        has_content = bool(len(node) or node.text)
        if not known.closing and not has_content:
            yield opening
            return
        if not known.closing:
            opening = re.sub(rb"\s*/>$", b">", opening)
        yield opening
        yield known.inside if node.text == known.text else _text(node.text)
        yield from self._children(node)
        yield known.closing or b"</" + _name_in(opening) + b">"

    def _children(self, node: etree._Element) -> Iterator[bytes]:
        for child in node:
            yield from self._node(child)
            known = self._written.get(child)
            if known is not None and child.tail == known.tail:
                yield known.behind
            else:
                yield _text(child.tail)

    def _opening(self, node: etree._Element, known: _AsWritten) -> bytes:
        now = tuple((str(name), str(value)) for name, value in node.attrib.items())
        declared = b""
        if node is self.root:
            declared = b"".join(
                f' xmlns:{prefix}="{uri}"'.encode()
                for uri, prefix in self._prefixes.items() if self._declared.get(uri, "") != prefix
            )
        if now == known.attributes and not declared:
            return known.opening
        return self._with_attributes(node, known, dict(now), declared)

    def _with_attributes(
        self, node: etree._Element, known: _AsWritten, now: dict[str, str], declared: bytes
    ) -> bytes:
        """Only what is another value is written anew; what is new comes last."""
        old = dict(known.attributes)

        def kept(found: re.Match[bytes]) -> bytes:
            name = self._meant(node, found[2].decode())
            if name is None or (name in now and now[name] == old.get(name)):
                return found[0]
            return found[1] + found[2] + b"=" + _quoted(now[name]) if name in now else b""

        opening = _ATTRIBUTE.sub(kept, known.opening)
        added = b"".join(b" " + self._name(name).encode() + b"=" + _quoted(value)
                         for name, value in now.items() if name not in old)
        end = re.search(rb"\s*/?>$", opening)
        at = end.start() if end else len(opening)
        return opening[:at] + declared + added + opening[at:]

    def _meant(self, node: etree._Element, written: str) -> str | None:
        """An attribute's name as lxml has it; None of a declaration of a namespace."""
        if written == "xmlns" or written.startswith("xmlns:"):
            return None
        prefix, _, name = written.rpartition(":")
        if not prefix:
            return name
        uri = "http://www.w3.org/XML/1998/namespace" if prefix == "xml" else node.nsmap[prefix]
        return f"{{{uri}}}{name}"

    def _new(self, node: etree._Element) -> Iterator[bytes]:
        name = self._name(str(node.tag)).encode()
        attributes = b"".join(b" " + self._name(str(key)).encode() + b"=" + _quoted(str(value))
                              for key, value in node.attrib.items())
        if len(node) or node.text:
            yield b"<" + name + attributes + b">" + _text(node.text)
            yield from self._children(node)
            yield b"</" + name + b">"
        else:
            yield b"<" + name + attributes + b"/>"

    def _name(self, name: str) -> str:
        qualified = etree.QName(name)
        prefix = self._prefixes.get(qualified.namespace or "")
        return f"{prefix}:{qualified.localname}" if prefix else qualified.localname


def is_aside(node: Any) -> bool:
    """Whether it is a comment or an instruction, and no element."""
    return not isinstance(node.tag, str)


@dataclass(slots=True)
class _Span:
    start: int
    opened: int
    """Where its opening ends."""
    closing: int = 0
    end: int = 0


def _spans(body: bytes) -> list[_Span]:
    """Where each node within the root stands in the file, in the order of the file."""
    found: list[_Span] = []
    inside: list[_Span] = []
    parser = expat.ParserCreate("utf-8")

    def begin(_name: str, _attributes: object) -> None:
        start = parser.CurrentByteIndex
        span = _Span(start, _tag_end(body, start))
        found.append(span)
        inside.append(span)

    def finish(_name: str) -> None:
        span = inside.pop()
        is_one_tag = body[span.opened - 2 : span.opened] == b"/>"
        span.closing = span.opened if is_one_tag else parser.CurrentByteIndex
        span.end = span.opened if is_one_tag else body.index(b">", span.closing) + 1

    def aside(ending: bytes) -> None:
        if inside:
            start = parser.CurrentByteIndex
            end = body.index(ending, start) + len(ending)
            found.append(_Span(start, end, end, end))

    parser.StartElementHandler = begin
    parser.EndElementHandler = finish
    parser.CommentHandler = lambda _text: aside(b"-->")
    parser.ProcessingInstructionHandler = lambda _target, _data: aside(b"?>")
    parser.Parse(body, True)
    return found


def _tag_end(body: bytes, start: int) -> int:
    """Behind the `>` that is in no quotes."""
    at, quote = start, 0
    while True:
        byte = body[at]
        if quote:
            quote = 0 if byte == quote else quote
        elif byte in b"\"'":
            quote = byte
        elif byte == ord(">"):
            return at + 1
        at += 1


def _as_written(
    body: bytes, node: etree._Element, span: _Span, is_root: bool
) -> _AsWritten:
    first = body.find(b"<", span.opened) if span.closing > span.opened else span.opened
    inside_end = _behind(body, span.opened) if span.closing > span.opened else first
    behind = span.end if is_root else _behind(body, span.end)
    attributes = [] if is_aside(node) else node.attrib.items()
    return _AsWritten(
        opening=body[span.start : span.opened],
        closing=body[span.closing : span.end],
        inside=body[span.opened : inside_end],
        behind=body[span.end : behind],
        attributes=tuple((str(name), str(value)) for name, value in attributes),
        text=None if is_aside(node) else node.text,
        tail=node.tail,
    )


def _behind(body: bytes, at: int) -> int:
    """Where the text that begins here ends: at the next tag, comment or instruction."""
    while True:
        at = body.index(b"<", at)
        if not body.startswith(b"<![CDATA[", at):
            return at
        at = body.index(b"]]>", at) + 3


def _name_in(opening: bytes) -> bytes:
    found = re.match(rb"<([^\s/>]+)", opening)
    return found[1] if found else b""


def _text(text: str | None) -> bytes:
    return escape(text or "").encode()


def _quoted(value: str) -> bytes:
    said = escape(value, {'"': "&quot;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})
    return b'"' + said.encode() + b'"'
